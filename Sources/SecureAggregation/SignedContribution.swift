import Queries

/// A site's masked vector `y` for an attempt, with its signed digest.
package struct SignedContribution: Hashable, Sendable {
  package let site: String
  /// `T`.
  package let attempt: Digest
  /// The rings of the vector's elements, which travel packed.
  package let layout: VectorLayout
  package let vector: [UInt64]
  /// nil under `membership: fixed`.
  package let dealing: Dealing?
  package let signature: Signature
  /// Of `vector`. It is made with the value, where that comes in, and not where all sites' vectors are added.
  private let vectorDigest: Digest

  /// - Parameter layout: nil for elements that are all of the ring of 64 bits.
  package init(
    site: String, attempt: Digest, layout: VectorLayout? = nil, vector: [UInt64], dealing: Dealing? = nil,
    signature: Signature
  ) {
    self.init(
      site, attempt, layout, vector, dealing, signature, vectorDigest: VectorDigest.digest(of: vector))
  }

  private init(
    _ site: String, _ attempt: Digest, _ layout: VectorLayout?, _ vector: [UInt64], _ dealing: Dealing?,
    _ signature: Signature, vectorDigest: Digest
  ) {
    self.site = site
    self.attempt = attempt
    self.layout = layout ?? VectorLayout([.init(width: .full, count: vector.count)])
    self.vector = vector
    self.dealing = dealing
    self.signature = signature
    self.vectorDigest = vectorDigest
  }

  /// A vector with its site's signature.
  package static func signed(
    by signer: SigningKey, site: String, attempt: Digest, layout: VectorLayout, vector: [UInt64],
    dealing: Dealing? = nil
  ) throws -> SignedContribution {
    let vectorDigest = VectorDigest.digest(of: vector)
    let statement = statement(attempt, site, vectorDigest, dealing)
    return SignedContribution(
      site, attempt, layout, vector, dealing, try signer.sign(.contribution, statement),
      vectorDigest: vectorDigest)
  }

  /// Whether it is signed with a site's key.
  func isSigned(with key: IdentityKey) -> Bool {
    key.verifies(signature, .contribution, Self.statement(attempt, site, vectorDigest, dealing))
  }

  /// The bytes that are signed: `T`, the site's name and the digest of `y`; under `membership: tolerant` also the
  /// digest of the dealing.
  package static func statement(
    attempt: Digest, site: String, vector: [UInt64], dealing: Dealing? = nil
  ) -> [UInt8] {
    statement(attempt, site, VectorDigest.digest(of: vector), dealing)
  }

  private static func statement(
    _ attempt: Digest, _ site: String, _ vectorDigest: Digest, _ dealing: Dealing?
  ) -> [UInt8] {
    var encoder = CanonicalEncoder(label: SignatureLabel.contribution.rawValue)
    encoder.append(attempt.bytes)
    encoder.append(site)
    encoder.append(vectorDigest.bytes)
    encoder.append(list: dealing.map { [$0.digest] } ?? []) { $0.append($1.bytes) }
    return encoder.bytes
  }
}
