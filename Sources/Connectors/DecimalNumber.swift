/// A decimal number in text: `[+-] digits [mark digits] [e [+-] digits]` with at least one digit before the
/// exponent, and nothing else.
struct DecimalNumber {
  /// Rounded to the nearest double, ties to even; too large a number is infinite.
  let value: Double
  /// `.` or `,`; 0 where there is none.
  let mark: UInt8
  /// Whether the mark may as well divide thousands: one to three digits before it, none of them a leading
  /// zero, and exactly three after it.
  let mayBeThousands: Bool

  /// - Parameters:
  ///   - point: whether a decimal point may stand there.
  ///   - comma: whether a decimal comma may.
  /// - Returns: nil for any other text.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, point: Bool, comma: Bool) {
    var next = range.lowerBound
    let end = range.upperBound
    guard next < end else { return nil }
    let isNegative = bytes[next] == UInt8(ascii: "-")
    if isNegative || bytes[next] == UInt8(ascii: "+") { next += 1 }

    var digits = Digits()
    let begin = next
    digits.read(bytes, &next, end, scale: 0)
    let whole = digits.count
    var mark: UInt8 = 0
    if next < end,
      point && bytes[next] == UInt8(ascii: ".") || comma && bytes[next] == UInt8(ascii: ",")
    {
      mark = bytes[next]
      next += 1
      digits.read(bytes, &next, end, scale: -1)
    }
    guard digits.count > 0 else { return nil }
    self.mark = mark
    mayBeThousands =
      mark != 0 && next == end && digits.count == whole + 3 && (1...3).contains(whole)
      && bytes[begin] != UInt8(ascii: "0")
    if next < end {
      guard bytes[next] | 0x20 == UInt8(ascii: "e") else { return nil }
      next += 1
      guard let exponent = Self.exponent(bytes, &next, end), next == end else { return nil }
      digits.exponent += exponent
    }
    if let magnitude = digits.exactlyRounded {
      value = isNegative ? -magnitude : magnitude
    } else {
      let text = bytes[range].map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
      guard let rounded = Double(String(decoding: text, as: UTF8.self)) else { return nil }
      value = rounded
    }
  }

  /// Whether a text is a number whose digits stand in groups of three, such as `1.234,5`, `1 234` or `12'345`.
  static func hasGroups(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    let text = String(decoding: bytes[range], as: UTF8.self)
    var rest = text.drop { $0 == "-" || $0 == "+" }
    func takeDigits() -> Int {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }.count
      rest = rest.dropFirst(digits)
      return digits
    }
    guard (1...3).contains(takeDigits()), let separator = rest.first,
      ".,' \u{A0}\u{2009}\u{202F}\u{2019}".contains(separator)
    else { return false }
    while rest.first == separator {
      rest = rest.dropFirst()
      guard takeDigits() == 3 else { return false }
    }
    guard let mark = rest.first else { return true }
    guard mark == "." || mark == "," else { return false }
    rest = rest.dropFirst()
    _ = takeDigits()
    return rest.isEmpty
  }

  private static func exponent(_ bytes: UnsafeBufferPointer<UInt8>, _ next: inout Int, _ end: Int) -> Int? {
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

    @inline(__always)
    mutating func read(
      _ bytes: UnsafeBufferPointer<UInt8>, _ next: inout Int, _ end: Int, scale: Int
    ) {
      while next < end {
        let digit = bytes[next] &- UInt8(ascii: "0")
        guard digit < 10 else { return }
        // Beyond this the significand is not exact and not used; it stays there.
        if significand <= 1 << 53 { significand = significand &* 10 &+ UInt64(digit) }
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
