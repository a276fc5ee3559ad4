/// A predictor as a plan names it.
package enum PlannedTerm: Hashable, Sendable, Codable {
  case predictor(PlannedPredictor)
  /// The products of the columns of two predictors, by their variables.
  case interaction(String, String)

  /// The variables that the term rests on.
  package var variables: [String] {
    switch self {
    case .predictor(let predictor): [predictor.variable]
    case .interaction(let first, let second): [first, second]
    }
  }
}

/// A variable of the dictionary and how it enters a model.
package struct PlannedPredictor: Hashable, Sendable, Codable {
  package enum Transformation: Hashable, Sendable, Codable {
    case none
    case log
    /// `log(1 + x)`.
    case log1p
    /// `max(0, x - knot)`.
    case hinge(Double)
    /// A restricted cubic spline with this many knots, 3 to 5, at quantiles over the federation.
    case spline(knots: Int)
  }

  /// How an ordinal variable enters.
  package enum Coding: String, Hashable, Sendable, Codable, CaseIterable {
    /// As 0, 1, 2 … up its levels.
    case linear
    /// As one indicator for each level but the reference.
    case levels
  }

  package let variable: String
  package let transformation: Transformation
  /// What the transformed value is divided by.
  package let per: Double
  package let coding: Coding
  /// The level without an indicator; nil for the dictionary's first.
  package let reference: String?

  package init(
    _ variable: String, transformation: Transformation = .none, per: Double = 1, coding: Coding = .linear,
    reference: String? = nil
  ) {
    self.variable = variable
    self.transformation = transformation
    self.per = per
    self.coding = coding
    self.reference = reference
  }
}

/// What becomes of a row that lacks a value of the design.
package enum MissingRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// It is left out.
  case completeCase = "complete-case"
  /// The value counts as the column's mean, and an indicator tells the rows where it did.
  case meanAndIndicator = "mean+indicator"
  /// The run ends.
  case refuse
}

/// What becomes of a level or column that too few sites or rows share.
package enum RareRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// Rare levels become one, `other`; what cannot be merged is left out.
  case merge
  /// The variable is left out.
  case drop
  /// The run ends.
  case refuse
}
