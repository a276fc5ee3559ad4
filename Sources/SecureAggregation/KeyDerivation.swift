import COpenSSL

/// HKDF with SHA-256 (RFC 5869), without salt, for one output block of 32 bytes.
///
/// HMAC is libcrypto's, which clears what it kept and writes straight into memory that is wiped: swift-crypto's
/// leaves the key behind in arrays that it frees.
enum KeyDerivation {
  static let byteCount = 32

  static func derive(
    _ secret: borrowing SecretBytes, info: [UInt8]
  ) throws(LibcryptoFailure) -> SecretBytes {
    let pseudorandomKey = try authenticationCode(of: secret, key: SecretBytes(count: byteCount))
    return try authenticationCode(of: SecretBytes(copying: info + [1]), key: pseudorandomKey)
  }

  /// HMAC-SHA-256 (RFC 2104).
  private static func authenticationCode(
    of message: borrowing SecretBytes, key: borrowing SecretBytes
  ) throws(LibcryptoFailure) -> SecretBytes {
    var code = SecretBytes(count: byteCount)
    var written = 0
    let isDone = code.withUnsafeMutableBytes { code in
      message.withUnsafeBytes { message in
        key.withUnsafeBytes { key in
          EVP_Q_mac(
            nil, "HMAC", nil, "SHA256", nil, key.baseAddress, key.count,
            message.assumingMemoryBound(to: UInt8.self).baseAddress, message.count,
            code.assumingMemoryBound(to: UInt8.self).baseAddress, code.count, &written) != nil
        }
      }
    }
    guard isDone, written == byteCount else { throw LibcryptoFailure() }
    return code
  }
}

/// libcrypto would not do what it always can. Nothing from outside leads here; a site then sends nothing.
package struct LibcryptoFailure: Error {}
