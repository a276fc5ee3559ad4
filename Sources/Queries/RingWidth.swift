/// The width `w` of a ring Z/2^w, whose elements travel packed: 8 to 64 bits in whole bytes.
///
/// In memory an element stands in the low bits of 64. Sums may be taken there and cut to the ring afterwards, for
/// what is above never comes down.
package struct RingWidth: Hashable, Comparable, Sendable, Codable {
  package let bits: Int

  package static let full = RingWidth(64)

  private init(_ bits: Int) { self.bits = bits }

  /// - Returns: nil unless `bits` is a multiple of 8 from 8 to 64.
  package init?(bits: Int) {
    guard (8...64).contains(bits), bits.isMultiple(of: 8) else { return nil }
    self.bits = bits
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let width = RingWidth(bits: try container.decode(Int.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a ring's width")
    }
    self = width
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bits)
  }

  /// Bytes of an element on its way.
  package var bytes: Int { bits / 8 }

  /// The greatest element.
  package var mask: UInt64 { .max >> UInt64(64 - bits) }

  /// `word` modulo 2^w.
  package func element(_ word: UInt64) -> UInt64 { word & mask }

  /// An element read as a signed integer, -2^(w-1) to 2^(w-1) - 1.
  package func signed(_ element: UInt64) -> Int64 {
    let shift = UInt64(64 - bits)
    return Int64(bitPattern: element << shift) >> Int64(shift)
  }

  package static func < (left: RingWidth, right: RingWidth) -> Bool { left.bits < right.bits }
}
