import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// `tolerant-step.json`: a step of four sites under `membership: tolerant`, one of them lost, made in Python.
struct TolerantStepVectors: Decodable {
  struct Site: Decodable {
    let name: String
    let identitySeed: Vectors.Hex
  }
  struct Pair: Decodable {
    let lower: Int
    let higher: Int
    let root: Vectors.Hex
    let seal: Vectors.Hex
    let nextRoot: Vectors.Hex
    let nextSeal: Vectors.Hex
  }
  struct Dealt: Decodable {
    let secretDigest: Vectors.Hex
    let shareDigests: [Vectors.Hex]
    let sealed: [Vectors.Hex]

    func dealing() throws -> Dealing {
      Dealing(
        secret: try #require(Digest(bytes: secretDigest.bytes)),
        shares: try shareDigests.map { try #require(Digest(bytes: $0.bytes)) }, sealed: sealed.map(\.bytes))
    }
  }
  struct Contribution: Decodable {
    let site: String
    let secret: Vectors.Hex
    let ownMaskKey: Vectors.Hex
    let coefficientKey: Vectors.Hex
    let coefficients: Vectors.Hex
    let shares: [Vectors.Hex]
    let shareKeys: [Vectors.Hex]
    let dealing: Dealt
    let dealingDigest: Vectors.Hex
    let vector: [Vectors.Word]
    let statement: Vectors.Hex
    let signature: Vectors.Hex
  }
  struct Attempt: Decodable {
    let number: Int
    let sites: [String]
    let attempt: Vectors.Hex
    let maskKeys: [FixedStepVectors.MaskKey]
    let contributions: [Contribution]
  }
  struct Opened: Decodable {
    let site: String
    let attempt: Vectors.Hex?
    let shares: [Vectors.Hex]

    func opening(_ name: Digest) throws -> OpenedShares {
      OpenedShares(
        site: site, attempt: try #require(Digest(bytes: attempt?.bytes ?? name.bytes)),
        shares: shares.map(\.bytes))
    }
  }
  struct Complaint: Decodable {
    let site: String
    let dealer: String
    let statement: Vectors.Hex
    let signature: Vectors.Hex

    func complaint(_ name: Digest) throws -> SignedComplaint {
      SignedComplaint(
        site: site, attempt: name, dealer: dealer, signature: try #require(Signature(bytes: signature.bytes)))
    }
  }

  let setup: Vectors.Hex
  let sites: [Site]
  let threshold: Int
  let step: Int
  let query: Vectors.VectorQuery
  let basis: Vectors.Hex
  let pairs: [Pair]
  let elements: [[Vectors.Word]]
  let attempts: [Attempt]
  let openings: [Opened]
  let complaint: Complaint
  let sum: [Vectors.Word]

  static func read() throws -> TolerantStepVectors { try Vectors.read("tolerant-step") }

  func signer(_ index: Int) throws -> SigningKey {
    try #require(SigningKey(seed: sites[index].identitySeed.bytes))
  }

  func roster() throws -> Roster {
    try Roster(try sites.indices.map { .init(site: sites[$0].name, key: try signer($0).identity) })
  }

  func attempt(_ known: Attempt) throws -> SecureAggregation.Attempt {
    try attempt(number: known.number, sites: known.sites)
  }

  func attempt(number: Int, sites: [String]) throws -> SecureAggregation.Attempt {
    SecureAggregation.Attempt(
      setup: try #require(Digest(bytes: setup.bytes)), step: step, number: number, query: try query.query(),
      sites: sites, basis: try #require(Digest(bytes: basis.bytes)))
  }

  func pair(_ first: Int, _ second: Int) throws -> Pair {
    try #require(pairs.first { $0.lower == min(first, second) && $0.higher == max(first, second) })
  }

  /// The site at `index`, which has begun the step.
  func begun(_ index: Int) throws -> SiteMaskPhase {
    var phase = try SiteMaskPhase(
      setup: try #require(Digest(bytes: setup.bytes)), roster: try roster(), site: sites[index].name,
      root: { SecretBytes(copying: (try? pair(index, $0).root.bytes) ?? []) },
      seal: { SecretBytes(copying: (try? pair(index, $0).seal.bytes) ?? []) })
    let query = try query.query()
    let contribution = Queries.Contribution(elements: elements[index].map(\.value), for: query)
    guard let contribution else { throw FixtureError() }
    try phase.begin(contribution, step: step, query: query)
    return phase
  }

  /// The vectors' contribution as a message.
  func message(_ known: Contribution, _ attempt: SecureAggregation.Attempt) throws -> SignedContribution {
    SignedContribution(
      site: known.site, attempt: attempt.digest, layout: attempt.layout, vector: known.vector.map(\.value),
      dealing: try known.dealing.dealing(), signature: try #require(Signature(bytes: known.signature.bytes)))
  }

  /// A sum of the attempt that opens, with all its vectors but those replaced.
  func sum(replacing replaced: [String: SignedContribution] = [:]) throws -> MaskedSum {
    let attempt = try attempt(attempts[1])
    var sum = MaskedSum(attempt, roster: try roster(), threshold: threshold)
    for known in attempts[1].contributions {
      try sum.add(try replaced[known.site] ?? message(known, attempt))
    }
    return sum
  }
}
