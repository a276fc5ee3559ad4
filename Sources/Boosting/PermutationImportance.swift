/// How much worse a model predicts once a feature's values are dealt out anew among the rows of one site, which breaks
/// their tie to the outcome and keeps their distribution there. Differences between sites stay out of it.
///
/// Breiman, Random forests, Machine Learning 45 (2001).
package struct PermutationImportance: Hashable, Sendable {
  /// `Σ loss` over the rows as they are.
  package let loss: Double
  /// `Σ loss` with one feature permuted, one a feature; the same as `loss` where no tree rests on it.
  package let permuted: [Double]

  /// - Parameters:
  ///   - outcomes: one a row, as `TreeModel.loss` takes them.
  ///   - exposures: one a row, positive; nil where each is 1.
  ///   - permutation: from which row each row takes the feature's value.
  ///   - mostLoss: what a row's loss counts at most.
  /// - Returns: nil when these do not fit each other, or `permutation` is none.
  package init?(
    _ model: TreeModel, table: FeatureTable, outcomes: [Double], exposures: [Double]? = nil,
    permutation: [Int], mostLoss: Double = .infinity
  ) {
    let rows = 0..<table.rowCount
    guard model.isSound, table.columns.count == model.features.count, outcomes.count == rows.count,
      exposures.map({ $0.count == rows.count }) ?? true,
      permutation.count == rows.count, Set(permutation) == Set(rows)
    else { return nil }
    var values = table.rows
    let scores = values.map(model.score)
    func loss(_ row: Int, _ scores: [Int64]) -> Double {
      min(model.loss(scores, outcome: outcomes[row], exposure: exposures?[row] ?? 1), mostLoss)
    }
    let sound = rows.reduce(0) { $0 + loss($1, scores[$1]) }
    permuted = model.features.indices.map { feature in
      // Only trees that rest on the feature change a row's score.
      let part = model.keeping { $0.features.contains(feature) }
      guard part.rounds.joined().contains(where: { $0.nodes.count > 1 || !$0.features.isEmpty }) else {
        return sound
      }
      return rows.reduce(0) { sum, row in
        let before = part.score(values[row])
        values[row][feature] = table.columns[feature][permutation[row]]
        let after = part.score(values[row])
        values[row][feature] = table.columns[feature][row]
        let changed = scores[row].indices.map { scores[row][$0] &- before[$0] &+ after[$0] }
        return sum + loss(row, changed)
      }
    }
    self.loss = sound
  }
}

extension TreeModel {
  /// The model with a leaf of 0 in place of every tree that is not kept.
  fileprivate func keeping(_ isKept: (Tree) -> Bool) -> TreeModel {
    let nothing = Tree(nodes: [.leaf(.init(value: 0))])
    return TreeModel(
      outcome: outcome, objective: objective, features: features, fractionBits: fractionBits, base: base,
      rounds: rounds.map { $0.map { isKept($0) ? $0 : nothing } })
  }
}
