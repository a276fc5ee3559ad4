import Cohorts
import Federation
import Foundation
import Preprocessing

extension ModelFile {
  /// The variables that a row must have, in the order of the coefficients.
  var predictors: [Variable] { variables.compactMap(\.variable) }

  /// `1 / (1 + exp -(b_0 + Σ b_j x_j))` for each row; nil for one that misses a variable, or where the cohort
  /// lacks it.
  package func probabilities(_ cohort: Cohort) -> [Double?] {
    let columns = predictors.flatMap(DesignColumn.columns(of:)).map { column in
      (values: cohort[column.variable], level: column.levelIndex)
    }
    let coefficients = terms.map(\.coefficient)
    return (0..<cohort.rowCount).map { row in
      var logOdds = intercept.coefficient
      for (column, coefficient) in zip(columns, coefficients) {
        guard let values = column.values, !values.isMissing(at: row) else { return nil }
        switch (values, column.level) {
        case (.numbers(let numbers), nil): logOdds += coefficient * numbers[row]
        case (.levels(let levels), let level?): logOdds += levels[row] == Int32(level) ? coefficient : 0
        default: return nil
        }
      }
      return 1 / (1 + exp(-logOdds))
    }
  }
}
