import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// An attempt at the one step of the search: its epoch and its sites, by their places.
private struct Asked: Hashable {
  let epoch: Int
  let sites: Set<Int>
}

/// What one honest site has done for a coordinator.
private struct History: Hashable {
  var sent: Set<Asked> = []
  var answered: Set<Asked> = []

  /// The same at a site in another place.
  func swapping(_ one: Int, _ other: Int) -> History {
    func swapped(_ asked: Asked) -> Asked {
      Asked(epoch: asked.epoch, sites: Set(asked.sites.map { $0 == one ? other : $0 == other ? one : $0 }))
    }
    return History(sent: Set(sent.map(swapped)), answered: Set(answered.map(swapped)))
  }
}

/// What a coordinator tells one site.
private enum Telling: Hashable {
  /// A new epoch begins.
  case epoch
  case step(attempt: Int, sites: [Int])
  case open(attempt: Int, sites: [Int])
}

/// How many honest sites open each of two attempts.
private struct Answers: Hashable {
  var first = 0
  var second = 0
}

@Suite("Whatever a coordinator tells each site apart")
struct StrategySearchTests {
  private static let query = Query(
    name: "one", parameters: [], segments: [.counts("one", length: 1, bound: 13)], isVerified: false)

  /// One site's agent, told everything on the way here.
  private struct Probe {
    let bench: Bench
    let index: Int
    var history = History()

    init(_ sites: Int, _ index: Int, _ path: [Telling]) throws {
      bench = try Bench(SmallStudy.drawn(sites: sites), tolerance: Tolerance(sites: sites)) { _, _ in
        ConstantComputation(value: 1)
      }
      self.index = index
      for telling in path { try #require(try accepts(telling)) }
    }

    mutating func accepts(_ telling: Telling) throws -> Bool {
      let site = bench.sites[index]
      switch telling {
      case .epoch:
        try bench.setUp()
        return true
      case .step(let attempt, let sites):
        guard site.tell(.step(request(attempt, sites))).notes.isEmpty else { return false }
        history.sent.insert(Asked(epoch: bench.epoch, sites: Set(sites)))
        return true
      case .open(let attempt, let sites):
        // To shares that do not open it says so; that closes the step like an answer to those that do.
        let deliveries = sites.filter { $0 != index }.map {
          ShareDelivery(
            site: bench.names[$0], digest: Digest(of: []),
            sealed: Array(repeating: 0, count: Dealing.sealedByteCount))
        }
        let name = bench.attempt(request(attempt, sites)).digest
        guard
          site.tell(.shares(epoch: bench.epoch, step: 1, attempt: name, deliveries)).notes.isEmpty
        else { return false }
        history.answered.insert(Asked(epoch: bench.epoch, sites: Set(sites)))
        return true
      }
    }

    private func request(_ attempt: Int, _ sites: [Int]) -> StepRequest {
      bench.request(StrategySearchTests.query).with(attempt: attempt, sites: bench.named(sites))
    }
  }

  /// Everything that the agent of one site can be brought to do in one step: each message is tried in each state that
  /// accepted ones lead to, over every set of sites, with the last attempt's number and the next, with the shares of
  /// each attempt it sent in this epoch, and through each restart.
  private func histories(_ sites: Int, of index: Int, epochs: Int) throws -> Set<History> {
    let subsets = (0..<1 << sites).map { bits in (0..<sites).filter { bits >> $0 & 1 == 1 } }
    var found: Set<History> = []
    var paths: [[Telling]] = [[.epoch]]
    while let path = paths.popLast() {
      var probe = try Probe(sites, index, path)
      found.insert(probe.history)
      let thisEpoch = path[(path.lastIndex(of: .epoch) ?? 0)...]
      let asked = thisEpoch.compactMap { telling -> (attempt: Int, sites: [Int])? in
        if case .step(let attempt, let sites) = telling { (attempt, sites) } else { nil }
      }
      let last = asked.last?.attempt ?? -1
      var tellings = subsets.flatMap { subset in
        [max(0, last), last + 1].map { Telling.step(attempt: $0, sites: subset) }
      }
      tellings += asked.map { .open(attempt: $0.attempt, sites: $0.sites) }
      for telling in Set(tellings).subtracting(thisEpoch) {
        guard try probe.accepts(telling) else { continue }
        if case .step(_, let subset) = telling {
          #expect(
            subset.contains(index) && subset.count >= Threshold.least(sites: sites), "\(path), \(telling)")
        }
        paths.append(path + [telling])
        // It has gone on; the rest is tried from where it was.
        probe = try Probe(sites, index, path)
      }
      if path.count(where: { $0 == .epoch }) < epochs { paths.append(path + [.epoch]) }
    }
    return found
  }

  @Test("of three sites under fixed, a step has one vector, over all three")
  func fixed() throws {
    for index in 0..<3 {
      let bench = try Bench(SmallStudy.drawn(sites: 3)) { _, _ in ConstantComputation(value: 1) }
      for _ in 1...2 {
        try bench.setUp()
        for bits in 0..<8 {
          for attempt in -1...2 {
            let sites = (0..<3).filter { bits >> $0 & 1 == 1 }
            let request = bench.request(Self.query).with(attempt: attempt, sites: bench.named(sites))
            let isHonest = bits == 7 && attempt == 0
            #expect(bench.sites[index].tell(.step(request)).notes.isEmpty == isHonest, "\(sites), \(attempt)")
          }
        }
      }
    }
  }

  @Test(
    "of four and five sites under tolerant, no step has two sums, and none is over fewer than t - n_c honest sites",
    arguments: [4, 5])
  func tolerant(sites: Int) throws {
    let threshold = Threshold.least(sites: sites)
    let colluding = Threshold.mostColluding(sites: sites)
    let first = try histories(sites, of: 0, epochs: 2)
    // The place in the roster makes no difference.
    if sites == 4 {
      #expect(try histories(sites, of: 3, epochs: 2) == Set(first.map { $0.swapping(0, 3) }))
    }
    let honest = Array(colluding..<sites)
    let ways = honest.map { site in Set(first.map { $0.swapping(0, site) }) }
    let attempts = Set(ways.flatMap { $0.flatMap(\.sent) })
    // Every set of enough sites, in both epochs.
    #expect(attempts.count == 2 * (sites + 1))
    func opens(_ answers: Int, _ attempt: Asked) -> Bool {
      answers + attempt.sites.count { $0 < colluding } >= threshold
    }
    for one in attempts {
      #expect(one.sites.count { $0 >= colluding } >= threshold - colluding)
      // The search finds the sums that there are, and so could find two.
      #expect(Self.reachable(one, one, ways, honest).contains { opens($0.first, one) }, "\(one)")
      for other in attempts where other.sites != one.sites {
        let answers = Self.reachable(one, other, ways, honest)
        #expect(!answers.contains { opens($0.first, one) && opens($0.second, other) }, "\(one) and \(other)")
      }
    }
  }

  /// How many honest sites can be brought to open two attempts for which all that are named sent their vectors.
  private static func reachable(
    _ one: Asked, _ other: Asked, _ ways: [Set<History>], _ honest: [Int]
  ) -> Set<Answers> {
    var totals: Set<Answers> = [Answers()]
    for (site, histories) in zip(honest, ways) {
      let needed = [one, other].filter { $0.sites.contains(site) }
      let options = Set(
        histories.filter { $0.sent.isSuperset(of: needed) }.map {
          Answers(first: $0.answered.contains(one) ? 1 : 0, second: $0.answered.contains(other) ? 1 : 0)
        })
      totals = Set(
        totals.flatMap { total in
          options.map { Answers(first: total.first + $0.first, second: total.second + $0.second) }
        })
    }
    return totals
  }
}

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
    "would open two with one colluder more than may be: the bound is tight where N is one more than thrice n_c"
  )
  func tight() throws {
    // 2(t - c) <= N - c: for N = 4 and c = 2, both attempts find t answers.
    for count in [4, 7, 10, 13] {
      let colluding = Threshold.mostColluding(sites: count)
      let threshold = Threshold.least(sites: count)
      #expect(2 * (threshold - colluding) > count - colluding)
      #expect(2 * (threshold - colluding - 1) <= count - colluding - 1)
    }
  }
}
