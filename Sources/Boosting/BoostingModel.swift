import Evaluation
import Preprocessing

/// What a training of boosted trees ends with.
package struct BoostingModel: Hashable, Sendable, Codable {
  /// What is released: the same bytes however the rows lie at the sites, unless too few have something of a variable.
  package let trees: TreeModel
  /// Rows over the federation.
  package let rows: Int
  /// Rows of the event, or of each class; empty for numbers.
  package let classRows: [Int]
  package let sites: Int
  /// That every leaf, side of a split and bin holds.
  package let leastCount: Int
  /// Binary places of gradients.
  package let gradientBits: Int
  /// Bins of each variable that trees could use, by name, one for missing values within.
  package let bins: [String: Int]
  /// Mean loss on held-out rows after 0, 1, 2 … rounds, over the validated sets; empty without them.
  package let losses: [Double]
  /// Where losses ended the training before its last round, that of the least one.
  package let stoppedAt: Int?
  package var notes: [DesignNote]
  /// How much the predictions rest on each variable; nil where the plan does not ask.
  package internal(set) var importance: BoostingImportance?
  /// How well it predicts a yes or no; nil without a validation, or for other objectives.
  package internal(set) var validation: ValidationReport?

  package init(
    trees: TreeModel, rows: Int, classRows: [Int], sites: Int, leastCount: Int, gradientBits: Int,
    bins: [String: Int], losses: [Double], stoppedAt: Int?, notes: [DesignNote],
    validation: ValidationReport? = nil
  ) {
    self.trees = trees
    self.rows = rows
    self.classRows = classRows
    self.sites = sites
    self.leastCount = leastCount
    self.gradientBits = gradientBits
    self.bins = bins
    self.losses = losses
    self.stoppedAt = stoppedAt
    self.notes = notes
    self.validation = validation
  }
}
