import Preprocessing

/// What a plan says about a logistic regression.
package struct LogisticSpecification: Hashable, Sendable, Codable {
  package enum Penalty: Hashable, Sendable, Codable {
    case none
    /// `(λ/2) Σ β_j²` over the standardised columns, the intercept free; λ > 0. It is scikit-learn's 1/C.
    case ridge(lambda: Double)
    /// Ridge with the λ of the least cross-validated deviance.
    case ridgeAuto
    /// Firth's: half the logarithm of the information's determinant (Biometrika 1993;80:27-38).
    case firth
  }

  package enum Intercept: String, Hashable, Sendable, Codable, CaseIterable {
    /// One for all sites.
    case common
    /// Each site has its own, which never leaves it.
    case site
  }

  package enum StandardErrors: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the information.
    case model
    /// Robust against likeness between the rows of one patient.
    case cluster = "cluster(patient)"
  }

  package struct Weights: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
      /// A row stands for so many equal ones.
      case frequency
      /// A row stands for so many others: standard errors are robust.
      case sampling
    }

    package let variable: String
    package let kind: Kind

    package init(variable: String, kind: Kind) {
      self.variable = variable
      self.kind = kind
    }
  }

  package enum Validation: Hashable, Sendable, Codable {
    /// Cross-validation: `folds` parts of the patients, 2 to 20, dealt anew in each of 1 to 20 repeats.
    case folds(Int, repeats: Int, seed: UInt64)
    /// Each group of at least three sites is left out once.
    case groups([[String]])
  }

  package enum Recalibration: String, Hashable, Sendable, Codable, CaseIterable {
    case none
    /// Each site fits an intercept and a slope of its own, which stay there.
    case site
  }

  package let outcome: String
  /// In the order of the coefficients.
  package let terms: [PlannedTerm]
  package var missing = MissingRule.completeCase
  package var rare = RareRule.merge
  package var penalty: Penalty
  package var intercept = Intercept.common
  package var standardErrors = StandardErrors.model
  package var weights: Weights?
  package var validation: Validation?
  package var recalibration = Recalibration.none

  package init(outcome: String, terms: [PlannedTerm], penalty: Penalty = .none) {
    self.outcome = outcome
    self.terms = terms
    self.penalty = penalty
  }

  /// - Parameter predictors: variables as the dictionary codes them.
  package init(outcome: String, predictors: [String], penalty: Penalty) {
    self.init(
      outcome: outcome, terms: predictors.map { .predictor(PlannedPredictor($0)) }, penalty: penalty)
  }

  /// The predictors' variables, each once.
  package var predictors: [String] {
    terms.flatMap(\.variables).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
