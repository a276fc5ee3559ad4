import CVectorDigest
import Queries

/// The digest of a vector that its site signs: SHA-256 over the number of elements and TurboSHAKE128 (RFC 9861, D = 1Fh,
/// 32 bytes) of each of eight columns. The element at `i` stands in row `i / 8` and column `i mod 8`, eight bytes
/// whatever its ring, least significant first; zeros fill the last row.
///
/// Columns, for a processor's vector registers hash several of them at once, with AVX-512 all.
package enum VectorDigest {
  private static let columns = VECTOR_DIGEST_COLUMNS
  private static let blockLength = VECTOR_DIGEST_BLOCK_ROWS * columns
  /// Bytes of this processor's vector registers, of which there are three kinds: 16, 32 and 64.
  package static let registerByteCount = Int(vector_digest_registers())

  /// - Parameter registerByteCount: of the registers to use, where the processor has them; the digest is the same.
  package static func digest(of vector: [UInt64], registerByteCount: Int = registerByteCount) -> Digest {
    let registers = min(registerByteCount, Self.registerByteCount)
    var states = [UInt64](repeating: 0, count: VECTOR_DIGEST_STATE_ROWS * columns)
    let wholeLength = vector.count - vector.count % blockLength
    absorb(vector[..<wholeLength], into: &states, registers)
    absorb(padded(vector[wholeLength...])[...], into: &states, registers)
    var encoder = CanonicalEncoder(label: "konsil/v1/vector")
    encoder.append(vector.count)
    encoder.append(list: Array(0..<columns)) { $0.append(digest(ofColumn: $1, states)) }
    return Digest(of: encoder.bytes)
  }

  /// The blocks that end the message: RFC 9861, section 2.2, has D behind each column's last byte, and the highest bit
  /// of its block.
  private static func padded(_ rest: ArraySlice<UInt64>) -> [UInt64] {
    let end = (rest.count + columns - 1) / columns * columns
    var blocks = Array(rest)
    blocks += repeatElement(0, count: (end / blockLength + 1) * blockLength - rest.count)
    for column in 0..<columns {
      blocks[end + column] = 0x1F
      blocks[blocks.count - columns + column] ^= 1 << 63
    }
    return blocks
  }

  /// - Parameter elements: whole blocks.
  private static func absorb(_ elements: ArraySlice<UInt64>, into states: inout [UInt64], _ registers: Int) {
    elements.withUnsafeBufferPointer { rows in
      states.withUnsafeMutableBufferPointer {
        vector_digest_absorb(Int32(registers), $0.baseAddress, rows.baseAddress, rows.count / blockLength)
      }
    }
  }

  private static func digest(ofColumn column: Int, _ states: [UInt64]) -> [UInt8] {
    let words = Digest.byteCount / MemoryLayout<UInt64>.size
    return stride(from: column, to: words * columns, by: columns).flatMap { word in
      withUnsafeBytes(of: states[word].littleEndian, Array.init)
    }
  }
}
