import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site that is asked under tolerant membership")
struct AttemptRuleTests {
  private static let query = StepValues.query(1)

  /// Ten sites; the one at index 2 has begun step 1. `t` is 7.
  private struct Asked {
    let fixture: SetupFixture
    let site: SetupSite

    init() throws {
      fixture = try SetupFixture(sites: 10)
      site = try fixture.masking(seed: 3)[2]
      try site.begin(elements: [7], step: 1, AttemptRuleTests.query)
    }

    func attempt(
      _ indices: [Int], number: Int = 0, step: Int = 1, query: Query = AttemptRuleTests.query,
      setup: Digest? = nil
    ) throws -> Attempt {
      fixture.attempt(
        try setup ?? site.setup, step: step, query, number: number, sites: indices.map(SetupFixture.name))
    }

    @discardableResult
    func send(_ attempt: Attempt, threshold: Int = 7) throws -> SignedContribution {
      try site.send(attempt, secret: [UInt8](repeating: 5, count: 32), threshold: threshold)
    }
  }

  @Test(
    "refuses a V of itself alone, of fewer than t, without itself, with a stranger, doubled or out of order",
    arguments: [
      [2], [], [2, 8, 9], [0, 1, 2, 3, 4, 5], [0, 1, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 6, 10],
      [0, 1, 2, 3, 4, 5, 5, 6], [2, 2, 2, 2, 2, 2, 2], [1, 0, 2, 3, 4, 5, 6], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ])
  func badSites(indices: [Int]) throws {
    let asked = try Asked()
    expectFault(.wrongRoster) { try asked.send(try asked.attempt(indices)) }
    // Nothing is spent.
    try asked.send(try asked.attempt(Array(0...9)))
  }

  @Test("takes any V of t or more first, then fewer of the same", arguments: [UInt64(1), 2, 3])
  func shrinks(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<30 {
      let asked = try Asked()
      var last = Set(0...9)
      for number in 0..<3 {
        let others = last.subtracting([2]).sorted().shuffled(using: &random)
        let count = number == 0 ? Int.random(in: 7...10, using: &random) : last.count - 1
        guard count >= 7 else { break }
        last = Set(others.prefix(count - 1)).union([2])
        try asked.send(try asked.attempt(last.sorted(), number: number))
      }
    }
  }

  @Test("refuses a V that grows, stays or is another")
  func grows() throws {
    let asked = try Asked()
    try asked.send(try asked.attempt([0, 1, 2, 3, 4, 5, 6, 7]))
    for indices in [
      [0, 1, 2, 3, 4, 5, 6, 7, 8], Array(0...9), [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 8],
      [2, 3, 4, 5, 6, 7, 8, 9],
    ] {
      expectFault(.wrongRoster, "\(indices)") { try asked.send(try asked.attempt(indices, number: 1)) }
    }
    try asked.send(try asked.attempt([0, 1, 2, 3, 4, 5, 6], number: 1))
  }

  @Test("refuses a number that is below 0, or not above the last")
  func numbers() throws {
    let asked = try Asked()
    for number in [-1, Int.min] {
      expectFault(.wrongRoster) { try asked.send(try asked.attempt(Array(0...9), number: number)) }
    }
    try asked.send(try asked.attempt(Array(0...9), number: 4))
    for number in [0, 3, 4] {
      expectFault(.outOfOrder, "\(number)") {
        try asked.send(try asked.attempt(Array(0...8), number: number))
      }
    }
    try asked.send(try asked.attempt(Array(0...8), number: .max))
  }

  @Test("refuses another set-up, step or query than it began")
  func otherStep() throws {
    let asked = try Asked()
    expectFault(.wrongSetup) { try asked.send(try asked.attempt(Array(0...9), setup: Digest(of: [1]))) }
    for attempt in [
      try asked.attempt(Array(0...9), step: 2), try asked.attempt(Array(0...9), step: 0),
      try asked.attempt(Array(0...9), query: StepValues.query(1, name: "other")),
      try asked.attempt(Array(0...9), query: StepValues.query(2)),
    ] {
      expectFault(.outOfOrder) { try asked.send(attempt) }
    }
    let fresh = try SetupFixture(sites: 10).masking(seed: 3)[2]
    expectFault(.outOfOrder) {
      _ = try fresh.send(
        try asked.attempt(Array(0...9)), secret: [UInt8](repeating: 5, count: 32), threshold: 7)
    }
  }

  @Test("shares its secret so that no fewer than the rule's t can open it", arguments: [-1, 0, 1, 2, 6])
  func lowThreshold(threshold: Int) throws {
    let asked = try Asked()
    expectFault(.wrongRoster) { try asked.send(try asked.attempt(Array(0...9)), threshold: threshold) }
  }

  @Test("may be told a higher t by its plan, and no higher one than there are sites")
  func highThreshold() throws {
    for threshold in 8...10 {
      let asked = try Asked()
      expectFault(.wrongRoster) {
        try asked.send(try asked.attempt(Array(0..<threshold - 1)), threshold: threshold)
      }
      try asked.send(try asked.attempt(Array(0..<threshold)), threshold: threshold)
    }
    for threshold in [11, 255, 256, Int.max] {
      let asked = try Asked()
      expectFault(.wrongRoster) { try asked.send(try asked.attempt(Array(0...9)), threshold: threshold) }
    }
  }

  @Test("refuses more sites than there are shares, and does not fall over")
  func manySites() throws {
    let fixture = try SetupFixture(sites: 256)
    let setup = Digest(of: [1])
    var phase = try SiteMaskPhase(
      setup: setup, roster: fixture.roster, site: fixture.roster.sites[0],
      root: { _ in SecretBytes(count: 32) })
    let contribution = Contribution([[1]], for: Self.query)
    guard let contribution else { throw FixtureError() }
    try phase.begin(contribution, step: 1, query: Self.query)
    var code: ProtocolFault.Code?
    do {
      _ = try phase.maskAttempt(
        fixture.attempt(setup, step: 1, Self.query), secret: SecretBytes(count: 32),
        threshold: Threshold.least(sites: 256), signer: fixture.signers[0])
    } catch let fault as ProtocolFault { code = fault.code }
    #expect(code == .wrongRoster)
  }

  @Test("begins steps in order, without gaps, with a contribution that fits")
  func begins() throws {
    let asked = try Asked()
    for step in [0, 1, 3, -1, Int.min, Int.max] {
      expectFault(.outOfOrder, "\(step)") { try asked.site.begin(elements: [1], step: step, Self.query) }
    }
    // The step that was begun is still there.
    try asked.send(try asked.attempt(Array(0...9)))
    try asked.site.begin(elements: [1], step: 2, Self.query)
    expectFault(.outOfOrder) { try asked.send(try asked.attempt(Array(0...8), number: 1)) }
    expectFault(.outOfOrder) { _ = try asked.site.answer([], try asked.attempt(Array(0...9)).digest) }
    try asked.send(try asked.attempt(Array(0...9), step: 2))
  }

  @Test("answers once, and sends no other vector for the step then")
  func answersOnce() throws {
    let step = try TolerantStep()
    var sum = try step.sum()
    let deliveries = try sum.deliveries(to: "freiburg")
    let answer = try step.sites[2].answer(deliveries, step.attempt.digest)
    #expect(try step.sites[2].answer(deliveries, step.attempt.digest) == answer)
    // Whatever is handed to it then, the answer is the same.
    #expect(try step.sites[2].answer([], step.attempt.digest) == answer)
    expectFault(.outOfOrder) { _ = try step.sites[2].answer(deliveries, Digest(of: [1])) }
    expectFault(.outOfOrder) {
      _ = try step.sites[2].send(
        step.other(number: 1, [0, 1, 2]), secret: TolerantStep.secret(2, attempt: 1), threshold: 3)
    }
  }

  @Test("having sent a later vector, answers no earlier attempt")
  func earlierAttempt() throws {
    let step = try TolerantStep()
    var sum = try step.sum()
    let later = step.other(number: 1, [0, 1, 2])
    let deliveries = try (0..<3).map { try sum.deliveries(to: step.sites[$0].name) }
    var laterSum = MaskedSum(later, roster: step.fixture.roster, threshold: 3)
    for index in 0..<3 {
      try laterSum.add(
        try step.sites[index].send(later, secret: TolerantStep.secret(index, attempt: 1), threshold: 3))
    }
    for index in 0..<3 {
      expectFault(.wrongAttempt) { _ = try step.sites[index].answer(deliveries[index], step.attempt.digest) }
    }
    for index in 0..<3 {
      let answer = try step.sites[index].answer(
        try laterSum.deliveries(to: step.sites[index].name), later.digest)
      guard case .opening(let opening) = answer else { throw FixtureError() }
      try laterSum.add(opening)
    }
    #expect(
      try laterSum.outcome() == .sum(RandomQueries.sum((0..<3).map(TolerantStep.elements), of: step.query)))
  }

  @Test("has a t of floor(2N/3) + 1, so that no two attempts of a step can open", arguments: 4...100)
  func threshold(sites: Int) {
    let threshold = Threshold.least(sites: sites)
    #expect(threshold == Int((2 * Double(sites) / 3).rounded(.down)) + 1)
    #expect(threshold <= sites)
    let colluding = Threshold.mostColluding(sites: sites)
    #expect(3 * colluding < sites && 3 * (colluding + 1) >= sites)
    #expect(2 * (threshold - colluding) > sites - colluding)
    #expect(threshold - colluding >= 2)
  }

  @Test(
    "refuses a V of t - 1 and a t under the rule's, of however many sites the plan is", arguments: 4...100)
  func underThreshold(sites count: Int) throws {
    let fixture = try SetupFixture(sites: count)
    let site = try fixture.masking(0, seed: 3)
    try site.begin(elements: [7], step: 1, Self.query)
    let least = Threshold.least(sites: count)
    func send(_ sites: Int, threshold: Int) throws {
      let attempt = fixture.attempt(
        try site.setup, step: 1, Self.query, sites: Array(fixture.roster.sites.prefix(sites)))
      _ = try site.send(attempt, secret: [UInt8](repeating: 5, count: 32), threshold: threshold)
    }
    for few in 0..<least { expectFault(.wrongRoster) { try send(few, threshold: least) } }
    for low in [1, least / 2, least - 1] {
      for sites in [low, least, count] { expectFault(.wrongRoster) { try send(sites, threshold: low) } }
    }
    try send(least, threshold: least)
  }
}
