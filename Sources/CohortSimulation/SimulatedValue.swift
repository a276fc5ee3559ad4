import Cohorts

/// A value of a simulated row.
enum SimulatedValue {
  case number(Double)
  /// The index of a level.
  case level(Int)
  case notApplicable

  var number: Double? { if case .number(let value) = self { value } else { nil } }

  /// Which of `Variable.simulatedLevels` it is.
  var levelIndex: Int? {
    switch self {
    case .level(let index): index
    case .number(let value): Int(exactly: value)
    case .notApplicable: nil
    }
  }

  /// Whether it meets a condition on a variable with these levels; nil for a number's.
  func meets(_ test: FilterCondition.Test, levels: [String]?) -> Bool {
    switch (self, test) {
    case (.number(let value), .between(let lower, let upper)):
      lower.map { value >= $0 } ?? true && upper.map { value <= $0 } ?? true
    case (.level(let index), .oneOf(let wanted)):
      levels.map { wanted.contains($0[index]) } ?? false
    default: false
    }
  }
}
