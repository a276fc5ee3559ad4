import Crypto
import Queries

/// The labels and derivations of the protocol: HKDF with SHA-256 (RFC 5869), one label a use.
enum KeySchedule {
  static let keyByteCount = 32

  /// `s_ij`, the root of a pair's masks, from the secret that `lower` encapsulated to `higher`.
  static func pairRoot(
    sharedSecret: borrowing SecretBytes, lowerKey: [UInt8], higherKey: [UInt8], ciphertext: Digest,
    setup: Digest, lower: Int, higher: Int
  ) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/pair-root")
    info.append(lowerKey)
    info.append(higherKey)
    info.append(ciphertext.bytes)
    info.append(setup.bytes)
    info.append(lower)
    info.append(higher)
    return derive(sharedSecret.symmetricKey, info)
  }

  /// The key of a pair's mask in the attempt that `attempt` names.
  static func maskKey(root: SymmetricKey, attempt: Digest) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/mask")
    info.append(attempt.bytes)
    return derive(root, info)
  }

  /// A pair's root for step `step`, from that of the step before.
  static func nextRoot(_ root: SymmetricKey, step: Int) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/next")
    info.append(step)
    return derive(root, info)
  }

  /// The public key of the check's coefficients, for one repetition in the ring of `width` bits.
  static func checkKey(attempt: Digest, width: Int, repetition: Int) -> SecretBytes {
    var message = CanonicalEncoder(label: "konsil/v1/check")
    message.append(attempt.bytes)
    message.append(width)
    message.append(repetition)
    return SecretBytes(copying: Digest(of: message.bytes).bytes)
  }

  private static func derive(_ secret: SymmetricKey, _ info: CanonicalEncoder) -> SecretBytes {
    SecretBytes(
      HKDF<SHA256>.deriveKey(
        inputKeyMaterial: secret, salt: [UInt8](), info: info.bytes, outputByteCount: keyByteCount))
  }
}
