import Cohorts

/// Design columns over the rows of a cohort.
package enum ColumnValues {
  /// - Returns: one value a row, NaN where a variable of the column is missing and 0 where one is not applicable;
  ///   nil when the cohort lacks a variable or holds it as another type.
  package static func evaluate(
    _ column: DesignColumn, cohort: Cohort, dictionary: StudyDictionary
  ) -> [Double]? {
    var product: [Double]?
    for factor in column.factors {
      guard let values = evaluate(factor, cohort: cohort, dictionary: dictionary) else { return nil }
      product = product.map { known in zip(known, values).map { times($0, $1) } } ?? values
    }
    return product
  }

  /// Not applicable times missing is not applicable.
  private static func times(_ first: Double, _ second: Double) -> Double {
    first == 0 || second == 0 ? 0 : first * second
  }

  private static func evaluate(
    _ factor: Factor, cohort: Cohort, dictionary: StudyDictionary
  ) -> [Double]? {
    guard let variable = dictionary.column(named: factor.variable), let column = cohort[factor.variable]
    else {
      return nil
    }
    var values: [Double]
    switch (factor, column) {
    case (.value(_, let transform), .numbers(let numbers)):
      values = transform == .identity ? numbers : numbers.map { transform($0) }
    case (.score, .levels(let indices)):
      values = indices.map { $0 < 0 ? .nan : Double($0) }
    case (.level(_, let wanted, _), .levels(let indices)):
      let wanted = Set(wanted.map { Int32(truncatingIfNeeded: $0) })
      values = indices.map { $0 < 0 ? .nan : wanted.contains($0) ? 1 : 0 }
    case (.between(_, let lower, let upper), .numbers(let numbers)):
      let (lower, upper) = (lower ?? -.infinity, upper ?? .infinity)
      values = numbers.map { $0.isNaN ? .nan : lower < $0 && $0 <= upper ? 1 : 0 }
    case (.missing, _):
      values = (0..<column.count).map { column.isMissing(at: $0) ? 1 : 0 }
    default: return nil
    }
    if let applicable = cohort.applicable(variable, dictionary: dictionary) {
      let elsewhere = factor.isNotApplicable ? 1.0 : 0
      for row in values.indices where !applicable[row] { values[row] = elsewhere }
    }
    return values
  }
}

extension Factor {
  fileprivate var isNotApplicable: Bool {
    if case .level(_, let indices, _) = self { indices.contains(Factor.notApplicable) } else { false }
  }
}
