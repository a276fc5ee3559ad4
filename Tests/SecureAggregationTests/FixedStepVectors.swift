import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// Steps of four sites from given roots, made in Python: `fixed-step.json`, and `rings.json` in every ring.
struct FixedStepVectors: Decodable {
  struct Site: Decodable {
    let name: String
    let identitySeed: Vectors.Hex

    func signer() throws -> SigningKey { try #require(SigningKey(seed: identitySeed.bytes)) }
  }
  struct Root: Decodable {
    let lower: Int
    let higher: Int
    let root: Vectors.Hex
  }
  struct MaskKey: Decodable {
    let lower: Int
    let higher: Int
    let key: Vectors.Hex
  }
  struct Contribution: Decodable {
    let site: String
    let values: [[Vectors.Word]]?
    let elements: [Vectors.Word]?
    let noise: [Vectors.Word]?
    let withheld: Vectors.Word
    let check: Vectors.Word
    let vector: [Vectors.Word]?
    let vectorDigest: Vectors.Hex
    let statement: Vectors.Hex
    let signature: Vectors.Hex
  }
  struct Step: Decodable {
    let step: Int
    let query: Vectors.VectorQuery
    let basis: Vectors.Hex
    let attempt: Vectors.Hex
    let maskKeys: [MaskKey]
    let contributions: [Contribution]
    let outcome: String
    let sumDigest: Vectors.Hex
    let sum: [Vectors.Word]?
  }

  let setup: Vectors.Hex
  let sites: [Site]
  let roots: [Root]
  let steps: [Step]
  let lastRoots: [Root]

  static func read(_ name: String = "fixed-step") throws -> FixedStepVectors { try Vectors.read(name) }

  func roster() throws -> Roster {
    try Roster(try sites.map { .init(site: $0.name, key: try $0.signer().identity) })
  }

  func attempt(_ step: Step) throws -> Attempt {
    Attempt(
      setup: try #require(Digest(bytes: setup.bytes)), step: step.step, number: 0,
      query: try step.query.query(), sites: sites.map(\.name),
      basis: try #require(Digest(bytes: step.basis.bytes)))
  }

  /// The root of the pair of `index` and `peer` among `roots`.
  static func root(_ roots: [Root], _ index: Int, _ peer: Int) -> [UInt8] {
    roots.first { $0.lower == min(index, peer) && $0.higher == max(index, peer) }?.root.bytes ?? []
  }

  func maskPhase(_ index: Int) throws -> SiteMaskPhase {
    try SiteMaskPhase(
      setup: try #require(Digest(bytes: setup.bytes)), roster: try roster(), site: sites[index].name
    ) { SecretBytes(copying: Self.root(roots, index, $0)) }
  }

  /// What the site at `index` puts in: its values, words or noise; by the vectors' rule in the long step.
  func contribution(_ step: Step, _ index: Int) throws -> Queries.Contribution {
    let query = try step.query.query()
    let known = step.contributions[index]
    if let noise = known.noise {
      var rest = noise[...]
      return Queries.Contribution(noise: { rest.removeFirst().value }, for: query)
    }
    if known.values == nil, let elements = known.elements {
      let contribution = Queries.Contribution(elements: elements.map(\.value), for: query)
      guard let contribution else { throw FixtureError() }
      return contribution
    }
    let values = known.values?.map { $0.map(\.real) } ?? [Self.longValues(index, query.length)]
    let contribution = Queries.Contribution(values, for: query)
    guard let contribution else { throw FixtureError() }
    return contribution
  }

  /// Element k is ((i + 1)(k + 7) 2654435761) mod 2^20.
  private static func longValues(_ index: Int, _ length: Int) -> [Double] {
    (0..<length).map { place in
      let product: Int = (index + 1) * (place + 7) * 2_654_435_761
      return Double(product % (1 << 20))
    }
  }

  /// The vectors' contributions as messages.
  func messages(_ step: Step) throws -> [SignedContribution] {
    try step.contributions.map { known in
      SignedContribution(
        site: known.site, attempt: try #require(Digest(bytes: step.attempt.bytes)),
        layout: try attempt(step).layout, vector: try #require(known.vector).map(\.value),
        signature: try #require(Signature(bytes: known.signature.bytes)))
    }
  }
}
