import KonsilTesting
import Queries
import SecureAggregation

/// One random run of a few steps under `membership: tolerant`, in which sites vanish wherever they can: before a
/// step, before or after `y` is made, after it is in, and while opening. Every sum must be exactly that over the sites
/// of the attempt that opened.
struct TolerantCase<Site: AttemptSite, Sum: AttemptSum> {
  private let fixture: SetupFixture
  private let sites: [Site]
  private let setup: Digest
  private let threshold: Int
  private var random: SeededRandom
  /// Those who are still in.
  private var members: [Site]
  private var step: Int
  private var held: Held
  /// How many steps there were, each of its own query, drops and orders, and how many sums opened.
  private(set) var steps = 0
  private(set) var opened = 0

  /// The step as it stands.
  private struct Held {
    var query: Query
    var contributions: [String: [UInt64]] = [:]
    var withholds: Set<String> = []
    var late: [SignedContribution] = []
  }

  init(_ fixture: SetupFixture, _ sites: [Site], setup: Digest, seed: UInt64) {
    self.fixture = fixture
    self.sites = sites
    self.setup = setup
    random = SeededRandom(seed: seed)
    let least = Threshold.least(sites: sites.count)
    threshold = Bool.random(using: &random) ? least : Int.random(in: least...sites.count, using: &random)
    members = sites
    step = Int.random(in: 1...1000, using: &random)
    held = Held(query: RandomQueries.query(&random))
  }

  mutating func run() throws {
    for _ in 0..<(chance(75) ? 1 : 3) {
      guard members.count >= threshold else { return }
      try runStep()
      step += 1
      steps += 1
    }
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  /// A part of `sites` in their order, often all of them, at least `count` if there are so many.
  private mutating func some(_ sites: [Site], atLeast count: Int = 0) -> [Site] {
    guard sites.count > count, chance(60) else { return sites }
    let size = Int.random(in: count...sites.count, using: &random)
    let names = Set(sites.shuffled(using: &random).prefix(size).map(\.name))
    return sites.filter { names.contains($0.name) }
  }

  private mutating func runStep() throws {
    held = Held(query: RandomQueries.query(&random))
    for site in members {
      let index = fixture.roster.index(of: site.name) ?? 0
      held.contributions[site.name] = RandomQueries.contribution(of: index, to: held.query, &random)
      if chance(2) { held.withholds.insert(site.name) }
    }
    var left = some(members, atLeast: threshold)
    for site in left.shuffled(using: &random) {
      try site.begin(
        elements: held.contributions[site.name] ?? [], step: step, held.query,
        withheld: held.withholds.contains(site.name) ? random.next() | 1 : 0)
    }
    var number = 0
    while left.count >= threshold {
      let attempt = fixture.attempt(setup, step: step, held.query, number: number, sites: left.map(\.name))
      var sum = Sum(attempt, roster: fixture.roster, threshold: threshold)
      let arrived = try send(attempt, left, &sum)
      guard arrived.count == left.count else {
        try nothingOpens(&sum, "with a vector missing", left)
        // Of those who are there any will do.
        left = some(arrived, atLeast: threshold)
        number += Int.random(in: 1...3, using: &random)
        continue
      }
      members = try open(attempt, left, &sum)
      return
    }
    members = left
  }

  /// Sends the vectors of those who are not lost, in any order.
  private mutating func send(_ attempt: Attempt, _ left: [Site], _ sum: inout Sum) throws -> [Site] {
    let there = chance(50) ? left : some(left)
    let names = Set(there.map(\.name))
    for site in left.shuffled(using: &random) {
      let isLost = !names.contains(site.name)
      // A lost site may have made its vector, or part of it may have come.
      guard !isLost || Bool.random(using: &random) else { continue }
      let sent = try site.send(attempt, secret: random.bytes(32), threshold: threshold)
      guard !isLost else {
        held.late.append(sent)
        continue
      }
      try sum.add(sent)
      if chance(5) { try mustRefuse(.duplicate, "a second vector") { try sum.add(sent) } }
      if chance(5) {
        try mustRefuse(.outOfOrder, "an attempt sent twice") {
          _ = try site.send(attempt, secret: random.bytes(32), threshold: threshold)
        }
      }
      held.late.append(sent)
    }
    for late in held.late where late.attempt != attempt.digest {
      try mustRefuse(.wrongAttempt, "a vector of an earlier attempt") { try sum.add(late) }
    }
    return there
  }

  private mutating func nothingOpens(_ sum: inout Sum, _ why: String, _ left: [Site]) throws {
    try mustRefuse(.outOfOrder, "a sum \(why)") { _ = try sum.outcome() }
    guard let site = left.first, !sum.missing.isEmpty else { return }
    try mustRefuse(.outOfOrder, "shares \(why)") { _ = try sum.deliveries(to: site.name) }
  }

  /// Lets those who are there answer, in any order.
  ///
  /// - Returns: those who are still in.
  private mutating func open(_ attempt: Attempt, _ left: [Site], _ sum: inout Sum) throws -> [Site] {
    let answering = some(left)
    for (count, site) in answering.shuffled(using: &random).enumerated() {
      if count < threshold { try nothingOpens(&sum, "with \(count) answers", left) }
      let deliveries = try sum.deliveries(to: site.name)
      let answer = try site.answer(deliveries, attempt.digest)
      guard case .opening(let opening) = answer else { throw CaseFailure("\(site.name) complains") }
      try sum.add(opening)
      if chance(5) { try repeats(site, deliveries, attempt, answer, &sum) }
    }
    guard answering.count >= threshold else {
      try nothingOpens(&sum, "with too few answers", left)
      return answering
    }
    try check(try sum.outcome(), left)
    opened += 1
    // Who was too slow to answer may be in again.
    return chance(50) ? answering : left
  }

  /// A site answers once, and sends nothing else for the step.
  private mutating func repeats(
    _ site: Site, _ deliveries: [ShareDelivery], _ attempt: Attempt, _ answer: OpeningAnswer, _ sum: inout Sum
  ) throws {
    guard try site.answer(deliveries, attempt.digest) == answer, case .opening(let opening) = answer else {
      throw CaseFailure("another answer to the same question")
    }
    try mustRefuse(.duplicate, "a second answer") { try sum.add(opening) }
    let other = fixture.attempt(
      setup, step: step, attempt.query, number: attempt.number + 1,
      sites: attempt.sites.filter { $0 == site.name || $0 != attempt.sites.last })
    try mustRefuse(.outOfOrder, "another vector after the answer") {
      _ = try site.send(other, secret: random.bytes(32), threshold: threshold)
    }
    try mustRefuse(.outOfOrder, "an answer for another attempt") {
      _ = try site.answer(deliveries, other.digest)
    }
  }

  private func check(_ outcome: Summation.Outcome, _ left: [Site]) throws {
    let names = left.map(\.name)
    let expected: Summation.Outcome =
      held.withholds.isDisjoint(with: names)
      ? .sum(RandomQueries.sum(names.compactMap { held.contributions[$0] }, of: held.query)) : .void
    guard outcome == expected else { throw CaseFailure("step \(step), not the sum over \(names)") }
  }
}
