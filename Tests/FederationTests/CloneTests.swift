import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site that runs twice from one memory image, within an epoch under tolerant,")
struct CloneTests {
  private static let query = Query(
    name: "powers", parameters: [], segments: [.counts("power", length: 1, bound: 4096)], isVerified: false)

  /// A site as it stands when the step is asked; what it gives is 8 to the power of its place.
  private final class Site {
    let index: Int
    private let sites: DrawnSites
    private var phase: SiteMaskPhase
    private var random: SeededRandom

    init(_ index: Int, _ sites: DrawnSites, seed: UInt64) throws {
      self.index = index
      self.sites = sites
      phase = try sites.phase(index)
      random = SeededRandom(seed: seed)
      guard let own = Contribution([[Double(1 << (3 * index))]], for: CloneTests.query) else {
        throw FixtureError()
      }
      try phase.begin(own, step: 1, query: CloneTests.query)
    }

    func send(_ attempt: Attempt) throws -> SignedContribution {
      try phase.maskAttempt(
        attempt, secret: SecretBytes(copying: random.bytes(32)), threshold: sites.threshold,
        signer: sites.signers[index])
    }

    func open(_ opening: Opening) throws -> OpenedShares {
      let name = sites.roster.sites[index]
      let answer = try phase.open(
        opening.deliveries(to: name), attempt: opening.attempt.digest, signer: sites.signers[index])
      guard case .opening(let shares) = answer else { throw FixtureError() }
      return shares
    }
  }

  private func summation(_ attempt: Attempt, _ sites: DrawnSites, _ vectors: [SignedContribution]) throws
    -> Summation
  {
    var summation = Summation(attempt, roster: sites.roster, isTolerant: true)
    for vector in vectors { try summation.add(vector) }
    return summation
  }

  private func sum(_ summation: Summation, _ opening: Opening) throws -> UInt64? {
    var summation = summation
    try summation.unmask(try opening.secrets())
    guard case .sum(let elements) = try summation.outcome() else { return nil }
    return elements[0]
  }

  @Test(
    "counts as colluding: beside one colluder of four it gives two sums of one step, and with them the site that is in one of them alone"
  )
  func withColluder() throws {
    let sites = try DrawnSites(4)
    #expect(sites.colluding == 1)
    let all = sites.attempt([0, 1, 2, 3], Self.query, number: 0)
    let few = sites.attempt([1, 2, 3], Self.query, number: 1)
    // The third site is there twice; the fourth works with the coordinator and is there as often as it likes.
    let (first, second) = (try Site(0, sites, seed: 1), try Site(1, sites, seed: 2))
    let (third, clone) = (try Site(2, sites, seed: 3), try Site(2, sites, seed: 4))
    let (fourth, other) = (try Site(3, sites, seed: 5), try Site(3, sites, seed: 6))
    let overAll = try summation(all, sites, try [first, second, third, fourth].map { try $0.send(all) })
    let overFew = try summation(few, sites, try [second, clone, other].map { try $0.send(few) })
    var openAll = try Opening(overAll, roster: sites.roster, threshold: sites.threshold)
    for site in [first, third, fourth] { try openAll.add(site.open(openAll)) }
    var openFew = try Opening(overFew, roster: sites.roster, threshold: sites.threshold)
    for site in [second, clone, other] { try openFew.add(site.open(openFew)) }
    let whole = try #require(try sum(overAll, openAll))
    let part = try #require(try sum(overFew, openFew))
    #expect(whole == 0o1111 && part == 0o1110)
    #expect(whole &- part == 1)
  }

  @Test("gives nothing more where nobody else colludes: the second sum lacks an answer")
  func alone() throws {
    let sites = try DrawnSites(4)
    let all = sites.attempt([0, 1, 2, 3], Self.query, number: 0)
    let few = sites.attempt([1, 2, 3], Self.query, number: 1)
    let (first, second) = (try Site(0, sites, seed: 1), try Site(1, sites, seed: 2))
    let (third, clone, fourth) = (
      try Site(2, sites, seed: 3), try Site(2, sites, seed: 4), try Site(3, sites, seed: 5)
    )
    let overAll = try summation(all, sites, try [first, second, third, fourth].map { try $0.send(all) })
    var openAll = try Opening(overAll, roster: sites.roster, threshold: sites.threshold)
    for site in [first, third] { try openAll.add(site.open(openAll)) }
    // Both attempts need the fourth, which opens the one that it was sent last.
    let overFew = try summation(few, sites, try [second, clone, fourth].map { try $0.send(few) })
    var openFew = try Opening(overFew, roster: sites.roster, threshold: sites.threshold)
    for site in [second, clone, fourth] { try openFew.add(site.open(openFew)) }
    #expect(throws: ProtocolFault.self) { try fourth.open(openAll) }
    #expect(openFew.isReady && !openAll.isReady)
  }
}
