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

/// A variable that the reader computes from others: `Σ factor · part`; missing where a part is.
package struct Formula: Hashable, Sendable, Codable {
  package struct Part: Hashable, Sendable, Codable {
    package let variable: String
    package let factor: Double

    package init(variable: String, factor: Double) {
      self.variable = variable
      self.factor = factor
    }
  }

  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }
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
    /// One of the levels, the lowest first.
    case ordinal(levels: [String])
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
  /// Where the variable has a meaning; elsewhere it is not applicable, which is not missing. nil: everywhere.
  package let appliesWhen: FilterCondition?
  /// How the value comes from other variables; nil where it is recorded.
  package let formula: Formula?

  package init(
    name: String, label: String, kind: Kind, unit: String?, codes: [String: String], missing: [String],
    appliesWhen: FilterCondition? = nil, formula: Formula? = nil
  ) {
    self.name = name
    self.label = label
    self.kind = kind
    self.unit = unit
    self.codes = codes
    self.missing = missing
    self.appliesWhen = appliesWhen
    self.formula = formula
  }

  /// Of a categorical or ordinal variable; nil for a number.
  package var levels: [String]? {
    switch kind {
    case .categorical(let levels), .ordinal(let levels): levels
    case .continuous, .count, .binary: nil
    }
  }
}
