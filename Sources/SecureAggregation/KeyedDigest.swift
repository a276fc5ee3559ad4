import Crypto
import Queries

/// A site's secret key for digests of its own contributions: they show that an answer was repeated
/// unchanged, and confirm no guess about it to anyone without the key.
package final class DigestKey: Sendable, CustomStringConvertible, CustomReflectable {
  private static let label = CanonicalEncoder(label: "konsil/v1/journal-digest").bytes
  private static let hashLabel = CanonicalEncoder(label: "konsil/v1/journal-hash").bytes

  private let key: SecretBytes
  private let hashKey: SymmetricKey
  private let nonce: AES.GCM.Nonce

  /// - Returns: nil unless `bytes` has 32 bytes.
  package init?(bytes: [UInt8]) {
    let key = SecretBytes(copying: bytes)
    do {
      nonce = try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12))
      hashKey = try KeyDerivation.authenticationCode(of: Self.hashLabel, key: key)
        .withUnsafeBytes { SymmetricKey(data: $0) }
    } catch {
      return nil
    }
    self.key = key
  }

  /// HMAC-SHA-256 (RFC 2104) over the tag that AES-256-GCM (NIST SP 800-38D) gives the contribution's elements.
  ///
  /// The tag alone would be unsafe, for its nonce is always the same; nobody sees it. As a hash under a secret key it
  /// lets two different contributions of n bytes have one digest with probability n / 2^131, and takes a tenth of
  /// the time of SHA-256.
  ///
  /// - Throws: what the library throws for more than 2^36 bytes.
  package func digest(of contribution: borrowing Contribution) throws -> Digest {
    let tag = try contribution.withUnsafeElements {
      try AES.GCM.seal(
        [UInt8](), using: hashKey, nonce: nonce, authenticating: UnsafeRawBufferPointer($0)
      ).tag
    }
    let code = try KeyDerivation.authenticationCode(of: Self.label + tag, key: key)
    guard let digest = code.withUnsafeBytes({ Digest(bytes: Array($0)) }) else { throw LibcryptoFailure() }
    return digest
  }

  package var description: String { "DigestKey" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
