import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// What a coordinator tells one site.
private enum Telling: Hashable {
  /// A new epoch begins.
  case epoch
  case step(attempt: Int, sites: [Int])
  case open(attempt: Int, sites: [Int])
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
      #expect(Answers.reachable(one, one, ways, honest).contains { opens($0.first, one) }, "\(one)")
      for other in attempts where other.sites != one.sites {
        let answers = Answers.reachable(one, other, ways, honest)
        #expect(!answers.contains { opens($0.first, one) && opens($0.second, other) }, "\(one) and \(other)")
      }
    }
  }
}
