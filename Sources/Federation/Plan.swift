import Cohorts
import Preprocessing
import Regression
import SecureAggregation

/// Which sites a run needs at every step.
package enum Membership: String, Hashable, Sendable, CaseIterable {
  /// All sites of the plan, always; a lost one pauses the run.
  case fixed
}

/// What a plan computes.
package enum Algorithm: Hashable, Sendable {
  case logistic(LogisticSpecification)
  case summary(SummarySpecification)

  package static let names = ["logistic", "summary"]

  package var name: String {
    switch self {
    case .logistic: "logistic"
    case .summary: "summary"
    }
  }
}

/// A declarative description of one analysis. A researcher signs its bytes; no code travels.
package struct Plan: Hashable, Sendable {
  package let name: String
  package let study: String
  /// Digest of the study's bytes; nil in a template, which can be simulated and not submitted.
  package let studyDigest: Digest?
  /// The sites of every step, by their names in the study, in the study's order.
  package let sites: [String]
  package let membership: Membership
  package let filter: CohortFilter
  package let algorithm: Algorithm
  /// The step budget: how many sums may ever be asked under this plan, over all its runs.
  package let mostSteps: Int

  package init(
    name: String, study: String, studyDigest: Digest?, sites: [String], membership: Membership,
    filter: CohortFilter, algorithm: Algorithm, mostSteps: Int
  ) {
    self.name = name
    self.study = study
    self.studyDigest = studyDigest
    self.sites = sites
    self.membership = membership
    self.filter = filter
    self.algorithm = algorithm
    self.mostSteps = mostSteps
  }
}
