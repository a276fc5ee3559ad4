import Foundation

/// Numbers as people read them in tables.
enum NumberText {
  /// Decimal places that show `digits` significant digits of a standard error or an interval's half width.
  static func places(showing digits: Int, of error: Double, within range: ClosedRange<Int>) -> Int {
    guard error.isFinite, error > 0 else { return range.lowerBound }
    let places = digits - 1 - Int(log10(error).rounded(.down))
    return min(max(places, range.lowerBound), range.upperBound)
  }

  /// In decimals; in powers of ten from 1e6 on.
  static func decimals(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
    guard value.magnitude < 1e6 else { return String(format: "%.2e", value) }
    let text = String(format: "%.\(places)f", value)
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) }
      ? String(text.dropFirst()) : text
  }

  static func pValue(_ p: Double) -> String { p < 0.0001 ? "<0.0001" : decimals(p, places: 4) }

  /// The shortest text that reads back as the same double, without the point of a whole number.
  static func shortest(_ value: Double) -> String {
    guard value.magnitude < 0x1p53, let whole = Int(exactly: value) else { return "\(value)" }
    return "\(whole)"
  }

  /// Rounded to so many significant digits, without zeros at the end.
  static func significant(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)g", value) }

  /// The same texts with blanks on both sides, so that their decimal points stand under each other.
  static func alignedAtPoint(_ texts: [String]) -> [String] {
    func fraction(_ text: String) -> Int { text.firstIndex(of: ".").map { text[$0...].count } ?? 0 }
    let after = texts.map(fraction).max() ?? 0
    let before = texts.map { $0.count - fraction($0) }.max() ?? 0
    return texts.map { text in
      String(repeating: " ", count: before - (text.count - fraction(text))) + text
        + String(repeating: " ", count: after - fraction(text))
    }
  }
}
