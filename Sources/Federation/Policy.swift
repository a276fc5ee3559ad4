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
  package let approval: Approval
  /// Numbers that may leave for each row over the federation, in all steps of a plan; nil for no cap.
  package let mostNumbersPerRow: Double?

  package init(
    studies: [String], algorithms: [String], researchers: [String], leastSites: Int, leastRows: Int,
    approval: Approval, mostNumbersPerRow: Double? = nil
  ) {
    self.studies = studies
    self.algorithms = algorithms
    self.researchers = researchers
    self.leastSites = leastSites
    self.leastRows = leastRows
    self.approval = approval
    self.mostNumbersPerRow = mostNumbersPerRow
  }

  /// Allows nothing.
  package static let closed = Policy(
    studies: [], algorithms: [], researchers: [], leastSites: 3, leastRows: 1, approval: .ask)
}
