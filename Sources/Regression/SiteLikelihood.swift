import LinearAlgebra
import Preprocessing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A site's part of a logistic likelihood at a point.
struct SiteLikelihood {
  let design: Matrix
  let outcome: [Double]
  let weights: [Double]
  /// The site's own intercept; 0 where the intercept is common, nil where no finite one exists.
  let intercept: Double?
  let logLikelihood: Double
  /// `w (y - π)`, one a row.
  let residuals: [Double]
  /// `w π (1 - π)`, one a row.
  let information: [Double]

  /// - Parameter hasIntercept: whether the intercept is among the parameters; else the site's own is solved for.
  init(_ design: Matrix, outcome: [Double], weights: [Double], parameters: [Double], hasIntercept: Bool) {
    self.design = design
    self.outcome = outcome
    self.weights = weights
    let linear = design.multiply(parameters)
    intercept = hasIntercept ? 0 : SiteIntercept.solve(linear, outcome, weights)
    var residuals = [Double](repeating: 0, count: linear.count)
    var information = residuals
    var logLikelihood = 0.0
    if let shift = intercept {
      for row in linear.indices {
        let value = linear[row] + shift
        let probability = 1 / (1 + exp(-value))
        residuals[row] = weights[row] * (outcome[row] - probability)
        information[row] = weights[row] * probability * (1 - probability)
        logLikelihood += weights[row] * (outcome[row] * value - Self.softplus(value))
      }
    }
    self.residuals = residuals
    self.information = information
    self.logLikelihood = logLikelihood
  }

  var gradient: [Double] { design.transposedMultiply(residuals) }

  /// `XᵀWX`; with an intercept of the site's own what is left of it once that is profiled out.
  func hessian(hasIntercept: Bool) -> SymmetricMatrix {
    let full = design.weightedGram(information)
    let total = information.reduce(0, +)
    guard !hasIntercept, total > 0 else { return full }
    let cross = design.transposedMultiply(information)
    var profiled = full
    for column in 0..<full.order {
      for row in 0...column { profiled[row, column] = full[row, column] - cross[row] * cross[column] / total }
    }
    return profiled
  }

  /// Leverages `w π (1 - π) xᵀ M x`.
  func leverages(_ inverse: SymmetricMatrix) -> [Double] {
    var leverages = [Double](repeating: 0, count: outcome.count)
    for column in 0..<inverse.order {
      let product = design.multiply((0..<inverse.order).map { inverse[$0, column] })
      for row in leverages.indices { leverages[row] += product[row] * design[row, column] }
    }
    return zip(leverages, information).map { $0 * $1 }
  }

  /// Firth's addition to the gradient: `Σ h (1/2 - π) x`.
  func firth(_ leverages: [Double]) -> [Double] {
    // y - residual is π where the weights are 1, as they are with this penalty.
    design.transposedMultiply(
      leverages.indices.map { leverages[$0] * (0.5 - (outcome[$0] - residuals[$0])) })
  }

  /// `log(1 + exp x)` without overflow.
  static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-x.magnitude)) }
}

/// The intercept that a site fits for itself, beside given linear predictors.
enum SiteIntercept {
  /// The root of `Σ w (y - π(a + η)) = 0`, by Newton's method within a bracket.
  ///
  /// - Returns: nil where all outcomes are the same, or there is no row.
  static func solve(_ linear: [Double], _ outcome: [Double], _ weights: [Double]) -> Double? {
    guard let least = linear.min(), let greatest = linear.max(), outcome.contains(0), outcome.contains(1)
    else {
      return nil
    }
    let total = weights.reduce(0, +)
    let events = zip(weights, outcome).reduce(0) { $0 + $1.0 * $1.1 }
    let odds = log(events / (total - events))
    var (lower, upper) = (odds - greatest, odds - least)
    var intercept = (lower + upper) / 2
    for _ in 0..<200 {
      var score = 0.0
      var information = 0.0
      for row in linear.indices {
        let probability = 1 / (1 + exp(-(linear[row] + intercept)))
        score += weights[row] * (outcome[row] - probability)
        information += weights[row] * probability * (1 - probability)
      }
      if score > 0 { lower = intercept } else { upper = intercept }
      let next = intercept + score / information
      let previous = intercept
      intercept = next > lower && next < upper ? next : (lower + upper) / 2
      if (intercept - previous).magnitude <= 4 * max(previous.magnitude, 1).ulp { break }
    }
    return intercept
  }
}
