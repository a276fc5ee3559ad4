/// How a real becomes an element of the ring Z/2^64 and back: `round(x · 2^f)`, ties to even.
package struct FixedPoint: Hashable, Sendable, Codable {
  /// The ring's width `w` in bits.
  package static let width = 64

  /// `f`: the number of binary places. It may be negative.
  package let fractionBits: Int

  package init(fractionBits: Int) { self.fractionBits = fractionBits }

  /// The finest scale at which sums over `sites` sites cannot leave the ring: the greatest `f` with
  /// `2 · bound · 2^f + sites < 2^(w - 1)`.
  ///
  /// - Parameters:
  ///   - bound: greatest magnitude of the sum, positive and below 2^900.
  ///   - sites: how many contributions are rounded and added, below 2^20.
  /// - Returns: nil when either is out of its range.
  package init?(bound: Double, sites: Int) {
    guard bound.isFinite, bound > 0, bound < 0x1p900, sites >= 0, sites < 1 << 20 else { return nil }
    func fits(_ fractionBits: Int) -> Bool {
      let scaled = Double(sign: .plus, exponent: fractionBits, significand: 2 * bound)
      guard scaled < 0x1p63 else { return false }
      return UInt64(scaled.rounded(.up)) + UInt64(sites) < 1 << 63
    }
    var fractionBits = 62 - Int(bound.exponent)
    while !fits(fractionBits) { fractionBits -= 1 }
    self.fractionBits = fractionBits
  }

  /// The ring element of `value`; nil when it is not finite or does not fit.
  package func encode(_ value: Double) -> UInt64? {
    let scaled = Double(sign: .plus, exponent: fractionBits, significand: value)
    return Int64(exactly: scaled.rounded(.toNearestOrEven)).map(UInt64.init(bitPattern:))
  }

  /// The real that a ring element, read as a signed integer, stands for.
  package func decode(_ element: UInt64) -> Double {
    Double(sign: .plus, exponent: -fractionBits, significand: Double(Int64(bitPattern: element)))
  }
}
