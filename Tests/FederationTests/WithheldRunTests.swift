import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A run in which a site withholds")
struct WithheldRunTests {
  private func carrier(
    _ query: String, mostSteps: Int = 60, when: @escaping @Sendable (Int) -> Bool
  ) throws -> (Carrier, Bench) {
    let turns = Counter()
    let bench = try Bench(SmallStudy.drawn(mostSteps: mostSteps)) { index, own in
      guard index == 2 else { return own }
      return AlteredComputation(own: own) { asked, values in
        asked.name == query && when(turns.next()) ? nil : values
      }
    }
    return (try Carrier(bench), bench)
  }

  @Test(
    "once finishes with the same model, one step later",
    arguments: ["support", "counts", "moments", "spread", "newton"])
  func once(query: String) throws {
    var plain = try Carrier(Bench(SmallStudy.drawn()))
    #expect(plain.run() == .finished)
    var (carrier, bench) = try carrier(query) { $0 == 1 }
    #expect(carrier.run() == .finished)
    #expect(carrier.model == plain.model)
    #expect(carrier.saved.count == plain.saved.count + 1)
    #expect(carrier.saved.filter { $0.sum == nil }.map(\.query.name) == [query])
    #expect(carrier.notes.contains { $0.hasSuffix("is void: some site withheld") })
    #expect(Set(bench.sites.map(\.steps.count)) == [carrier.saved.count])
  }

  @Test("twice running ends without a model, whoever withheld")
  func twiceRunning() throws {
    var (carrier, bench) = try carrier("newton") { $0 == 2 || $0 == 3 }
    carrier.run()
    #expect(
      carrier.outcome
        == .failed(
          RunFailure(
            code: "withheld", message: "2 sums running were void: a site withheld",
            advice: "each site's own journal says whether and why it withheld")))
    #expect(carrier.model == nil)
    #expect(carrier.saved.suffix(2).allSatisfy { $0.sum == nil } && carrier.saved.count == 7)
    // The sites' journals have as many lines as one another, and none says that it withheld but that one's.
    #expect(Set(bench.sites.map(\.journal.mark.count)).count == 1)
    #expect(bench.sites.map { $0.steps.count { $0.withheld != nil } } == [0, 0, 2])
  }

  @Test("twice with an answer between ends at the next two, for nothing is answered after two")
  func twiceApart() throws {
    var (carrier, bench) = try carrier("newton") { $0 == 1 || $0 == 3 }
    carrier.run()
    guard case .failed(let failure)? = carrier.outcome else {
      Issue.record("the run did not fail")
      return
    }
    #expect(failure.code == "withheld")
    #expect(
      bench.sites[2].steps.compactMap(\.withheld) == [
        "beyond-the-bound", "beyond-the-bound", "withheld-before",
      ])
  }
}
