import COpenSSL
import CVectorDigest

/// The digest of a vector that its site signs: SHA-256 (FIPS 180-4) over the SHA-256 of its first half and that of its
/// second, eight bytes an element whatever its ring, least significant first. Of an odd number the first half has one
/// more. Halves, for a processor with instructions for SHA-256 hashes two messages at once in less time than in turn.
package enum VectorDigest {
  /// Vector registers of this processor for the two at once: 16, or 32 in less time; 0 if it has no such instructions.
  package static let registerCount = Int(vector_digest_registers())
  private static let blockByteCount = Int(VECTOR_DIGEST_BLOCK_BYTES)

  /// - Parameter registerCount: fewer than the processor has, 0 for libcrypto's code; the digest is the same.
  package static func digest(of vector: [UInt64], registerCount: Int = registerCount) -> Digest {
    let registers = min(registerCount, Self.registerCount)
    let middle = (vector.count + 1) / 2 * MemoryLayout<UInt64>.size
    if UInt64(1).littleEndian == 1 {
      return vector.withUnsafeBytes { digest(of: $0[..<middle], $0[middle...], registers) }
    }
    return vector.map(\.littleEndian).withUnsafeBytes { digest(of: $0[..<middle], $0[middle...], registers) }
  }

  // libcrypto's functions for SHA-256 work on a state that is open, and do not fail.

  private static func digest(
    of first: Slice<UnsafeRawBufferPointer>, _ second: Slice<UnsafeRawBufferPointer>, _ registers: Int
  ) -> Digest {
    var (left, right, both) = (SHA256_CTX(), SHA256_CTX(), SHA256_CTX())
    SHA256_Init(&left)
    SHA256_Init(&right)
    let taken = registers > 0 ? take(first, into: &left, second, into: &right, registers) : 0
    var digests = (SIMD32<UInt8>(), SIMD32<UInt8>())
    finish(&left, first.dropFirst(taken), &digests.0)
    finish(&right, second.dropFirst(taken), &digests.1)
    SHA256_Init(&both)
    var digest = SIMD32<UInt8>()
    withUnsafeBytes(of: &digests) { finish(&both, $0[...], &digest) }
    return withUnsafeBytes(of: &digest) { Digest(memory: $0) }
  }

  /// Takes the whole blocks that two messages have, and leaves the rest.
  ///
  /// - Returns: the bytes taken of each.
  private static func take(
    _ first: Slice<UnsafeRawBufferPointer>, into left: inout SHA256_CTX,
    _ second: Slice<UnsafeRawBufferPointer>, into right: inout SHA256_CTX, _ registers: Int
  ) -> Int {
    let blocks = min(first.count, second.count) / blockByteCount
    guard blocks > 0 else { return 0 }
    withUnsafeMutableBytes(of: &left.h) { left in
      withUnsafeMutableBytes(of: &right.h) { right in
        vector_digest_blocks(Int32(registers), words(left), bytes(first), words(right), bytes(second), blocks)
      }
    }
    let bits = UInt64(blocks) * UInt64(blockByteCount) * 8
    (left.Nl, left.Nh) = (UInt32(truncatingIfNeeded: bits), UInt32(bits >> 32))
    (right.Nl, right.Nh) = (left.Nl, left.Nh)
    return blocks * blockByteCount
  }

  private static func finish(
    _ state: inout SHA256_CTX, _ rest: Slice<UnsafeRawBufferPointer>, _ digest: inout SIMD32<UInt8>
  ) {
    SHA256_Update(&state, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    withUnsafeMutableBytes(of: &digest) {
      _ = SHA256_Final($0.assumingMemoryBound(to: UInt8.self).baseAddress, &state)
    }
  }

  private static func words(_ raw: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt32>? {
    raw.assumingMemoryBound(to: UInt32.self).baseAddress
  }

  private static func bytes(_ slice: Slice<UnsafeRawBufferPointer>) -> UnsafePointer<UInt8>? {
    UnsafeRawBufferPointer(rebasing: slice).assumingMemoryBound(to: UInt8.self).baseAddress
  }
}
