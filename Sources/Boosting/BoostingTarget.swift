import Cohorts

/// What a model predicts, as the dictionary has it.
package enum BoostingTarget: Hashable, Sendable, Codable {
  /// 0 or 1.
  case binary
  /// The level, by its place.
  case classes([String])
  /// A number within the range.
  case number(ValueRange)

  /// Sums over rows that a first prediction needs, one a class.
  var classes: Int { if case .classes(let levels) = self { levels.count } else { 1 } }

  /// The greatest magnitude of an outcome.
  var greatest: Double {
    if case .number(let range) = self { max(range.lower.magnitude, range.upper.magnitude) } else { 1 }
  }
}
