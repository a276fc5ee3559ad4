import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Drawn strategies of a coordinator with n_c colluders")
struct DrawnStrategyTests {
  @Test("of four to thirteen sites never open two sums of a step", arguments: 4...13)
  func search(count: Int) throws {
    var most = 0
    for seed in UInt64(1)...60 {
      var random = SeededRandom(seed: seed * 100 + UInt64(count))
      let sites = try DrawnSites(count)
      let query = Query(
        name: "one", parameters: [], segments: [.counts("one", length: 1, bound: count)], isVerified: false)
      // Attempts over sets that shrink, as no site accepts others; colluders are in all of them.
      let all = sites.roster.sites
      let colluders = Set(all.prefix(sites.colluding))
      var sets = [all]
      while let last = sets.last, last.count > sites.threshold, Bool.random(using: &random) || sets.count == 1
      {
        let goes = last.filter { !colluders.contains($0) }.randomElement(using: &random)
        sets.append(last.filter { $0 != goes })
      }
      let attempts = sets.enumerated().map {
        Attempt(
          setup: sites.setup, step: 1, number: $0, query: query, sites: $1, basis: Attempt.basis(of: []))
      }
      var answers = [Int](repeating: colluders.count, count: attempts.count)
      for index in sites.colluding..<count {
        var phase = try sites.phase(index)
        guard let own = Contribution([[1]], for: query) else { throw FixtureError() }
        try phase.begin(own, step: 1, query: query)
        let mine = attempts.indices.filter { attempts[$0].sites.contains(all[index]) }
        // Up to which attempt it is told, and which of them it is asked to open, in every order.
        let told = mine.prefix(Int.random(in: 1...mine.count, using: &random))
        let lead = seed.isMultiple(of: 2) ? told.last : mine.randomElement(using: &random)
        for place in told {
          _ = try phase.maskAttempt(
            attempts[place], secret: SecretBytes(copying: random.bytes(32)), threshold: sites.threshold,
            signer: sites.signers[index])
          guard place == lead || place == told.last else { continue }
          for asked in mine.shuffled(using: &random) {
            let deliveries = attempts[asked].sites.filter { $0 != all[index] }.map {
              ShareDelivery(site: $0, digest: Digest(of: []), sealed: [])
            }
            if (try? phase.open(deliveries, attempt: attempts[asked].digest, signer: sites.signers[index]))
              != nil
            {
              #expect(asked == place, "seed \(seed)")
              answers[asked] += 1
            }
          }
          break
        }
      }
      let opened = answers.count { $0 >= sites.threshold }
      most = max(most, opened)
      #expect(opened <= 1, "seed \(seed): \(answers) of \(sites.threshold)")
      for attempt in attempts {
        #expect(attempt.sites.count { !colluders.contains($0) } >= sites.threshold - sites.colluding)
      }
    }
    #expect(most == 1)
  }

  @Test(
    "of four to thirteen sites, each told of other sets, never open two sums of a step", arguments: 4...13)
  func apart(count: Int) throws {
    let sites = try DrawnSites(count)
    let colluders = 0..<sites.colluding
    var sums = 0
    for seed in UInt64(1)...30 {
      var random = SeededRandom(seed: seed * 100 + UInt64(count))
      func drawn(_ most: [Int]) -> [Int] {
        let honest = most.filter { !colluders.contains($0) }.shuffled(using: &random)
        let least = sites.threshold - sites.colluding
        return (colluders + honest.prefix(Int.random(in: least...max(least, honest.count), using: &random)))
          .sorted()
      }
      let one = drawn(Array(0..<count))
      // Half of the time a set that honest sites could have come to after the first.
      let other = drawn(seed.isMultiple(of: 2) ? one : Array(0..<count))
      let numbers = [0, 0, 1].shuffled(using: &random)
      let found = try openings(sites, colluders, (one, numbers[0]), (other, numbers[1]))
      sums += found.sums
      if one != other { #expect(!found.both, "seed \(seed): \(one) and \(other)") }
    }
    #expect(sums > 0, "the search finds sums, and so could find two")
  }

  @Test("would open two with 2t - N colluders: over all, and over t of them", arguments: 4...13)
  func tight(count: Int) throws {
    let sites = try DrawnSites(count)
    let many = 2 * sites.threshold - count
    #expect(many > sites.colluding)
    let (all, few) = (Array(0..<count), Array(0..<sites.threshold))
    #expect(try openings(sites, 0..<many, (all, 0), (few, 1)).both)
    // The next smaller number of colluders finds nothing there.
    #expect(try !openings(sites, 0..<many - 1, (all, 0), (few, 1)).both)
  }

  /// How many of two attempts can be opened, and whether both can at once, whatever each honest site is told of them.
  private func openings(
    _ sites: DrawnSites, _ colluders: Range<Int>, _ one: (sites: [Int], number: Int),
    _ other: (sites: [Int], number: Int)
  ) throws -> (sums: Int, both: Bool) {
    let query = Query(
      name: "one", parameters: [], segments: [.counts("one", length: 1, bound: sites.roster.count)],
      isVerified: false)
    let attempts = [one, other].map { sites.attempt($0.sites, query, number: $0.number) }
    let asked = [one, other].map { Asked(epoch: 1, sites: Set($0.sites)) }
    let honest = (0..<sites.roster.count).filter { !colluders.contains($0) }
    // Sites of the same attempts can be brought to the same.
    var known: [[Bool]: Set<History>] = [:]
    let ways = try honest.map { index in
      let kind = asked.map { $0.sites.contains(index) }
      let ways = try known[kind] ?? histories(sites, index, query, attempts, asked)
      known[kind] = ways
      return ways
    }
    func opens(_ answers: Int, _ attempt: Asked) -> Bool {
      answers + attempt.sites.count(where: colluders.contains) >= sites.threshold
    }
    let answers = Answers.reachable(asked[0], asked[1], ways, honest)
    let alone = asked.count { attempt in
      Answers.reachable(attempt, attempt, ways, honest).contains { opens($0.first, attempt) }
    }
    return (alone, answers.contains { opens($0.first, asked[0]) && opens($0.second, asked[1]) })
  }

  /// All that a site can be brought to do with two attempts: their vectors and their shares are asked in every order.
  private func histories(
    _ sites: DrawnSites, _ index: Int, _ query: Query, _ attempts: [Attempt], _ asked: [Asked]
  ) throws -> Set<History> {
    var found: Set<History> = []
    for order in Self.orders([0, 1, 2, 3]) {
      var history = History()
      var phase = try sites.phase(index)
      guard let own = Contribution([[1]], for: query) else { throw FixtureError() }
      try phase.begin(own, step: 1, query: query)
      found.insert(history)
      for message in order {
        let attempt = attempts[message % 2]
        if message < 2 {
          let sent = try? phase.maskAttempt(
            attempt, secret: SecretBytes(copying: Digest(of: [UInt8(message)]).bytes),
            threshold: sites.threshold, signer: sites.signers[index])
          if sent != nil { history.sent.insert(asked[message]) }
        } else {
          let deliveries = attempt.sites.filter { $0 != sites.roster.sites[index] }.map {
            ShareDelivery(site: $0, digest: Digest(of: []), sealed: [])
          }
          let answer = try? phase.open(deliveries, attempt: attempt.digest, signer: sites.signers[index])
          if answer != nil { history.answered.insert(asked[message - 2]) }
        }
        found.insert(history)
      }
    }
    return found
  }

  private static func orders(_ messages: [Int]) -> [[Int]] {
    messages.isEmpty
      ? [[]]
      : messages.flatMap { first in orders(messages.filter { $0 != first }).map { [first] + $0 } }
  }
}
