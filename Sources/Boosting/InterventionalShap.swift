/// What each variable of a row adds to its raw score, measured against a background of rows: Shapley values of
/// the game that takes a coalition's variables from the row and the others from a background row, in the mean over the
/// background.
///
/// Exact. Lundberg and others, From local explanations to global understanding with explainable AI for trees, Nature
/// Machine Intelligence 2 (2020), "interventional"; Laberge and Pequignot, Understanding interventional TreeSHAP
/// (2022), for the weights `p! q! / (p + q + 1)!` of a leaf.
package struct InterventionalShap: Sendable {
  package enum Problem: Error, Hashable {
    /// The parts of the model do not fit each other, or the rows are not of its features.
    case unsound
    case emptyBackground
    /// More than 64 variables decide whether a row reaches a leaf.
    case tooManyVariablesInPath
  }

  /// The mean raw score of the background, one a class.
  package let expected: [Double]
  private let model: TreeModel
  private let trees: [[ShapTree]]
  private let backgroundRows: Double

  /// - Parameter background: rows of the model's features, at least one.
  package init(_ model: TreeModel, background: FeatureTable) throws(Problem) {
    guard model.isSound, background.columns.count == model.features.count else { throw .unsound }
    guard background.rowCount > 0 else { throw .emptyBackground }
    let rows = background.rows
    var trees = [[ShapTree]](repeating: [], count: model.classes)
    for round in model.rounds {
      for (place, tree) in round.enumerated() {
        guard let known = ShapTree(tree, of: model, background: rows) else { throw .tooManyVariablesInPath }
        trees[place].append(known)
      }
    }
    let scores = rows.map(model.score)
    expected = model.base.indices.map { place in
      scores.reduce(0) { $0 + model.real($1[place]) } / Double(rows.count)
    }
    self.model = model
    self.trees = trees
    backgroundRows = Double(rows.count)
  }

  /// A row's contributions: for each class one number a feature, on the scale of raw scores. With `expected` they sum to
  /// the row's raw score.
  ///
  /// - Parameter row: one value for each feature; NaN where missing.
  package func contributions(of row: [Float]) -> [[Double]] {
    trees.map { trees in
      var sums = [Double](repeating: 0, count: model.features.count)
      for tree in trees { tree.add(row, to: &sums) }
      return sums.map { $0 / backgroundRows }
    }
  }

  /// `Σ |contribution|` over rows: for each class one number a feature.
  ///
  /// - Parameter table: rows of the model's features.
  package func sumOfMagnitudes(over table: FeatureTable) -> [[Double]] {
    var sums = model.base.map { _ in [Double](repeating: 0, count: model.features.count) }
    for row in table.rows {
      for (place, contributions) in contributions(of: row).enumerated() {
        for (feature, value) in contributions.enumerated() { sums[place][feature] += value.magnitude }
      }
    }
    return sums
  }
}
