/// Why an analysis cannot go on. It names columns and counts over the federation, never a value from a record.
package struct AnalysisError: Error, Hashable, Sendable, Codable {
  package enum Code: String, Sendable, Codable, CaseIterable {
    case tooFewSites = "too-few-sites"
    case tooFewRows = "too-few-rows"
    case moreParametersThanRows = "more-parameters-than-rows"
    case rangeTooWide = "range-too-wide"
    case aliased
    case separation
    case notConverged = "not-converged"
    case boundNotFinite = "bound-not-finite"
    case inconsistentSum = "inconsistent-sum"
  }

  package let code: Code
  package let message: String
  /// What the researcher can do.
  package let advice: String

  package init(_ code: Code, _ message: String, advice: String) {
    self.code = code
    self.message = message
    self.advice = advice
  }
}
