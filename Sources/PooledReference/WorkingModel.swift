import Foundation

/// The logistic log-likelihood at one linear predictor, in forms that lose nothing in the tails.
struct WorkingModel {
  /// `√(p (1 - p))` a row, p the fitted probability.
  let rootWeights: [Double]
  /// `(y - p) / √(p (1 - p))` a row.
  let residuals: [Double]
  let logLikelihood: Double

  init(linearPredictor: [Double], outcome: [Double]) {
    rootWeights = linearPredictor.map { 1 / (exp($0 / 2) + exp(-$0 / 2)) }
    residuals = zip(linearPredictor, outcome).map { eta, y in
      y == 1 ? exp(-eta / 2) : -exp(eta / 2)
    }
    logLikelihood = CompensatedSum.of(
      zip(linearPredictor, outcome).lazy.map { eta, y in
        let against = y == 1 ? -eta : eta
        return -(max(against, 0) + log1p(exp(-abs(against))))
      })
  }

  /// The linear predictor at which the probability is the mean of the outcome.
  static func startingIntercept(_ outcome: [Double]) -> Double {
    let cases = CompensatedSum.of(outcome)
    return log(cases / (Double(outcome.count) - cases))
  }
}
