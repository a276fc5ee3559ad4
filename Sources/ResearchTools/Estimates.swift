import Foundation

/// One line of a coefficient table.
package struct Estimate: Encodable, Equatable, Sendable {
  /// Half the width of a 95 % interval in standard errors: the normal distribution's 0.975 quantile.
  static let normalQuantile = 1.959963984540054

  /// `(intercept)`, `age` or `drug=adalimumab`.
  package let term: String
  /// What the odds ratio compares, such as `per 10 a` or `vs infliximab`; empty for the intercept.
  package let contrast: String
  /// The variable, or those of a product with `*` between them.
  package let variable: String?
  /// The levels that an indicator is for, with blanks and commas between them, and those it is against.
  package let level: String?
  package let reference: String?
  package let unit: String?
  /// Log odds ratio for one unit of the column, or against the reference level.
  package let coefficient: Double
  package let standardError: Double
  /// nil for the intercept and for a term of a spline, which alone compares nothing; so are the interval's ends.
  package let oddsRatio: Double?
  /// Ends of the 95 % interval of the odds ratio: by profile likelihood where the model has it, else by the normal
  /// approximation on the log odds.
  package let lower: Double?
  package let upper: Double?
  /// Two-sided, by the same method; nil under a ridge penalty, where it means nothing.
  package let p: Double?

  /// `P(|Z| > |z|)` for a standard normal Z.
  static func twoSidedP(_ z: Double) -> Double { erfc(z.magnitude / 2.0.squareRoot()) }
}

extension ModelFile {
  /// Whether a ridge penalty pulls the coefficients towards zero.
  package var isShrunken: Bool { penalty.kind == .ridge }

  /// Akaike's criterion `-2ℓ + 2k`, k the number of coefficients, the sites' intercepts among them; nil where the
  /// likelihood was penalised or its rows are weighted or not independent.
  package var aic: Double? {
    guard penalty.kind == .none, covariance.kind == .model else { return nil }
    return -2 * logLikelihood + 2 * Double(covariance.names.count + (intercept == nil ? sites : 0))
  }

  /// The intercept where there is one, then one for each term.
  package var estimates: [Estimate] {
    let first = intercept.map { intercept in
      Estimate(
        term: Self.interceptName, contrast: "", variable: nil, level: nil, reference: nil, unit: nil,
        coefficient: intercept.coefficient, standardError: intercept.standardError, oddsRatio: nil,
        lower: nil, upper: nil,
        p: pValue(intercept.coefficient, intercept.standardError, intercept.profile))
    }
    return [first].compactMap(\.self) + terms.map(estimate)
  }

  private func estimate(_ term: Term) -> Estimate {
    let halfWidth = Estimate.normalQuantile * term.standardError
    let ends =
      term.profile.map { ($0.lower ?? -.infinity, $0.upper ?? .infinity) }
      ?? (term.coefficient - halfWidth, term.coefficient + halfWidth)
    let comparison = comparison(of: term)
    let isRatio = !isOfSpline(term)
    return Estimate(
      term: term.name, contrast: comparison.words,
      variable: term.factors.map(\.variable).joined(separator: "*"), level: comparison.level,
      reference: comparison.reference, unit: comparison.unit, coefficient: term.coefficient,
      standardError: term.standardError, oddsRatio: isRatio ? exp(term.coefficient) : nil,
      lower: isRatio ? exp(ends.0) : nil, upper: isRatio ? exp(ends.1) : nil,
      p: pValue(term.coefficient, term.standardError, term.profile))
  }

  private func pValue(_ coefficient: Double, _ standardError: Double, _ profile: Profile?) -> Double? {
    if isShrunken { return nil }
    return profile.map(\.p) ?? Estimate.twoSidedP(coefficient / standardError)
  }
}
