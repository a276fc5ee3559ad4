/// Decimal numbers in text.
enum DecimalNumber {
  /// Reads `[+-] digits [. digits] [e [+-] digits]` with at least one digit before the exponent, and
  /// nothing else, rounded to the nearest double, ties to even; too large a number is infinite.
  ///
  /// - Returns: nil for any other text.
  static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
    var next = range.lowerBound
    let end = range.upperBound
    guard next < end else { return nil }
    let isNegative = bytes[next] == UInt8(ascii: "-")
    if isNegative || bytes[next] == UInt8(ascii: "+") { next += 1 }

    var digits = Digits()
    digits.read(bytes, &next, end, scale: 0)
    if next < end, bytes[next] == UInt8(ascii: ".") {
      next += 1
      digits.read(bytes, &next, end, scale: -1)
    }
    guard digits.count > 0 else { return nil }
    if next < end {
      guard bytes[next] | 0x20 == UInt8(ascii: "e") else { return nil }
      next += 1
      guard let exponent = exponent(bytes, &next, end), next == end else { return nil }
      digits.exponent += exponent
    }
    guard let magnitude = digits.exactlyRounded else {
      return Double(String(decoding: bytes[range], as: UTF8.self))
    }
    return isNegative ? -magnitude : magnitude
  }

  private static func exponent(_ bytes: [UInt8], _ next: inout Int, _ end: Int) -> Int? {
    guard next < end else { return nil }
    let isNegative = bytes[next] == UInt8(ascii: "-")
    if isNegative || bytes[next] == UInt8(ascii: "+") { next += 1 }
    guard next < end else { return nil }
    var value = 0
    while next < end {
      let digit = bytes[next] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = min(value * 10 + Int(digit), 1_000_000)
      next += 1
    }
    return isNegative ? -value : value
  }

  /// A whole number times a power of ten.
  private struct Digits {
    var significand: UInt64 = 0
    var exponent = 0
    /// Digits seen, leading zeros included.
    var count = 0

    mutating func read(_ bytes: [UInt8], _ next: inout Int, _ end: Int, scale: Int) {
      while next < end {
        let digit = bytes[next] &- UInt8(ascii: "0")
        guard digit < 10 else { return }
        // Beyond this the significand is not exact and not used; it stays there.
        if significand <= 1 << 53 { significand = significand * 10 + UInt64(digit) }
        exponent += scale
        count += 1
        next += 1
      }
    }

    /// Both the significand up to 2^53 and the power of ten up to 10^22 are doubles without error,
    /// so that one multiplication or division rounds once (Clinger 1990). nil where that is not so.
    var exactlyRounded: Double? {
      guard significand <= 1 << 53, abs(exponent) < Self.powersOfTen.count else { return nil }
      let value = Double(significand)
      return exponent < 0 ? value / Self.powersOfTen[-exponent] : value * Self.powersOfTen[exponent]
    }

    private static let powersOfTen: [Double] = [
      1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
      1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
  }
}
