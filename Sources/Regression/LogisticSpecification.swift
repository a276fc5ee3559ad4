/// What a plan says about a logistic regression.
package struct LogisticSpecification: Hashable, Sendable, Codable {
  package enum Penalty: Hashable, Sendable, Codable {
    case none
    /// `(λ/2) Σ β_j²` over the standardised columns, the intercept free; λ > 0.
    case ridge(lambda: Double)

    package var lambda: Double {
      switch self {
      case .none: 0
      case .ridge(let lambda): lambda
      }
    }
  }

  package let outcome: String
  /// Variables of the dictionary, in the order of the coefficients.
  package let predictors: [String]
  package let penalty: Penalty

  package init(outcome: String, predictors: [String], penalty: Penalty) {
    self.outcome = outcome
    self.predictors = predictors
    self.penalty = penalty
  }
}
