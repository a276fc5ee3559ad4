import FoundationEssentials
import SecureAggregation

extension IdentityKey {
  /// The 32 bytes in base64 (RFC 4648, section 4), as documents hold them: 44 characters.
  package var base64: String { Data(bytes).base64EncodedString() }

  /// - Returns: nil unless `text` is exactly what `base64` gives for a key.
  package init?(base64 text: String) {
    guard let data = Data(base64Encoded: text) else { return nil }
    self.init(bytes: Array(data))
    guard base64 == text else { return nil }
  }
}
