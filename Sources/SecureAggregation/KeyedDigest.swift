import Crypto
import Queries

/// A site's secret key for digests of its own contributions: they show that an answer was repeated
/// unchanged, and confirm no guess about it to anyone without the key.
package final class DigestKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let key: SymmetricKey

  /// - Returns: nil unless `bytes` has 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == KeySchedule.keyByteCount else { return nil }
    key = SymmetricKey(data: bytes)
  }

  /// HMAC-SHA-256 (RFC 2104) over the contribution's elements.
  package func digest(of contribution: borrowing Contribution) -> Digest {
    var code = HMAC<SHA256>(key: key)
    code.update(data: CanonicalEncoder(label: "konsil/v1/journal-digest").bytes)
    contribution.elements.withUnsafeBytes { code.update(data: $0) }
    return Digest(code.finalize())
  }

  package var description: String { "DigestKey" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
