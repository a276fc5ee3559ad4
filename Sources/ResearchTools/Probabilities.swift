import Cohorts
import Federation
import Foundation
import Preprocessing

/// A model's probability for a row of records.
package struct PredictedRow: Equatable, Sendable {
  /// nil where a variable is missing that has no mean to count as, or has a level that no row of the model had.
  package let probability: Double?
  /// Columns whose missing value counted as the mean.
  package let filled: Int
}

extension ModelFile {
  /// The variables that a row must have, those first that the terms rest on.
  var predictors: [Variable] { variables.compactMap(\.variable) }

  /// `1 / (1 + exp -(b_0 + Σ b_j x_j))` for each row of a cohort with the model's variables. A variable that does not
  /// apply counts as 0.
  ///
  /// - Parameters:
  ///   - intercept: `b_0`: the model's, or a site's where the model has none.
  ///   - recalibration: a site's own line through these log odds; nil for the model as it is.
  /// - Throws: a complaint when the cohort is not of the model's variables.
  package func probabilities(
    _ cohort: Cohort, intercept: Double, recalibration: SiteKnowledge.Recalibration? = nil
  ) throws(Complaint) -> [PredictedRow] {
    let dictionary = dictionary
    var logOdds = [Double](repeating: intercept, count: cohort.rowCount)
    var filled = [Int](repeating: 0, count: cohort.rowCount)
    for term in terms {
      guard let column = column(of: term),
        let values = ColumnValues.evaluate(column, cohort: cohort, dictionary: dictionary)
      else {
        throw Complaint(
          .internalError, code: "model-columns", "“\(term.name)” cannot be computed from the records",
          advice: "report this as a fault of ours")
      }
      for row in values.indices {
        let isMissing = values[row].isNaN
        if isMissing, term.fill != nil { filled[row] += 1 }
        logOdds[row] += term.coefficient * (isMissing ? term.fill ?? .nan : values[row])
      }
    }
    for variable in variables {
      guard let unseen = variable.unseen, case .levels(let indices)? = cohort[variable.name] else { continue }
      let places = Set(unseen.compactMap { variable.levels?.firstIndex(of: $0) }.map(Int32.init))
      for row in indices.indices where places.contains(indices[row]) { logOdds[row] = .nan }
    }
    return zip(logOdds, filled).map { logOdds, filled in
      let logOdds = recalibration.map { $0.intercept + $0.slope * logOdds } ?? logOdds
      return PredictedRow(probability: logOdds.isNaN ? nil : 1 / (1 + exp(-logOdds)), filled: filled)
    }
  }
}
