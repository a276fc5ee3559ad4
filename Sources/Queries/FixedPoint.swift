/// How a real becomes an element of the ring Z/2^w and back: `round(x · 2^f)`, ties to even.
package struct FixedPoint: Hashable, Sendable, Codable {
  /// `f`: the number of binary places. It may be negative.
  package let fractionBits: Int

  package init(fractionBits: Int) { self.fractionBits = fractionBits }

  /// The finest scale at which sums over `sites` sites cannot leave the ring: the greatest `f` with
  /// `2 · bound · 2^f + sites < 2^(w - 1)`.
  ///
  /// - Parameters:
  ///   - bound: greatest magnitude of the sum, positive and below 2^900.
  ///   - sites: how many contributions are rounded and added, below 2^20 and less than half the ring.
  ///   - width: `w`, the ring's.
  /// - Returns: nil when one is out of its range.
  package init?(bound: Double, sites: Int, width: RingWidth = .full) {
    let half = UInt64(1) << UInt64(width.bits - 1)
    guard bound.isFinite, bound > 0, bound < 0x1p900, sites >= 0, sites < 1 << 20, UInt64(sites) < half
    else { return nil }
    func fits(_ fractionBits: Int) -> Bool {
      let scaled = Double(sign: .plus, exponent: fractionBits, significand: 2 * bound)
      guard scaled < Double(half) else { return false }
      return UInt64(scaled.rounded(.down)) + UInt64(sites) < half
    }
    var fractionBits = width.bits - 2 - Int(bound.exponent)
    while !fits(fractionBits) { fractionBits -= 1 }
    self.fractionBits = fractionBits
  }

  /// The ring element of `value`; nil when it is not finite or does not fit.
  package func encode(_ value: Double, width: RingWidth = .full) -> UInt64? {
    let scaled = Self.scaled(value, fractionBits)
    guard let whole = Int64(exactly: scaled.rounded(.toNearestOrEven)) else { return nil }
    let element = width.element(UInt64(bitPattern: whole))
    return width.signed(element) == whole ? element : nil
  }

  /// The real that a ring element, read as a signed integer, stands for.
  package func decode(_ element: UInt64, width: RingWidth = .full) -> Double {
    Self.scaled(Double(width.signed(element)), -fractionBits)
  }

  /// `value · 2^exponent`. A product with a power of two is exact, and of far less work than to put a double together.
  @inline(__always)
  private static func scaled(_ value: Double, _ exponent: Int) -> Double {
    guard (-1_022...1_023).contains(exponent) else {
      return Double(sign: .plus, exponent: exponent, significand: value)
    }
    return value * Double(bitPattern: UInt64(1_023 + exponent) << 52)
  }
}
