import Federation
import FoundationEssentials
import Queries
import SecureAggregation
import Testing
import Wire

@Suite("Each field of what `membership: tolerant` adds is checked")
struct TolerantFieldTests {
  typealias FromSite = SpoiltField<Konsil_V1_FromSite>
  typealias ToSite = SpoiltField<Konsil_V1_ToSite>

  let run = "0123456789abcdef0123456789abcdef"

  static func tooMany(_ count: Int) -> [Data] { Array(repeating: Data(count: count), count: 1_001) }

  @Test("a dealing in a contribution's header")
  func dealing() throws {
    var numbers = SeededNumbers(seed: 1)
    let dealing = Dealing(
      secret: numbers.digest(), shares: (0..<3).map { _ in numbers.digest() },
      sealed: [numbers.bytes(48), [], numbers.bytes(48)])
    let contribution = SignedContribution(
      site: "basel", attempt: numbers.digest(), vector: numbers.words(2), dealing: dealing,
      signature: try numbers.signature())
    let header = "contribution_start.contribution.dealing"
    try SiteFieldTests.check(
      .message(run: run, .contribution(epoch: 1, step: 1, contribution)),
      each(size: header + ".secret") { $1(&$0.contributionStart.contribution.dealing.secret) },
      each(size: header + ".shares[2]") { $1(&$0.contributionStart.contribution.dealing.shares[2]) },
      [
        FromSite(header + ".secret") { $0.contributionStart.contribution.dealing = Konsil_V1_Dealing() },
        FromSite(header + ".shares") {
          $0.contributionStart.contribution.dealing.shares = Self.tooMany(32)
        },
        // An empty one stands in the dealer's own place, so it is no error here.
        FromSite(header + ".sealed[0]") {
          $0.contributionStart.contribution.dealing.sealed[0].removeLast()
        },
        FromSite(header + ".sealed[1]") {
          $0.contributionStart.contribution.dealing.sealed[1] = Data(sentinel.utf8)
        },
        FromSite(header + ".sealed[2]") { $0.contributionStart.contribution.dealing.sealed[2].append(0) },
        FromSite(header + ".sealed") {
          $0.contributionStart.contribution.dealing.sealed = Self.tooMany(0)
        },
      ])
  }

  @Test("an opening")
  func opening() throws {
    var numbers = SeededNumbers(seed: 2)
    let opening = OpenedShares(
      site: "basel", attempt: numbers.digest(), shares: [numbers.bytes(32), numbers.bytes(32)])
    try SiteFieldTests.check(
      .message(run: run, .opening(epoch: 1, step: 1, .opening(opening))),
      each(unsoundRuns, "opening.run") { $0.opening.run = $1 },
      each(unsoundNames, "opening.site") { $0.opening.site = $1 },
      each(ordinal: "opening.epoch") { $0.opening.epoch = $1 },
      each(ordinal: "opening.step") { $0.opening.step = $1 },
      each(size: "opening.attempt") { $1(&$0.opening.attempt) },
      each(size: "opening.shares[1]") { $1(&$0.opening.shares[1]) },
      [
        FromSite("opening.shares") { $0.opening.shares = Self.tooMany(32) },
        FromSite("opening.shares[0]") { $0.opening.shares[0] = Data(sentinel.utf8) },
      ])
  }

  @Test("a complaint")
  func complaint() throws {
    var numbers = SeededNumbers(seed: 3)
    let complaint = SignedComplaint(
      site: "basel", attempt: numbers.digest(), dealer: "nancy", signature: try numbers.signature())
    try SiteFieldTests.check(
      .message(run: run, .opening(epoch: 1, step: 1, .complaint(complaint))),
      each(unsoundRuns, "complaint.run") { $0.complaint.run = $1 },
      each(unsoundNames, "complaint.site") { $0.complaint.site = $1 },
      each(unsoundNames, "complaint.dealer") { $0.complaint.dealer = $1 },
      each(ordinal: "complaint.epoch") { $0.complaint.epoch = $1 },
      each(ordinal: "complaint.step") { $0.complaint.step = $1 },
      each(size: "complaint.attempt") { $1(&$0.complaint.attempt) },
      each(size: "complaint.signature") { $1(&$0.complaint.signature) })
  }

  @Test("the delivery of sealed shares")
  func shares() throws {
    var numbers = SeededNumbers(seed: 4)
    let delivery = ShareDelivery(site: "basel", digest: numbers.digest(), sealed: numbers.bytes(48))
    let attempt = numbers.digest()
    try CoordinatorFieldTests.check(
      .message(run: run, .shares(epoch: 1, step: 1, attempt: attempt, [delivery, delivery])),
      each(unsoundRuns, "shares.run") { $0.shares.run = $1 },
      each(unsoundNames, "shares.deliveries[1].site") { $0.shares.deliveries[1].site = $1 },
      each(ordinal: "shares.epoch") { $0.shares.epoch = $1 },
      each(ordinal: "shares.step") { $0.shares.step = $1 },
      each(size: "shares.attempt") { $1(&$0.shares.attempt) },
      each(size: "shares.deliveries[0].digest") { $1(&$0.shares.deliveries[0].digest) },
      each(size: "shares.deliveries[1].sealed") { $1(&$0.shares.deliveries[1].sealed) },
      [
        ToSite("shares.deliveries") {
          $0.shares.deliveries = Array(repeating: $0.shares.deliveries[0], count: 1_001)
        }
      ])
  }

  @Test("the secrets that come with a list of contributions, and the sites of an epoch")
  func secretsAndSites() throws {
    var numbers = SeededNumbers(seed: 5)
    let secrets = [numbers.bytes(32), numbers.bytes(32)]
    try CoordinatorFieldTests.check(
      .message(run: run, .contributions(epoch: 1, step: 1, [], secrets: secrets)),
      each(ordinal: "contributions_start.epoch") { $0.contributionsStart.epoch = $1 },
      each(ordinal: "contributions_start.step") { $0.contributionsStart.step = $1 },
      each(size: "contributions_start.secrets[1]") { $1(&$0.contributionsStart.secrets[1]) },
      [
        ToSite("contributions_start.secrets") { $0.contributionsStart.secrets = Self.tooMany(32) },
        ToSite("contributions_start.secrets[0]") { $0.contributionsStart.secrets[0] = Data(sentinel.utf8) },
        ToSite("contributions_start.count") { $0.contributionsStart.count = .max },
      ])
    try CoordinatorFieldTests.check(
      .message(run: run, .openEpoch(1, sites: ["basel", "nancy"])),
      each(unsoundNames, "open_epoch.sites[1]") { $0.openEpoch.sites[1] = $1 },
      [ToSite("open_epoch.sites") { $0.openEpoch.sites = Array(repeating: "basel", count: 1_001) }])
  }

  @Test("dealings are held within the caller's limit, as vectors are")
  func pendingLimit() throws {
    var numbers = SeededNumbers(seed: 7)
    let dealing = Dealing(
      secret: numbers.digest(), shares: [numbers.digest(), numbers.digest()],
      sealed: [[], numbers.bytes(48)])
    let contribution = SignedContribution(
      site: "basel", attempt: numbers.digest(), vector: [1], dealing: dealing,
      signature: try numbers.signature())
    // Three digests, a sealed share and an element.
    let bytes = 3 * 32 + 48 + 8
    let lone = try Passage.bytes(
      SiteEvent.message(run: run, .contribution(epoch: 1, step: 1, contribution)))
    #expect(try Passage.siteEvents(lone + lone, limit: bytes).count == 2)
    let above = #expect(throws: WireError.self) { try Passage.siteEvents(lone, limit: bytes - 1) }
    #expect(above?.field == "contribution_start.contribution.dealing")
    let list = try Passage.bytes(
      CoordinatorEvent.message(
        run: run, .contributions(epoch: 1, step: 1, [contribution, contribution])))
    #expect(try Passage.coordinatorEvents(list, limit: 2 * bytes).count == 1)
    let second = #expect(throws: WireError.self) {
      try Passage.coordinatorEvents(list, limit: 2 * bytes - 1)
    }
    #expect(second?.field == "contribution.dealing")
  }

  @Test("a vector of as many segments as a query may have passes, each of another ring than the one before")
  func rings() throws {
    let widths = (1...8).compactMap { RingWidth(bits: 8 * $0) }
    let query = Query(
      name: "rings", parameters: [],
      segments: (0..<WireLimits.list).map { .words("\($0)", length: 1, width: widths[$0 % 8]) },
      isVerified: false)
    var numbers = SeededNumbers(seed: 7)
    let layout = VectorLayout(of: query)
    let contribution = SignedContribution(
      site: "basel", attempt: numbers.digest(), layout: layout,
      vector: Array(repeating: 1, count: layout.count),
      signature: try numbers.signature())
    let event = SiteEvent.message(run: run, .contribution(epoch: 1, step: 1, contribution))
    #expect(try Passage.siteEvents(Passage.bytes(event)) == [event])
  }

  @Test("lists of the greatest length pass, and so do empty ones", arguments: [0, 1_000])
  func lengths(count: Int) throws {
    var numbers = SeededNumbers(seed: 6)
    let digests = Array(repeating: numbers.digest(), count: count)
    let words = Array(repeating: numbers.bytes(32), count: count)
    let sealed = Array(repeating: numbers.bytes(48), count: count)
    let contribution = SignedContribution(
      site: "basel", attempt: numbers.digest(), vector: numbers.words(2),
      dealing: Dealing(secret: numbers.digest(), shares: digests, sealed: sealed),
      signature: try numbers.signature())
    let opening = OpenedShares(site: "basel", attempt: numbers.digest(), shares: words)
    for event in [
      SiteEvent.message(run: run, .contribution(epoch: 1, step: 1, contribution)),
      .message(run: run, .opening(epoch: .init(Int32.max), step: .init(Int32.max), .opening(opening))),
    ] {
      #expect(try Passage.siteEvents(Passage.bytes(event)) == [event])
    }
    let delivery = ShareDelivery(site: "basel", digest: numbers.digest(), sealed: numbers.bytes(48))
    let deliveries = Array(repeating: delivery, count: count)
    for event in [
      CoordinatorEvent.message(
        run: run, .shares(epoch: 1, step: 1, attempt: numbers.digest(), deliveries)),
      .message(run: run, .contributions(epoch: 1, step: 1, [contribution], secrets: words)),
    ] {
      #expect(try Passage.coordinatorEvents(Passage.bytes(event)) == [event])
    }
  }
}
