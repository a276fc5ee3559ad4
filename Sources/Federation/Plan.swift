import Boosting
import Cohorts
import Preprocessing
import Regression
import SecureAggregation

/// Which sites a run needs at every step.
package enum Membership: String, Hashable, Sendable, CaseIterable {
  /// All sites of the plan, always; a lost one pauses the run.
  case fixed
  /// Those that are still in; a lost one is left out from then on.
  case tolerant
}

/// What `membership: tolerant` allows in a plan.
package struct Tolerance: Hashable, Sendable {
  /// `t`: how many sites must be in every attempt, and open it.
  package let threshold: Int
  /// `n_c`: how many sites may collude; as often may a step be asked again.
  package let mostColluding: Int

  /// - Parameters:
  ///   - sites: `N`, the plan's.
  ///   - threshold: the plan's own; a lower one than the rule's does not count.
  package init(sites: Int, threshold: Int? = nil) {
    self.threshold = max(Threshold.least(sites: sites), threshold ?? 0)
    mostColluding = Threshold.mostColluding(sites: sites)
  }
}

/// What a plan computes.
package enum Algorithm: Hashable, Sendable {
  case logistic(LogisticSpecification)
  case summary(SummarySpecification)
  case boosting(BoostingSpecification)

  package static let names = ["logistic", "summary", "boosting"]

  package var name: String {
    switch self {
    case .logistic: "logistic"
    case .summary: "summary"
    case .boosting: "boosting"
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
  /// `t`, where the plan raises it; nil for the rule's.
  package let threshold: Int?
  package let filter: CohortFilter
  package let algorithm: Algorithm
  /// The step budget: how many sums may ever be asked under this plan, over all its runs.
  package let mostSteps: Int

  package init(
    name: String, study: String, studyDigest: Digest?, sites: [String], membership: Membership,
    threshold: Int? = nil, filter: CohortFilter, algorithm: Algorithm, mostSteps: Int
  ) {
    self.name = name
    self.study = study
    self.studyDigest = studyDigest
    self.sites = sites
    self.membership = membership
    self.threshold = threshold
    self.filter = filter
    self.algorithm = algorithm
    self.mostSteps = mostSteps
  }

  /// The same analysis over these sites.
  package func over(_ sites: [String], studyDigest: Digest?) -> Plan {
    Plan(
      name: name, study: study, studyDigest: studyDigest, sites: sites, membership: membership,
      threshold: threshold, filter: filter, algorithm: algorithm, mostSteps: mostSteps)
  }

  /// nil under `membership: fixed`.
  package var tolerance: Tolerance? {
    membership == .tolerant ? Tolerance(sites: sites.count, threshold: threshold) : nil
  }
}
