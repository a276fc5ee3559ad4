import Foundation

/// The logistic log-likelihood at one linear predictor, in forms that lose nothing in the tails.
struct WorkingModel {
  /// `√(w p (1 - p))` a row, p the fitted probability and w the row's weight.
  let rootWeights: [Double]
  /// `w (y - p) / √(w p (1 - p))` a row.
  let residuals: [Double]
  /// `(1/2 - p) / √(w p (1 - p))` a row: what Firth's penalty pulls by, for a leverage of 1.
  let pulls: [Double]
  let logLikelihood: Double

  init(linearPredictor: [Double], outcome: [Double], weights: [Double]) {
    let roots = weights.map { $0.squareRoot() }
    rootWeights = zip(linearPredictor, roots).map { eta, root in
      root / (exp(eta / 2) + exp(-eta / 2))
    }
    residuals = linearPredictor.indices.map { row in
      let eta = linearPredictor[row]
      return roots[row] * (outcome[row] == 1 ? exp(-eta / 2) : -exp(eta / 2))
    }
    pulls = zip(linearPredictor, roots).map { eta, root in -sinh(eta / 2) / root }
    logLikelihood = CompensatedSum.of(
      linearPredictor.indices.lazy.map { row in
        let against = outcome[row] == 1 ? -linearPredictor[row] : linearPredictor[row]
        return -weights[row] * (max(against, 0) + log1p(exp(-abs(against))))
      })
  }

  /// The linear predictor at which the probability is the mean of the outcome.
  static func startingIntercept(_ outcome: [Double], weights: [Double]) -> Double {
    let cases = CompensatedSum.of(zip(outcome, weights).lazy.map { $0 * $1 })
    return log(cases / (CompensatedSum.of(weights) - cases))
  }
}
