/// A closed interval of finite numbers outside which a value never enters a sum.
package struct ValueRange: Hashable, Sendable, Codable {
  package let lower: Double
  package let upper: Double

  /// - Returns: nil unless both ends are finite and `lower < upper`.
  package init?(lower: Double, upper: Double) {
    guard lower.isFinite, upper.isFinite, lower < upper else { return nil }
    self.lower = lower
    self.upper = upper
  }

  private init(unchecked lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// [0, 1]: the range of an indicator.
  package static let unit = ValueRange(unchecked: 0, 1)

  package var width: Double { upper - lower }

  package func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}

/// One variable of a study's dictionary.
package struct Variable: Hashable, Sendable, Codable {
  package enum Kind: Hashable, Sendable, Codable {
    case continuous(ValueRange)
    /// Whole numbers.
    case count(ValueRange)
    /// 0 or 1.
    case binary
    /// One of the levels; the first is the reference.
    case categorical(levels: [String])
  }

  package let name: String
  package let label: String
  package let kind: Kind
  /// The unit in UCUM, such as `g/L`.
  package let unit: String?
  /// Code system to code, such as `loinc` to `1988-5`.
  package let codes: [String: String]
  /// The texts that stand for a missing value, besides the empty one.
  package let missing: [String]

  package init(
    name: String, label: String, kind: Kind, unit: String?, codes: [String: String], missing: [String]
  ) {
    self.name = name
    self.label = label
    self.kind = kind
    self.unit = unit
    self.codes = codes
    self.missing = missing
  }
}
