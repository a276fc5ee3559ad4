import Evaluation

/// A tree that has its leaves, over binned rows.
struct FinishedTree: Sendable {
  private let shape: TreeShape
  /// Of each node that has split: the feature's place in the binning, and which bins go left.
  private let splits: [Int: (feature: Int, sides: [Bool])]
  /// In ascending order of their nodes.
  private let leaves: [Int: Tree.Leaf]

  init(_ tree: SiteTree, leaves: [Tree.Leaf], _ binning: Binning) {
    shape = tree.shape
    splits = tree.splits.mapValues { ($0.feature, $0.sides(binning.features[$0.feature])) }
    self.leaves = Dictionary(zip(tree.shape.leaves, leaves), uniquingKeysWith: { $1 })
  }

  /// The leaf that a row falls in.
  func leaf(_ row: Int, _ rows: BinnedRows) -> Tree.Leaf? {
    var node = 0
    while let left = shape.nodes[node].left, let split = splits[node] {
      node = split.sides[Int(rows.bins[split.feature * rows.count + row])] ? left : left + 1
    }
    return leaves[node]
  }
}

extension SiteForest {
  /// Log odds after so many rounds: of the whole model on all rows, and of each repeat on the rows held out.
  func scoreTable(rounds: Int) -> ScoreTable {
    let factor = Double(sign: .plus, exponent: context.frame.fractionBits, significand: 1)
    func logit(_ set: Int, _ row: Int) -> Double {
      // What came after is taken off again.
      let later = finished.dropFirst(rounds).reduce(Int64(0)) { sum, round in
        guard let leaf = round[set].leaf(row, binned) else { return sum }
        let slopes = leaf.slopes.reduce(leaf.value) {
          $0 &+ $1.score(rows.columns[$1.feature][row], factor: factor)
        }
        return sum &+ slopes
      }
      return Double(scores[set][row] &- later) / factor
    }
    var sets = [
      ScoreTable.Scores(logits: (0..<rows.count).map { logit(0, $0) }, outcome: rows.outcome)
    ]
    let (parts, repeats) = (context.frame.trainingSets.parts, context.frame.trainingSets.repeats)
    for count in 0..<repeats {
      var logits = [Double](repeating: .nan, count: rows.count)
      for set in (1 + count * parts)..<(1 + (count + 1) * parts) {
        for row in logits.indices where !isTraining[set][row] { logits[row] = logit(set, row) }
      }
      sets.append(ScoreTable.Scores(logits: logits, outcome: rows.outcome))
    }
    return ScoreTable(sets)
  }
}
