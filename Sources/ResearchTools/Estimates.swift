import Foundation

/// One line of a coefficient table.
package struct Estimate: Encodable, Equatable, Sendable {
  /// Half the width of a 95 % interval in standard errors: the normal distribution's 0.975 quantile.
  static let normalQuantile = 1.959963984540054

  /// `(intercept)`, `age` or `drug=adalimumab`.
  package let term: String
  package let variable: String?
  package let level: String?
  package let reference: String?
  package let unit: String?
  /// Log odds ratio for one unit, or against the reference level.
  package let coefficient: Double
  package let standardError: Double
  /// nil for the intercept, as are the interval's ends.
  package let oddsRatio: Double?
  /// Ends of the 95 % interval of the odds ratio, by the normal approximation on the log odds.
  package let lower: Double?
  package let upper: Double?
  /// Two-sided, by the normal approximation; nil under a penalty, where it means nothing.
  package let p: Double?

  /// `P(|Z| > |z|)` for a standard normal Z.
  static func twoSidedP(_ z: Double) -> Double { erfc(z.magnitude / 2.0.squareRoot()) }
}

extension ModelFile {
  /// Whether a penalty pulls the coefficients towards zero.
  package var isShrunken: Bool { lambda > 0 }

  /// Akaike's criterion `-2ℓ + 2(p + 1)`; nil under a penalty.
  package var aic: Double? {
    isShrunken ? nil : -2 * logLikelihood + 2 * Double(terms.count + 1)
  }

  /// The intercept, then one for each term.
  package var estimates: [Estimate] {
    let first = Estimate(
      term: Self.interceptName, variable: nil, level: nil, reference: nil, unit: nil,
      coefficient: intercept.coefficient, standardError: intercept.standardError, oddsRatio: nil,
      lower: nil, upper: nil, p: pValue(intercept.coefficient, intercept.standardError))
    return [first]
      + terms.map { term in
        let halfWidth = Estimate.normalQuantile * term.standardError
        return Estimate(
          term: term.name, variable: term.variable, level: term.level, reference: term.reference,
          unit: variable(of: term)?.unit, coefficient: term.coefficient,
          standardError: term.standardError, oddsRatio: exp(term.coefficient),
          lower: exp(term.coefficient - halfWidth), upper: exp(term.coefficient + halfWidth),
          p: pValue(term.coefficient, term.standardError))
      }
  }

  func variable(of term: Term) -> ModelVariable? { variables.first { $0.name == term.variable } }

  /// What an odds ratio compares: `per 1 mg/L`, `1 vs 0` or `vs infliximab`.
  func contrast(of term: Term) -> String {
    if let reference = term.reference { return "vs \(reference)" }
    guard let variable = variable(of: term), variable.type != .binary else { return "1 vs 0" }
    return variable.unit.map { "per 1 \($0)" } ?? "per 1"
  }

  private func pValue(_ coefficient: Double, _ standardError: Double) -> Double? {
    isShrunken ? nil : Estimate.twoSidedP(coefficient / standardError)
  }
}
