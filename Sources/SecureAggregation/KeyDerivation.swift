import COpenSSL

/// HKDF with SHA-256 (RFC 5869), without salt, for one output block of 32 bytes.
///
/// HMAC is made here of libcrypto's SHA-256, in memory that is wiped: swift-crypto's leaves the key behind in arrays that
/// it frees, and libcrypto's own looks its parts up anew for every code, which takes longer than the masks of a short
/// vector.
enum KeyDerivation {
  static let byteCount = 32
  /// Of SHA-256.
  private static let blockByteCount = 64

  static func derive(
    _ secret: borrowing SecretBytes, info: [UInt8]
  ) throws(LibcryptoFailure) -> SecretBytes {
    let pseudorandomKey = try authenticationCode(of: secret, key: SecretBytes(count: byteCount))
    return try authenticationCode(of: SecretBytes(copying: info + [1]), key: pseudorandomKey)
  }

  /// HMAC-SHA-256 (RFC 2104), for keys that fit its block.
  private static func authenticationCode(
    of message: borrowing SecretBytes, key: borrowing SecretBytes
  ) throws(LibcryptoFailure) -> SecretBytes {
    guard key.count <= blockByteCount else { throw LibcryptoFailure() }
    let inner = try digest(of: message, after: padded(key, 0x36))
    return try digest(of: inner, after: padded(key, 0x5c))
  }

  /// The key filled up with zeros to a block, each byte combined with `pad`.
  private static func padded(_ key: borrowing SecretBytes, _ pad: UInt8) -> SecretBytes {
    var block = SecretBytes(count: blockByteCount)
    block.replace(at: 0, with: key)
    block.withUnsafeMutableBytes { block in
      for index in block.indices { block[index] ^= pad }
    }
    return block
  }

  /// SHA-256 of two pieces.
  private static func digest(
    of message: borrowing SecretBytes, after first: borrowing SecretBytes
  ) throws(LibcryptoFailure) -> SecretBytes {
    var state = SHA256_CTX()
    defer { OPENSSL_cleanse(&state, MemoryLayout<SHA256_CTX>.size) }
    guard SHA256_Init(&state) == 1,
      first.withUnsafeBytes({ SHA256_Update(&state, $0.baseAddress, $0.count) }) == 1,
      message.withUnsafeBytes({ SHA256_Update(&state, $0.baseAddress, $0.count) }) == 1
    else { throw LibcryptoFailure() }
    var digest = SecretBytes(count: byteCount)
    let isDone = digest.withUnsafeMutableBytes {
      SHA256_Final($0.assumingMemoryBound(to: UInt8.self).baseAddress, &state)
    }
    guard isDone == 1 else { throw LibcryptoFailure() }
    return digest
  }
}

/// libcrypto would not do what it always can. Nothing from outside leads here; a site then sends nothing.
package struct LibcryptoFailure: Error {}
