/// A number rounded to decimal places, and as text.
struct DecimalText {
  let text: String
  /// The double nearest to `text`.
  let value: Double

  /// - Parameter decimals: 0 to 9.
  /// - Returns: nil if the number has no exact place among the multiples of the last decimal.
  init?(_ number: Double, decimals: Int) {
    let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
    let scaled = (number * Double(unit)).rounded(.toNearestOrEven)
    guard abs(scaled) < 0x1p53, let units = Int(exactly: scaled) else { return nil }
    value = Double(units) / Double(unit)
    let whole = "\(units < 0 ? "-" : "")\(abs(units) / unit)"
    text = decimals == 0 ? whole : "\(whole).\(padded(abs(units) % unit, width: decimals))"
  }
}

/// A number from 0 in decimal digits, with leading zeros up to `width`.
func padded(_ number: Int, width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

enum CSVText {
  /// A cell of RFC 4180, or of a file with another separator, quoted where it has to be.
  static func cell(_ text: String, separator: String = ",") -> String {
    guard text.utf8.contains(where: "\"\r\n\(separator)".utf8.contains) else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"\(doubled.joined(separator: "\"\""))\""
  }
}
