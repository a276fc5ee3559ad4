import Evaluation
import LinearAlgebra
import Preprocessing

/// A fitted logistic regression on the original scale of its variables.
package struct LogisticModel: Equatable, Sendable, Codable {
  package enum CovarianceKind: Hashable, Sendable, Codable {
    /// The inverse of the (penalised) information.
    case model
    /// The sandwich over patients, with the correction G/(G-1) · (n-1)/(n-p).
    case cluster(patients: Int)
    /// The sandwich over rows.
    case robust
  }

  package let outcome: String
  /// The design columns, in the order of the coefficients.
  package let columns: [DesignColumn]
  /// Whether there is a common intercept; without one each site keeps its own.
  package let hasIntercept: Bool
  /// Log odds: the intercept where there is a common one, then one for each column.
  package let coefficients: [Double]
  /// Of the coefficients.
  package let covariance: SymmetricMatrix
  package let covarianceKind: CovarianceKind
  /// Firth's: intervals and tests by the penalised likelihood ratio, one a coefficient.
  package let profile: [ProfileInterval]?
  /// Log-likelihood at the coefficients, without the penalty.
  package let logLikelihood: Double
  /// As it was fitted: `lambda: auto` is the ridge that it found.
  package let penalty: LogisticSpecification.Penalty
  /// `tr(I (I + λ)⁻¹)`: the number of coefficients without a ridge.
  package let effectiveDegrees: Double
  /// What `lambda: auto` chose from.
  package let lambdaPath: [LambdaPoint]?
  /// What a missing value of each column counts as: its mean.
  package let fill: [Double]
  package let missing: MissingRule
  /// Variables that no row of the model lacks: a row without one has no prediction.
  package let required: [String]
  /// Levels that no row of the model has, by the variable: a row with one has no prediction.
  package let unseen: [String: [String]]
  /// Rows over the federation, and how many of them have outcome 1.
  package let rows: Int
  package let events: Int
  package let sites: Int
  /// Sums of gradient and Hessian that were asked for the fit.
  package let newtonSteps: Int
  package var notes: [DesignNote]
  package let validation: ValidationReport?

  package init(
    outcome: String, columns: [DesignColumn], hasIntercept: Bool, coefficients: [Double],
    covariance: SymmetricMatrix, covarianceKind: CovarianceKind, profile: [ProfileInterval]?,
    logLikelihood: Double, penalty: LogisticSpecification.Penalty, effectiveDegrees: Double,
    lambdaPath: [LambdaPoint]?, fill: [Double], missing: MissingRule, required: [String],
    unseen: [String: [String]], rows: Int,
    events: Int, sites: Int, newtonSteps: Int, notes: [DesignNote], validation: ValidationReport?
  ) {
    self.outcome = outcome
    self.columns = columns
    self.hasIntercept = hasIntercept
    self.coefficients = coefficients
    self.covariance = covariance
    self.covarianceKind = covarianceKind
    self.profile = profile
    self.logLikelihood = logLikelihood
    self.penalty = penalty
    self.effectiveDegrees = effectiveDegrees
    self.lambdaPath = lambdaPath
    self.fill = fill
    self.missing = missing
    self.required = required
    self.unseen = unseen
    self.rows = rows
    self.events = events
    self.sites = sites
    self.newtonSteps = newtonSteps
    self.notes = notes
    self.validation = validation
  }

  /// Names in the order of the coefficients.
  package var names: [String] { (hasIntercept ? ["(intercept)"] : []) + columns.map(\.name) }

  package var standardErrors: [Double] { covariance.diagonal.map { $0.squareRoot() } }

  /// λ on the standardised scale; 0 without a ridge.
  package var lambda: Double { if case .ridge(let lambda) = penalty { lambda } else { 0 } }
}
