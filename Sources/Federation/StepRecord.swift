import Boosting
import Queries

/// A step as the coordinator keeps it.
package struct StepRecord: Hashable, Sendable, Codable {
  /// From 1, without gaps.
  package let step: Int
  package let query: Query
  /// nil when the sum was void, forgotten or given up.
  package let sum: QuerySum?
  /// Whether the sum was taken and not kept: after a restart the step is asked again, unless its round is finished.
  package let isForgotten: Bool
  /// The round that this step finished, in place of the sums of its steps.
  package let round: FinishedRound?
  /// Whether it has no sum because it was given up: its query was asked again as the next step.
  package let isGivenUp: Bool
  /// The sites that the sum is over, under `membership: tolerant`; nil for all of the plan.
  package let sites: [String]?

  package init(
    step: Int, query: Query, sum: QuerySum?, isForgotten: Bool = false, round: FinishedRound? = nil,
    isGivenUp: Bool = false, sites: [String]? = nil
  ) {
    self.step = step
    self.query = query
    self.sum = sum
    self.isForgotten = isForgotten
    self.round = round
    self.isGivenUp = isGivenUp
    self.sites = sites
  }

  /// Whether some site withheld.
  package var isVoid: Bool { sum == nil && !isForgotten && !isGivenUp }

  /// Whether it has taken sites further that verified sums do not: trees are grown by it, or it asked of finished ones.
  package var isFollowed: Bool { isForgotten || sum != nil && !query.isVerified }

  /// The same step with another sum.
  package func with(_ sum: QuerySum?) -> StepRecord {
    StepRecord(
      step: step, query: query, sum: sum, isForgotten: isForgotten, round: round, isGivenUp: isGivenUp,
      sites: sites)
  }
}

/// Where a site stands with a run, as the coordinator sees it.
package enum SiteStanding: Hashable, Sendable {
  /// Not connected.
  case away
  /// Connected and offered the plan.
  case asked
  /// Its administrator has to approve.
  case waitingForApproval([String])
  case ready(SiteReadiness)
}
