/// How much a model rests on a feature, by its own nodes alone.
package struct FeatureUse: Hashable, Sendable {
  /// Nodes that split on it.
  package let splits: Int
  /// Leaves with a slope of it.
  package let slopes: Int
  /// What its splits gain in the objective, in sum; nil where the plan does not release gains.
  package let gain: Double?

  package init(splits: Int, slopes: Int, gain: Double?) {
    self.splits = splits
    self.slopes = slopes
    self.gain = gain
  }
}

extension TreeModel {
  /// Whether there are trees, and every one has gains and covers.
  package var hasStatistics: Bool {
    !rounds.isEmpty && rounds.joined().allSatisfy { $0.statistics != nil }
  }

  /// One a feature, in their order.
  package var uses: [FeatureUse] {
    var splits = [Int](repeating: 0, count: features.count)
    var slopes = splits
    var gains = [Double](repeating: 0, count: features.count)
    for tree in rounds.joined() {
      for (place, node) in tree.nodes.enumerated() {
        switch node {
        case .split(let split):
          splits[split.feature] += 1
          gains[split.feature] += tree.statistics?[place].gain ?? 0
        case .leaf(let leaf):
          for slope in leaf.slopes { slopes[slope.feature] += 1 }
        }
      }
    }
    let isKnown = hasStatistics
    return features.indices.map {
      FeatureUse(splits: splits[$0], slopes: slopes[$0], gain: isKnown ? gains[$0] : nil)
    }
  }
}
