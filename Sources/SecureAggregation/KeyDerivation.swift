import COpenSSL
import Queries

/// HKDF with SHA-256 (RFC 5869), without salt, for one output block of 32 bytes.
///
/// HMAC (RFC 2104) is made here of libcrypto's SHA-256, in memory of this call alone that is wiped: swift-crypto's leaves
/// the key behind in arrays that it frees, and libcrypto's own looks its parts up anew for every code, which takes longer
/// than the masks of a short vector.
enum KeyDerivation {
  static let byteCount = 32
  /// Of SHA-256.
  private static let blockByteCount = 64
  /// The states after the padded key of HKDF's first half, which without salt is a block of zeros: nothing secret.
  private static let unsalted: (inner: SHA256_CTX, outer: SHA256_CTX)? = {
    var states = (inner: SHA256_CTX(), outer: SHA256_CTX())
    let isDone =
      begin(&states.inner, [UInt64](repeating: innerPad, count: blockByteCount / 8))
      && begin(&states.outer, [UInt64](repeating: outerPad, count: blockByteCount / 8))
    return isDone ? states : nil
  }()
  /// Eight of HMAC's bytes at once.
  private static let innerPad: UInt64 = 0x3636_3636_3636_3636
  private static let outerPad: UInt64 = 0x5c5c_5c5c_5c5c_5c5c

  /// What a derivation holds while it lasts.
  private struct Scratch {
    var inner = SHA256_CTX()
    var outer = SHA256_CTX()
    /// A key, filled up with zeros to a block; then the same combined with a pad.
    var block = SIMD8<UInt64>()
    var digest = SIMD4<UInt64>()
  }

  static func derive(
    _ secret: borrowing SecretBytes, info: [UInt8]
  ) throws(LibcryptoFailure) -> SecretBytes {
    var scratch = Scratch()
    defer { withUnsafeMutableBytes(of: &scratch) { wipe($0) } }
    guard let unsalted else { throw LibcryptoFailure() }
    (scratch.inner, scratch.outer) = unsalted
    guard secret.withUnsafeBytes({ finish(&scratch, $0, nil) }) else { throw LibcryptoFailure() }
    // The pseudorandom key is the next one's.
    scratch.block.lowHalf = scratch.digest
    guard beginWithKey(&scratch), info.withUnsafeBytes({ finish(&scratch, $0, 1) }) else {
      throw LibcryptoFailure()
    }
    return code(&scratch)
  }

  /// HMAC-SHA-256 (RFC 2104) under a key of 32 bytes.
  static func authenticationCode(
    of message: [UInt8], key: borrowing SecretBytes
  ) throws(LibcryptoFailure) -> SecretBytes {
    guard key.count == byteCount else { throw LibcryptoFailure() }
    var scratch = Scratch()
    defer { withUnsafeMutableBytes(of: &scratch) { wipe($0) } }
    key.withUnsafeBytes { key in withUnsafeMutableBytes(of: &scratch.block) { $0.copyMemory(from: key) } }
    guard beginWithKey(&scratch), message.withUnsafeBytes({ finish(&scratch, $0, nil) }) else {
      throw LibcryptoFailure()
    }
    return code(&scratch)
  }

  /// Begins both hashes with the key that `block` holds.
  private static func beginWithKey(_ scratch: inout Scratch) -> Bool {
    scratch.block ^= SIMD8(repeating: innerPad)
    guard begin(&scratch.inner, &scratch.block) else { return false }
    scratch.block ^= SIMD8(repeating: innerPad ^ outerPad)
    return begin(&scratch.outer, &scratch.block)
  }

  private static func code(_ scratch: inout Scratch) -> SecretBytes {
    var code = SecretBytes(count: byteCount)
    code.withUnsafeMutableBytes { code in withUnsafeBytes(of: &scratch.digest) { code.copyMemory(from: $0) } }
    return code
  }

  /// Begins a hash with one block.
  private static func begin(_ state: inout SHA256_CTX, _ block: UnsafeRawPointer) -> Bool {
    SHA256_Init(&state) == 1 && SHA256_Update(&state, block, blockByteCount) == 1
  }

  /// The code of a message, and of a byte after it, by the states after the padded key.
  private static func finish(
    _ scratch: inout Scratch, _ message: UnsafeRawBufferPointer, _ last: UInt8?
  ) -> Bool {
    guard SHA256_Update(&scratch.inner, message.baseAddress, message.count) == 1 else { return false }
    if var last, SHA256_Update(&scratch.inner, &last, 1) != 1 { return false }
    return final(&scratch.inner, &scratch.digest)
      && SHA256_Update(&scratch.outer, &scratch.digest, byteCount) == 1
      && final(&scratch.outer, &scratch.digest)
  }

  private static func final(_ state: inout SHA256_CTX, _ digest: inout SIMD4<UInt64>) -> Bool {
    withUnsafeMutableBytes(of: &digest) {
      SHA256_Final($0.assumingMemoryBound(to: UInt8.self).baseAddress, &state) == 1
    }
  }
}

/// libcrypto would not do what it always can. Nothing from outside leads here; a site then sends nothing.
package struct LibcryptoFailure: Error {}
