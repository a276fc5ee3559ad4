import Crypto
import FoundationEssentials

/// The long-term Ed25519 public key by which a site, researcher or study owner is known.
///
/// Raw representation: the 32 bytes of RFC 8032.
package struct IdentityKey: Hashable, Sendable {
  package static let byteCount = 32

  package let bytes: [UInt8]

  /// - Returns: nil unless `bytes` has 32 bytes and is not a point of small order.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, !SmallOrderPoints.contain(bytes) else { return nil }
    self.bytes = bytes
  }

  /// SHA-256 of the raw key in hexadecimal: what two administrators read to each other.
  package var fingerprint: String { Digest(of: bytes).hexadecimal }

  /// Whether `signature` is this key's over `message` under `label`.
  package func verifies(_ signature: Signature, _ label: SignatureLabel, _ message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
    return key.isValidSignature(signature.bytes, for: label.prefixing(message))
  }
}

/// A 64-byte Ed25519 signature (RFC 8032).
package struct Signature: Hashable, Sendable {
  package static let byteCount = 64
  package let bytes: [UInt8]

  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}

/// What a signature is for. The label and a zero byte stand before the signed bytes, so that no
/// signature made for one purpose verifies for another.
package enum SignatureLabel: String, Sendable, CaseIterable {
  case study = "konsil/v1/study"
  case plan = "konsil/v1/plan"
  case run = "konsil/v1/run"
  case setupKey = "konsil/v1/setup-key"
  case ciphertexts = "konsil/v1/ciphertexts"
  case contribution = "konsil/v1/contribution"
  case complaint = "konsil/v1/complaint"

  func prefixing(_ message: [UInt8]) -> [UInt8] { Array(rawValue.utf8) + [0] + message }
}

/// The private half of an `IdentityKey`. A reference, so that the key is not copied; swift-crypto
/// wipes its bytes when the last reference goes.
package final class SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let key: Curve25519.Signing.PrivateKey
  package let identity: IdentityKey

  /// - Parameter seed: the 32 secret bytes of RFC 8032.
  /// - Returns: nil unless `seed` has 32 bytes.
  package init?(seed: [UInt8]) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
      let identity = IdentityKey(bytes: Array(key.publicKey.rawRepresentation))
    else { return nil }
    self.key = key
    self.identity = identity
  }

  /// Signs the label, a zero byte and exactly these bytes.
  ///
  /// - Throws: `CryptoKitError` when the library cannot sign.
  package func sign(_ label: SignatureLabel, _ message: [UInt8]) throws -> Signature {
    guard let signature = Signature(bytes: Array(try key.signature(for: label.prefixing(message))))
    else { throw CryptoKitError.incorrectParameterSize }
    return signature
  }

  package var description: String { "SigningKey(\(identity.fingerprint.prefix(16)))" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
