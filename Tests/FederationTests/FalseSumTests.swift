import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site that is shown a verified sum")
struct FalseSumTests {
  /// A verified step that all sites have answered and none has been shown the sum of.
  private struct Answered {
    let bench: Bench
    let request: StepRequest
    let contributions: [SignedContribution]

    init(_ query: String, sites: Int = 3) throws {
      bench = try Bench(SmallStudy.drawn(sites: sites))
      try bench.setUp()
      try bench.advance(to: query)
      request = try bench.request()
      contributions = try bench.answers(request)
    }

    func message(_ contributions: [SignedContribution]) -> MessageToSite {
      bench.contributions(request, contributions)
    }

    func resigned(_ index: Int, element: Int, adding addition: UInt64) throws -> SignedContribution {
      try bench.resign(contributions[index], request.query, element: element, adding: addition)
    }
  }

  @Test("adds it itself, journals it, and goes on from it alone")
  func honest() throws {
    let answered = try Answered("counts")
    let site = answered.bench.sites[0]
    let told = site.tell(answered.message(answered.contributions.reversed()))
    guard case .verified(_, step: 2, let sum)? = told.written.first else {
      Issue.record("nothing was verified")
      return
    }
    #expect(told.sent == [] && told.notes == [] && told.written.count == 1)
    #expect(sum.values[0] == [90])
    #expect(site.readiness == SiteReadiness(highestEpoch: 1, verifiedThrough: 2))
    // Again, it has nothing to write.
    #expect(site.tell(answered.message(answered.contributions)) == Told())
  }

  @Test("refuses one that leaves its own contribution out, or changes it")
  func withoutOwn() throws {
    let answered = try Answered("support")
    let own = try answered.resigned(0, element: 0, adding: 1)
    let lists = [
      Array(answered.contributions.dropFirst()), [own] + answered.contributions.dropFirst(), [],
    ]
    for list in lists {
      answered.bench.sites[0].refuses(
        "false-sum", "this site's own contribution is not in the sum", answered.message(list))
    }
  }

  @Test("refuses one that leaves another's out, takes one twice, or takes one of another step")
  func otherContributions() throws {
    let answered = try Answered("counts")
    let site = answered.bench.sites[0]
    let all = answered.contributions
    site.refuses(
      "out-of-order", "contributions are missing, or have not been opened",
      answered.message([all[0], all[2]]))
    site.refuses(
      "duplicate", "site strasbourg: its contribution is already in the sum",
      answered.message(all + [all[1]]))
    let earlier = try Answered("support")
    site.refuses(
      "wrong-attempt", "site freiburg: its contribution is for another attempt",
      answered.message([all[0], all[1], earlier.contributions[2]]))
    let stranger = SignedContribution(
      site: "basel", attempt: all[1].attempt, vector: all[1].vector, signature: all[1].signature)
    site.refuses(
      "wrong-roster", "site basel: it is not a site of this run", answered.message(all + [stranger]))
  }

  @Test("refuses one that comes after a later one: what follows would be read as sums of other queries")
  func late() throws {
    let answered = try Answered("counts")
    let bench = answered.bench
    // The same query once more as the next step, for the sum of this one did not come.
    let next = bench.request(answered.request.query).with(step: answered.request.step + 1)
    let contributions = try bench.answers(next)
    for site in bench.sites {
      #expect(site.tell(bench.contributions(next, contributions)).written.count == 1)
    }
    try bench.restart(from: answered.request.step)
    let again = try bench.request()
    #expect(again.step == 2 && again.query == answered.request.query)
    let late = try bench.answers(again)
    for site in bench.sites {
      site.refuses(
        "false-sum", "the sum of step 2 comes after that of step 3", bench.contributions(again, late))
    }
  }

  @Test("takes one that another run of the plan was shown for what it is")
  func ofAnotherRun() throws {
    let answered = try Answered("counts")
    let bench = answered.bench
    let next = bench.request(answered.request.query).with(step: answered.request.step + 1)
    _ = try bench.answers(next)
    let other = try Bench(SmallStudy.drawn())
    try other.beginRun(String(repeating: "0d", count: 16))
    for (site, same) in zip(other.sites, bench.sites) { site.takeJournal(of: same) }
    try other.setUp(2)
    for _ in 1...2 { try other.step() }
    for (site, same) in zip(bench.sites, other.sites) { site.takeJournal(of: same) }
    // The first run has gone beyond that step and knows its sum from the journal alone.
    try bench.restart(from: 3, epoch: 3)
    for site in bench.sites {
      site.refuses("out-of-order", "“counts” is not what comes now", .step(next.with(epoch: 3)))
    }
  }

  @Test("refuses one in which the coordinator altered a number")
  func altered() throws {
    let answered = try Answered("counts")
    for element in [0, 1, answered.contributions[1].vector.count - 1] {
      var vector = answered.contributions[1].vector
      vector[element] ^= 1
      let altered = SignedContribution(
        site: answered.contributions[1].site, attempt: answered.contributions[1].attempt, vector: vector,
        signature: answered.contributions[1].signature)
      answered.bench.sites[0].refuses(
        "bad-signature", "site strasbourg: its contribution is not signed by it",
        answered.message([answered.contributions[0], altered, answered.contributions[2]]))
    }
  }

  @Test("refuses one in which a site altered its masked vector without mending the check")
  func unmended() throws {
    let answered = try Answered("counts")
    let mended = try answered.resigned(2, element: 0, adding: 1)
    var vector = mended.vector
    vector[vector.count - 1] ^= 1
    let unmended = try answered.bench.sign(vector, of: mended)
    answered.bench.sites[0].refuses(
      "masks-do-not-cancel", "the sites' masks do not cancel",
      answered.message(answered.contributions.dropLast() + [unmended]))
  }

  @Test("refuses one beyond its bound, which a colluding site can make")
  func beyondTheBound() throws {
    let answered = try Answered("support")
    let lie = try answered.resigned(2, element: 0, adding: 1)
    answered.bench.sites[0].refuses(
      "false-sum", "the sum of step 1 is beyond its bound",
      answered.message(answered.contributions.dropLast() + [lie]))
  }

  @Test("refuses one of a step to come or that is not verified, and passes over one of a step gone by")
  func otherStep() throws {
    let answered = try Answered("counts")
    let bench = answered.bench
    bench.sites[0].refuses(
      "out-of-order", "step 3 is not the verified step this site answered last",
      .contributions(epoch: 1, step: 3, answered.contributions))
    #expect(bench.sites[0].tell(.contributions(epoch: 1, step: 1, [])) == Told())
    for site in bench.sites { _ = site.tell(answered.message(answered.contributions)) }
    try bench.absorb(answered.request, answered.contributions)
    try bench.advance(to: "newton")
    let request = try bench.request()
    let contributions = try bench.answers(request)
    bench.sites[0].refuses(
      "out-of-order", "step 5 is not the verified step this site answered last",
      bench.contributions(request, contributions))
  }

  @Test("refuses another sum than the one it once verified, in a later epoch as well")
  func onceAnother() throws {
    let answered = try Answered("counts")
    let bench = answered.bench
    for site in bench.sites { _ = site.tell(answered.message(answered.contributions)) }
    try bench.absorb(answered.request, answered.contributions)
    try bench.restart(from: 2)
    let request = try bench.request()
    let again = try bench.answers(request)
    #expect(again[0].vector != answered.contributions[0].vector)
    let second = try bench.resign(again[2], request.query, element: 1, adding: 1)
    bench.sites[0].refuses(
      "false-sum", "step 2 once had another sum",
      bench.contributions(request, again.dropLast() + [second]))
    #expect(bench.sites[0].tell(bench.contributions(request, again)) == Told())
  }

  @Test(
    "that differs from the one another site was shown by a colluder's two faces answers noise from then on")
  func twoFaces() throws {
    let answered = try Answered("counts", sites: 4)
    let bench = answered.bench
    let lie = try answered.resigned(3, element: 1, adding: 1)
    let told = Array(answered.contributions.dropLast()) + [lie]
    // One honest site sees one event more than the others; every site finds its sum in order.
    for site in bench.sites {
      let shown = site.index == 0 ? told : answered.contributions
      #expect(site.tell(answered.message(shown)).notes == [], "\(site.name)")
    }
    try bench.absorb(answered.request, answered.contributions)
    let request = try bench.request()
    let sent = try bench.answers(request)
    #expect(sent[0].attempt != sent[1].attempt)
    #expect(sent[1].attempt == sent[2].attempt)
    #expect(throws: ProtocolFault.self) { try bench.outcome(request, sent) }
    for few in [[0, 1, 2, 3], [0, 3], [1, 2, 3], [0]] {
      #expect(try !MaskedSum.masksCancel(few.map { sent[$0] }, bench.attempt(request)), "\(few)")
    }
  }

  @Test("so ends the run without a model")
  func twoFacesEnd() throws {
    let bench = try Bench(SmallStudy.drawn(sites: 4))
    var carrier = try Carrier(bench)
    var query: Query?
    carrier.run { message, site in
      if case .step(let request) = message, request.step == 2 { query = request.query }
      guard site == 0, case .contributions(let epoch, step: 2, let list, _) = message, let query,
        let lie = try? bench.resign(list[3], query, element: 1, adding: 1)
      else { return message }
      return .contributions(epoch: epoch, step: 2, list.dropLast() + [lie])
    }
    guard case .failed(let failure)? = carrier.outcome else {
      Issue.record("the run did not fail: \(String(describing: carrier.outcome))")
      return
    }
    #expect(failure.code == "wrong-attempt" && carrier.model == nil)
    #expect(
      failure.message == "luxembourg answered step 3 after other queries or sums than the coordinator's")
  }
}
