import KonsilTesting
import Queries
import SecureAggregation

/// One attempt of a step under `membership: tolerant`: every site has sent its vector, and nothing is opened yet.
/// Site `i` put in the `i`-th power of three and what the widths ask for.
struct TolerantStep {
  static let seed: UInt64 = 40
  let fixture: SetupFixture
  let sites: [SetupSite]
  let query: Query
  let attempt: Attempt
  let threshold: Int
  private(set) var sent: [SignedContribution]

  static let query = Query(
    name: "tolerant", parameters: [],
    segments: [
      .counts("who", length: 1, bound: 1 << 40),
      .words("narrow", length: 3, width: RandomQueries.widths[0]),
    ], isVerified: true)

  init(sites count: Int = 4) throws {
    fixture = try SetupFixture(sites: count)
    sites = try fixture.masking(seed: Self.seed)
    query = Self.query
    threshold = Threshold.least(sites: count)
    attempt = fixture.attempt(try sites[0].setup, step: 1, query)
    sent = []
    for site in sites {
      try site.begin(elements: Self.elements(site.index), step: 1, query)
      sent.append(try site.send(attempt, secret: Self.secret(site.index), threshold: threshold))
    }
  }

  static func elements(_ index: Int) -> [UInt64] { [RandomQueries.power(index), 255, UInt64(index), 0] }

  /// `b` of the site at an index.
  static func secret(_ index: Int, attempt number: Int = 0) -> [UInt8] {
    Digest(of: Array("b \(index) \(number)".utf8)).bytes
  }

  var outcome: Summation.Outcome {
    .sum(RandomQueries.sum(sites.indices.map(Self.elements), of: query))
  }

  func other(number: Int, _ indices: [Int]) -> Attempt {
    fixture.attempt(
      attempt.setup, step: 1, query, number: number, sites: indices.map { fixture.roster.sites[$0] })
  }

  /// What site `index` would say had it dealt otherwise, or sent another vector, and signed that.
  func changed(
    _ index: Int, vector: [UInt64]? = nil, secret: Digest? = nil, shares: [Digest]? = nil,
    sealed: [[UInt8]]? = nil,
    dealing: Dealing?? = nil
  ) throws -> SignedContribution {
    let good = sent[index]
    let dealt = good.dealing.map {
      Dealing(
        secret: secret ?? $0.secret, shares: shares ?? $0.shares, sealed: sealed ?? $0.sealed)
    }
    let (vector, dealing) = (vector ?? good.vector, dealing ?? dealt)
    return SignedContribution(
      site: good.site, attempt: good.attempt, layout: good.layout, vector: vector, dealing: dealing,
      signature: try sites[index].signer.sign(
        .contribution,
        SignedContribution.statement(attempt: good.attempt, site: good.site, vector: vector, dealing: dealing)
      ))
  }

  /// The dealing that deals `shares`, one of the sites' each, digests and seals as they should be.
  func dealing(of shares: [[UInt8]], from dealer: Int, secret: Digest) throws -> Dealing {
    var sealed: [[UInt8]] = []
    var digests: [Digest] = []
    for (receiver, share) in shares.enumerated() {
      digests.append(digest(share, from: dealer, to: receiver))
      sealed.append(receiver == dealer ? [] : try seal(share, from: dealer, to: receiver))
    }
    return Dealing(secret: secret, shares: digests, sealed: sealed)
  }

  func digest(_ bytes: [UInt8], from dealer: Int, to receiver: Int? = nil) -> Digest {
    Dealing.digest(
      of: SecretBytes(copying: bytes), attempt: attempt.digest, from: fixture.roster.sites[dealer],
      to: receiver.map { fixture.roster.sites[$0] })
  }

  func seal(_ share: [UInt8], from dealer: Int, to receiver: Int) throws -> [UInt8] {
    let names = fixture.roster.sites
    let root = SecretBytes(copying: SetupFixture.seal(Self.seed, dealer, receiver))
    let key = try KeySchedule.shareKey(
      root: root, attempt: attempt.digest, from: names[dealer], to: names[receiver])
    return try Sealing.seal(SecretBytes(copying: share), key: key)
  }

  /// The shares that site `dealer` deals if its secret is `secret`.
  func shares(of secret: [UInt8]) throws -> [[UInt8]] {
    let coefficients = try StepValues.stream(
      KeySchedule.coefficientKey(secret: SecretBytes(copying: secret), attempt: attempt.digest),
      4 * (threshold - 1))
    let bytes = coefficients.flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
    return sites.indices.map { place in
      exposed(
        Shamir.share(
          of: SecretBytes(copying: secret), coefficients: SecretBytes(copying: bytes), place: UInt8(place + 1)
        ))
    }
  }

  /// A sum that holds all vectors, some of them replaced.
  func sum(replacing replaced: [Int: SignedContribution] = [:]) throws -> MaskedSum {
    var sum = MaskedSum(attempt, roster: fixture.roster, threshold: threshold)
    for (index, contribution) in sent.enumerated() { try sum.add(replaced[index] ?? contribution) }
    return sum
  }

  /// A site's answer to what it is handed.
  func answer(_ index: Int, _ sum: inout MaskedSum) throws -> OpeningAnswer {
    try sites[index].answer(try sum.deliveries(to: sites[index].name), attempt.digest)
  }

  /// A site's shares, which it gives.
  func opening(_ index: Int, _ sum: inout MaskedSum) throws -> OpenedShares {
    guard case .opening(let opening) = try answer(index, &sum) else { throw FixtureError() }
    return opening
  }

  /// Shares as a site's answer, whatever they are.
  func opening(_ index: Int, shares: [[UInt8]], attempt: Digest? = nil) -> OpenedShares {
    OpenedShares(
      site: fixture.roster.sites[index], attempt: attempt ?? self.attempt.digest, shares: shares)
  }
}
