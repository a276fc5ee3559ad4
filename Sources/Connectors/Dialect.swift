/// How a file of records is written. What is nil is found out from the file.
package struct Dialect: Hashable, Sendable, Codable {
  /// What stands between two cells.
  package enum Delimiter: String, Hashable, Sendable, Codable, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab
    case bar = "|"

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      case .bar: UInt8(ascii: "|")
      }
    }

    /// In words, for people.
    package var words: String {
      switch self {
      case .comma: "commas"
      case .semicolon: "semicolons"
      case .tab: "tabs"
      case .bar: "bars"
      }
    }
  }

  /// What stands before the decimals of a number.
  package enum DecimalMark: String, Hashable, Sendable, Codable, CaseIterable {
    case point, comma

    var byte: UInt8 { self == .point ? UInt8(ascii: ".") : UInt8(ascii: ",") }
  }

  package enum Encoding: String, Hashable, Sendable, Codable, CaseIterable {
    case utf8 = "utf-8"
    /// Windows-1252, which has every printable character of ISO 8859-1 at its place.
    case latin1 = "latin-1"

    package var words: String { self == .utf8 ? "UTF-8" : "Latin-1 (Windows-1252)" }
  }

  package let delimiter: Delimiter?
  package let decimal: DecimalMark?
  package let encoding: Encoding?

  package init(delimiter: Delimiter? = nil, decimal: DecimalMark? = nil, encoding: Encoding? = nil) {
    self.delimiter = delimiter
    self.decimal = decimal
    self.encoding = encoding
  }

  /// Everything is found out from the file.
  package static let found = Dialect()
  /// As this program writes records: RFC 4180 with decimal points in UTF-8.
  package static let own = Dialect(delimiter: .comma, decimal: .point, encoding: .utf8)
}

/// What becomes of a value that the dictionary does not allow.
package enum OnError: String, Hashable, Sendable, Codable, CaseIterable {
  /// The file is refused.
  case refuse
  /// The cell counts as missing.
  case missing
  /// The row is left out.
  case excludeRow = "exclude-row"
}

/// How a file turned out to be written.
package struct FoundDialect: Hashable, Sendable, Codable {
  package let delimiter: Dialect.Delimiter
  package let encoding: Dialect.Encoding
  /// Columns whose numbers have a decimal comma.
  package let decimalCommas: [String]

  package init(delimiter: Dialect.Delimiter, encoding: Dialect.Encoding, decimalCommas: [String]) {
    self.delimiter = delimiter
    self.encoding = encoding
    self.decimalCommas = decimalCommas
  }

  /// Such as `semicolons, decimal commas (2 columns), UTF-8`.
  package var words: String {
    let marks =
      decimalCommas.isEmpty
      ? "decimal points"
      : "decimal commas (\(decimalCommas.count) \(decimalCommas.count == 1 ? "column" : "columns"))"
    return "\(delimiter.words), \(marks), \(encoding.words)"
  }
}
