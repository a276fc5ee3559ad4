/// What a fit maximises over, on the standardised scale.
struct FitProblem {
  /// The intercept's ones, then the standardised columns.
  let columns: [[Double]]
  let outcome: [Double]
  let weights: [Double]
  /// λ_j of `ℓ - Σ (λ_j/2) γ_j²`, one for each column; 0 leaves it free.
  let penalties: [Double]

  /// Zero but for the intercept, which is the logit of the outcome's mean.
  var start: [Double] {
    var coefficients = [Double](repeating: 0, count: columns.count)
    coefficients[0] = WorkingModel.startingIntercept(outcome, weights: weights)
    return coefficients
  }

  func model(at coefficients: [Double]) -> WorkingModel {
    let linearPredictor = outcome.indices.map { row in
      CompensatedSum.of(columns.indices.lazy.map { columns[$0][row] * coefficients[$0] })
    }
    return WorkingModel(linearPredictor: linearPredictor, outcome: outcome, weights: weights)
  }
}
