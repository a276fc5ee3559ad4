import Crypto
import Queries

/// A site's secret key for digests of its own contributions: they show that an answer was repeated
/// unchanged, and confirm no guess about it to anyone without the key.
package final class DigestKey: Sendable, CustomStringConvertible, CustomReflectable {
  private static let label = CanonicalEncoder(label: "konsil/v1/journal-digest").bytes
  private static let hashLabel = CanonicalEncoder(label: "konsil/v1/journal-hash").bytes

  private let key: SymmetricKey
  private let hashKey: SymmetricKey
  private let nonce: AES.GCM.Nonce

  /// - Returns: nil unless `bytes` has 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == KeySchedule.keyByteCount,
      let nonce = try? AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12))
    else { return nil }
    key = SymmetricKey(data: bytes)
    hashKey = SymmetricKey(
      data: HMAC<SHA256>.authenticationCode(for: Self.hashLabel, using: key))
    self.nonce = nonce
  }

  /// HMAC-SHA-256 (RFC 2104) over the tag that AES-256-GCM (NIST SP 800-38D) gives the contribution's elements.
  ///
  /// The tag alone would be unsafe, for its nonce is always the same; nobody sees it. As a hash under a secret key it
  /// lets two different contributions of n bytes have one digest with probability n / 2^131, and takes a tenth of
  /// the time of SHA-256.
  ///
  /// - Throws: what the library throws for more than 2^36 bytes.
  package func digest(of contribution: borrowing Contribution) throws -> Digest {
    let tag = try contribution.elements.withUnsafeBytes {
      try AES.GCM.seal([UInt8](), using: hashKey, nonce: nonce, authenticating: $0).tag
    }
    var code = HMAC<SHA256>(key: key)
    code.update(data: Self.label)
    code.update(data: tag)
    return Digest(code.finalize())
  }

  package var description: String { "DigestKey" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
