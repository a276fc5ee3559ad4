import Crypto
import Queries

/// A site's masked vector `y` for an attempt, with its signed digest.
package struct SignedContribution: Hashable, Sendable {
  package let site: String
  /// `T`.
  package let attempt: Digest
  package let vector: [UInt64]
  package let signature: Signature

  package init(site: String, attempt: Digest, vector: [UInt64], signature: Signature) {
    self.site = site
    self.attempt = attempt
    self.vector = vector
    self.signature = signature
  }

  /// The bytes that are signed: `T`, the site's name and the digest of `y`, eight bytes an element, least
  /// significant first.
  package static func statement(attempt: Digest, site: String, vector: [UInt64]) -> [UInt8] {
    var encoder = CanonicalEncoder(label: SignatureLabel.contribution.rawValue)
    encoder.append(attempt.bytes)
    encoder.append(site)
    encoder.append(digest(of: vector).bytes)
    return encoder.bytes
  }

  /// SHA-256 over the vector's bytes.
  package static func digest(of vector: [UInt64]) -> Digest {
    var hash = SHA256()
    if UInt64(1).littleEndian == 1 {
      vector.withUnsafeBytes { hash.update(bufferPointer: $0) }
    } else {
      vector.map(\.littleEndian).withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    return Digest(hash.finalize())
  }
}
