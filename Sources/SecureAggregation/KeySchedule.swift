import Queries

/// The labels and derivations of the protocol: HKDF with SHA-256 (RFC 5869), one label a use.
package enum KeySchedule {
  package static let keyByteCount = KeyDerivation.byteCount

  /// What a pair's secret is for.
  package enum PairUse: String, Sendable {
    /// `s_ij`: masks.
    case masks = "konsil/v1/pair-root"
    /// `k_ij`: what the two seal to each other.
    case seals = "konsil/v1/pair-seal"
  }

  /// `s_ij` or `k_ij`, from the secret that `lower` encapsulated to `higher`.
  ///
  /// - Parameters:
  ///   - lowerKey: X-Wing public key of the site of lower index, `higherKey` that of the other.
  ///   - ciphertext: digest of the ciphertext that carried the secret.
  package static func pairRoot(
    _ use: PairUse = .masks, sharedSecret: borrowing SecretBytes, lowerKey: [UInt8], higherKey: [UInt8],
    ciphertext: Digest,
    setup: Digest, lower: Int, higher: Int
  ) throws(LibcryptoFailure) -> SecretBytes {
    var info = CanonicalEncoder(label: use.rawValue)
    info.append(lowerKey)
    info.append(higherKey)
    info.append(ciphertext.bytes)
    info.append(setup.bytes)
    info.append(lower)
    info.append(higher)
    return try KeyDerivation.derive(sharedSecret, info: info.bytes)
  }

  /// The key of a pair's mask in the attempt that `attempt` names.
  package static func maskKey(
    root: borrowing SecretBytes, attempt: Digest
  ) throws(LibcryptoFailure) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/mask")
    info.append(attempt.bytes)
    return try KeyDerivation.derive(root, info: info.bytes)
  }

  /// The key of a site's own mask, from its secret `b`.
  package static func ownMaskKey(
    secret: borrowing SecretBytes, attempt: Digest
  ) throws(LibcryptoFailure) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/own-mask")
    info.append(attempt.bytes)
    return try KeyDerivation.derive(secret, info: info.bytes)
  }

  /// The key of the generator that the coefficients of the sharing of `b` are drawn from.
  package static func coefficientKey(
    secret: borrowing SecretBytes, attempt: Digest
  ) throws(LibcryptoFailure) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/coefficients")
    info.append(attempt.bytes)
    return try KeyDerivation.derive(secret, info: info.bytes)
  }

  /// The key that one share is sealed under, once.
  package static func shareKey(
    root: borrowing SecretBytes, attempt: Digest, from dealer: String, to receiver: String
  ) throws(LibcryptoFailure) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/share")
    info.append(attempt.bytes)
    info.append(dealer)
    info.append(receiver)
    return try KeyDerivation.derive(root, info: info.bytes)
  }

  /// A pair's root for step `step`, from that of the step before.
  package static func nextRoot(
    _ root: borrowing SecretBytes, step: Int
  ) throws(LibcryptoFailure) -> SecretBytes {
    var info = CanonicalEncoder(label: "konsil/v1/next")
    info.append(step)
    return try KeyDerivation.derive(root, info: info.bytes)
  }

  /// The public key of the check's coefficients, for one repetition in the ring of `width` bits.
  package static func checkKey(attempt: Digest, width: Int, repetition: Int) -> SecretBytes {
    var message = CanonicalEncoder(label: "konsil/v1/check")
    message.append(attempt.bytes)
    message.append(width)
    message.append(repetition)
    return SecretBytes(copying: Digest(of: message.bytes).bytes)
  }
}
