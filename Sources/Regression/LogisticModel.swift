import LinearAlgebra
import Preprocessing

/// A fitted logistic regression on the original scale of its variables.
package struct LogisticModel: Equatable, Sendable, Codable {
  package let outcome: String
  /// The design columns, in the order of the coefficients after the intercept.
  package let columns: [DesignColumn]
  /// Log odds: the intercept, then one for each column.
  package let coefficients: [Double]
  /// Covariance of the coefficients: the inverse of the (penalised) information.
  package let covariance: SymmetricMatrix
  /// Log-likelihood at the coefficients, without the penalty.
  package let logLikelihood: Double
  /// λ on the standardised scale; 0 without a penalty.
  package let lambda: Double
  /// Complete rows over the federation, and how many of them have outcome 1.
  package let rows: Int
  package let events: Int
  package let sites: Int
  /// Sums of gradient and Hessian that were asked.
  package let newtonSteps: Int

  /// Names in the order of the coefficients.
  package var names: [String] { ["(intercept)"] + columns.map(\.name) }

  package var standardErrors: [Double] { covariance.diagonal.map { $0.squareRoot() } }
}
