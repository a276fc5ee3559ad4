import Cohorts

/// What a site's own column looks like. It stays at the site.
package struct ColumnSummary: Sendable, Codable, Hashable {
  package struct Level: Sendable, Codable, Hashable {
    package let level: String
    package let rows: Int
  }

  /// Of the values of a number that is not binary.
  package struct Spread: Sendable, Codable, Hashable {
    package let least: Double
    package let lowerQuartile: Double
    package let median: Double
    package let upperQuartile: Double
    package let greatest: Double
    package let mean: Double
    /// With the number of values less one as divisor; 0 for one value.
    package let deviation: Double
  }

  package let name: String
  package let label: String
  package let type: String
  package let unit: String?
  package let isOutcome: Bool
  package let isComputed: Bool
  /// Rows with a value.
  package let values: Int
  /// Rows without one, though the variable applies.
  package let missing: Int
  /// Those of them whose value was not allowed.
  package let madeMissing: Int
  package let notApplicable: Int
  /// The dictionary's lower and upper end.
  package let range: [Double]?
  package let spread: Spread?
  /// Of a categorical, ordinal or binary variable, in the dictionary's order.
  package let levels: [Level]?
}

extension Variable.Kind {
  /// The word that a dictionary has for it.
  package var word: String {
    switch self {
    case .continuous: "continuous"
    case .count: "count"
    case .binary: "binary"
    case .categorical: "categorical"
    case .ordinal: "ordinal"
    }
  }

  var range: ValueRange? {
    switch self {
    case .continuous(let range), .count(let range): range
    case .binary, .categorical, .ordinal: nil
    }
  }
}
