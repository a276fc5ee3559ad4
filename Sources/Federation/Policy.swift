/// What a site allows, in its own file on its own machine. Everything that is not named is refused.
package struct Policy: Hashable, Sendable {
  package enum Approval: String, Hashable, Sendable, CaseIterable {
    /// The administrator approves each plan.
    case ask
    /// A plan that the rest of the policy allows runs at once, unless it needs another roster,
    /// filter or snapshot of its study.
    case auto
  }

  package let studies: [String]
  package let algorithms: [String]
  /// Researchers by their names in the study.
  package let researchers: [String]
  package let leastSites: Int
  package let leastRows: Int
  /// Rows over the federation behind whatever a model tells of a part of them; the study's holds as well.
  package let leastCount: Int
  package let approval: Approval
  /// Whether plans with `membership: tolerant` are allowed: the administrator has accepted `tolerantSentence`.
  package let allowsTolerant: Bool
  /// Whether this site ends a run in which a site was lost.
  package let endsAfterLoss: Bool
  /// Numbers that may leave for each row over the federation, in all steps of a plan; nil for no cap.
  package let mostNumbersPerRow: Double?

  package init(
    studies: [String], algorithms: [String], researchers: [String], leastSites: Int, leastRows: Int,
    leastCount: Int = 1, approval: Approval, mostNumbersPerRow: Double? = nil, allowsTolerant: Bool = false,
    endsAfterLoss: Bool = false
  ) {
    self.studies = studies
    self.algorithms = algorithms
    self.researchers = researchers
    self.leastSites = leastSites
    self.leastRows = leastRows
    self.leastCount = leastCount
    self.approval = approval
    self.mostNumbersPerRow = mostNumbersPerRow
    self.allowsTolerant = allowsTolerant
    self.endsAfterLoss = endsAfterLoss
  }

  /// What an administrator has to accept, word for word, before a plan with `membership: tolerant` may run.
  package static let tolerantSentence =
    "Whoever holds the sums of two steps between which a site was lost, really or by a lie, can compute that site's "
    + "contribution, near convergence almost exactly, and whether it withheld."

  /// Allows nothing.
  package static let closed = Policy(
    studies: [], algorithms: [], researchers: [], leastSites: 3, leastRows: 1, approval: .ask)
}
