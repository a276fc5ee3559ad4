import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site that may not answer")
struct WithholdingTests {
  /// What makes a site withhold.
  enum Cause: CaseIterable, Sendable {
    case justOverTheBound, overflow, notANumber, refusal

    func apply(_ values: [[Double]]?, _ query: Query) -> [[Double]]? {
      guard var values else { return nil }
      let last = values.count - 1
      let segment = query.segments[last]
      switch self {
      case .justOverTheBound: values[last][0] = segment.leastOverTheBound
      case .overflow: values[last][0] = 1e30
      case .notANumber: values[last][0] = .nan
      case .refusal: return nil
      }
      return values
    }
  }

  /// A run in which site 1 withholds at the query of this name whenever `when` says so of its turns from 1.
  private func bench(
    _ query: String, _ cause: Cause = .overflow, when: @escaping @Sendable (Int) -> Bool = { _ in true }
  ) throws -> Bench {
    let turns = Counter()
    return try Bench(SmallStudy.drawn(sites: 4)) { index, own in
      guard index == 1 else { return own }
      return AlteredComputation(own: own) { asked, values in
        asked.name == query && when(turns.next()) ? cause.apply(values, asked) : values
      }
    }
  }

  @Test("voids the sum for everyone, and the step is asked again", arguments: Cause.allCases)
  func void(cause: Cause) throws {
    let bench = try bench("counts", cause) { $0 == 1 }
    try bench.setUp()
    try bench.advance(to: "counts")
    let request = try bench.request()
    let contributions = try bench.answers(request)
    #expect(try bench.outcome(request, contributions) == .void)
    for site in bench.sites {
      let told = site.tell(bench.contributions(request, contributions))
      #expect(
        told.notes == [
          Refusal(rule: "void", detail: "the sum of step 2 is void: some site withheld")
        ])
      #expect(told.sent == [] && told.written == [])
    }
    try bench.absorb(request, contributions)
    let again = try bench.request()
    #expect(again.step == 3 && again.query == request.query)
    #expect(try bench.step()?.values[0] == [120])
    #expect(bench.sites.map { $0.steps[1].withheld } == [nil, "beyond-the-bound", nil, nil])
  }

  @Test(
    "does not withhold what is the bound, in any of a query's segments, but does withhold what is just over it"
  )
  func atTheBound() throws {
    for name in ["support", "counts", "moments", "spread", "newton"] {
      for (isOver, place) in [(false, 0), (true, 0), (false, 1), (true, 1)] {
        let bench = try Bench(SmallStudy.drawn(sites: 4)) { index, own in
          guard index == 1 else { return own }
          return AlteredComputation(own: own) { asked, values in
            guard asked.name == name, var values else { return values }
            let segment = place == 0 ? 0 : values.count - 1
            let bound = asked.segments[segment].bound
            values[segment][0] = isOver ? asked.segments[segment].leastOverTheBound : bound
            return values
          }
        }
        try bench.setUp()
        try bench.advance(to: name)
        let request = try bench.request()
        let contributions = try bench.answers(request)
        let outcome = try bench.outcome(request, contributions)
        #expect((outcome == .void) == isOver, "\(name), segment \(place), over: \(isOver)")
        #expect(bench.sites[1].steps.last?.withheld == (isOver ? "beyond-the-bound" : nil))
      }
    }
  }

  @Test("leaves no number of the others standing")
  func nothingStandsAlone() throws {
    let length = 4000
    let bench = try Bench(SmallStudy.drawn(sites: 4)) { index, _ in
      ConstantComputation(value: index == 1 ? nil : 1)
    }
    try bench.setUp()
    let request = bench.request(
      Query(
        name: "ones", parameters: [], segments: [.counts("ones", length: length, bound: 4)],
        isVerified: false))
    let contributions = try bench.answers(request)
    #expect(try bench.outcome(request, contributions) == .void)
    let sum = Array(MaskedSum.elements(contributions).prefix(length))
    #expect(Bits.lookUniform(sum))
    // Neither what all gave nor what the three gave is among them.
    #expect(!sum.contains(3) && !sum.contains(4))
    // The test can fail: an answered sum is not uniform.
    #expect(!Bits.lookUniform([UInt64](repeating: 4, count: length)))
  }

  @Test("cannot be told from one that answers by its journal or its message", arguments: Cause.allCases)
  func looksAlike(cause: Cause) throws {
    let bench = try bench("newton", cause) { $0 == 2 }
    try bench.setUp()
    try bench.advance(to: "newton")
    for _ in 1...3 {
      let request = try bench.request()
      let told = bench.sites.map { $0.tell(.step(request)) }
      for one in told {
        #expect(one.written.count == 1 && one.sent.count == 1 && one.notes == [])
        #expect(try one.contribution().vector.count == bench.attempt(request).layout.count)
      }
      #expect(Set(bench.sites.map(\.journal.mark.count)).count == 1)
      try bench.absorb(request, told.map { try $0.contribution() })
    }
    #expect(bench.sites[1].steps.map(\.withheld) == [nil, nil, nil, nil, nil, "beyond-the-bound", nil])
    #expect(bench.sites[0].steps.allSatisfy { $0.withheld == nil })
    // The next epoch's marks are signed: they show no difference either.
    let keys = try bench.openEpoch()
    #expect(Set(keys.map(\.journal.count)).count == 1)
  }

  @Test("withholds the same step again when it is asked in a later epoch")
  func again() throws {
    let bench = try bench("newton") { $0 == 1 }
    try bench.setUp()
    try bench.advance(to: "newton")
    try bench.step()
    try bench.restart(from: 5)
    let request = try bench.request()
    #expect(request.step == 5)
    #expect(try bench.outcome(request, bench.answers(request)) == .void)
    #expect(bench.sites[1].steps.last?.withheld == "withheld-this-step-before")
  }

  @Test("withholds every step after two, whatever is asked")
  func afterTwo() throws {
    let bench = try bench("newton") { $0 == 1 || $0 == 3 }
    try bench.setUp()
    try bench.advance(to: "newton")
    // Void, answered, void; from then on void.
    var opened: [Bool] = []
    for _ in 1...5 { opened.append(try bench.step() != nil) }
    #expect(opened == [false, true, false, false, false])
    #expect(
      bench.sites[1].steps.map(\.withheld) == [
        nil, nil, nil, nil, "beyond-the-bound", nil, "beyond-the-bound", "withheld-before", "withheld-before",
      ])
    // A new epoch does not help, nor does a new run, nor an earlier step.
    try bench.restart(from: 2)
    #expect(try bench.step() == nil)
    try bench.beginRun(String(repeating: "0e", count: 16))
    try bench.setUp()
    #expect(try bench.step() == nil)
    #expect(bench.sites[1].steps.suffix(2).map(\.withheld) == ["withheld-before", "withheld-before"])
  }
}

extension Segment {
  /// One more than the bound where whole numbers are summed, else the bound's next number.
  fileprivate var leastOverTheBound: Double { scale.fractionBits == 0 ? bound + 1 : bound.nextUp }
}

/// Whether words look drawn uniformly, bit by bit.
enum Bits {
  /// Each of the 64 bits is set in half of the words, give or take six standard deviations: for uniform words that
  /// fails about once in 10^7.
  static func lookUniform(_ words: [UInt64]) -> Bool {
    let count = Double(words.count)
    return (0..<64).allSatisfy { bit in
      let set = words.reduce(0) { $0 + Int($1 >> UInt64(bit) & 1) }
      return abs(Double(set) - count / 2) <= 6 * (count / 4).squareRoot()
    }
  }
}
