import Preprocessing
import Queries

/// The query of one Newton step, its ranges and bounds: both roles make it from verified sums.
package enum NewtonQuery {
  static let name = "newton"
  /// Greatest magnitude of a coefficient on the standardised scale; beyond is separation.
  package static let greatestCoefficient = 30.0
  package static let greatestIntercept = 60.0

  /// - Parameter parameters: intercept, then a coefficient for each standardised column.
  /// - Returns: segments `log-likelihood` (1), `gradient` (p + 1) and `hessian` (upper triangle by rows,
  ///   (p + 1)(p + 2)/2, of the negative log-likelihood). Since `Σ z² = n` over the federation, `|ℓ| ≤ n(log 2 +
  ///   Σ|β_j|)`, `|g_j| ≤ n` and `|H_jk| ≤ n/4` by Cauchy–Schwarz; each bound is taken twice.
  static func make(
    _ parameters: [Double], rows: Double, sites: Int
  ) throws(AnalysisError) -> Query {
    let order = parameters.count
    let magnitude = parameters.reduce(0) { $0 + $1.magnitude }
    return Query(
      name: name, parameters: parameters,
      segments: [
        try .reals(
          "log-likelihood", length: 1, bound: 2 * rows * (0.6931471805599453 + magnitude),
          sites: sites),
        try .reals("gradient", length: order, bound: 2 * rows, sites: sites),
        try .reals("hessian", length: order * (order + 1) / 2, bound: rows / 2, sites: sites),
      ], isVerified: false)
  }

  /// The first parameter out of its range: 0 for the intercept; nil when all are within.
  static func outOfRange(_ parameters: [Double]) -> Int? {
    parameters.indices.first { index in
      let greatest = index == 0 ? greatestIntercept : greatestCoefficient
      return !(parameters[index].magnitude <= greatest)
    }
  }
}
