/// Each row's linear predictor by the fit of the other folds.
package struct CrossValidation: Sendable {
  /// Row by row of the design.
  package let linearPredictors: [Double]
  package let outcome: [Double]
  package let tableRows: [Int]

  /// - Parameters:
  ///   - folds: each row of the table's fold, from 0 to `count - 1`.
  ///   - design: the design of all rows with means for what is missing from these rows of the table.
  ///   - fit: coefficients of a design, the intercept first.
  /// - Throws: what `design` and `fit` throw.
  package init(
    folds: [Int], count: Int,
    design: (_ training: Set<Int>) throws(PooledReferenceError) -> PooledDesign,
    fit: (PooledDesign) throws(PooledReferenceError) -> [Double]
  ) throws(PooledReferenceError) {
    var scores: [Double] = []
    var last: PooledDesign?
    for fold in 0..<count {
      let design = try design(Set(folds.indices.filter { folds[$0] != fold }))
      let heldOut = design.tableRows.indices.filter { folds[design.tableRows[$0]] == fold }
      let training = design.tableRows.indices.filter { folds[design.tableRows[$0]] != fold }
      let predictors = design.linearPredictors(try fit(design.selecting(training)))
      if scores.isEmpty { scores = predictors }
      for row in heldOut { scores[row] = predictors[row] }
      last = design
    }
    linearPredictors = scores
    outcome = last?.outcome ?? []
    tableRows = last?.tableRows ?? []
  }
}
