extension TreeModel {
  /// What no row's raw score exceeds in magnitude, one a class.
  package var greatestScores: [Double] {
    base.indices.map { place in
      rounds.reduce(real(base[place]).magnitude) { sum, round in
        let reach = reach(of: round[place])
        return sum + max(reach.lowerBound.magnitude, reach.upperBound.magnitude)
      }
    }
  }

  /// What no contribution of `InterventionalShap` exceeds in magnitude, whatever the row and background: for each class
  /// one number a feature, 0 where no tree rests on it.
  package var greatestContributions: [[Double]] {
    var bounds = base.map { _ in [Double](repeating: 0, count: features.count) }
    for round in rounds {
      for (place, tree) in round.enumerated() {
        let reach = reach(of: tree)
        for feature in tree.features { bounds[place][feature] += reach.upperBound - reach.lowerBound }
      }
    }
    return bounds
  }

  /// From the least to the greatest score of a leaf.
  private func reach(of tree: Tree) -> ClosedRange<Double> {
    var (lower, upper) = (Double.infinity, -Double.infinity)
    for case .leaf(let leaf) in tree.nodes {
      // A product is rounded to the model's scale.
      let spread = leaf.slopes.reduce(0) { sum, slope in
        let farthest = max((slope.upper - slope.centre).magnitude, (slope.centre - slope.lower).magnitude)
        return sum + slope.slope.magnitude * farthest + real(1)
      }
      lower = min(lower, real(leaf.value) - spread)
      upper = max(upper, real(leaf.value) + spread)
    }
    return lower <= upper ? lower...upper : 0...0
  }
}

extension Tree {
  /// Those that a split or a slope rests on.
  package var features: Set<Int> {
    nodes.reduce(into: []) { features, node in
      switch node {
      case .split(let split): features.insert(split.feature)
      case .leaf(let leaf): features.formUnion(leaf.slopes.map(\.feature))
      }
    }
  }
}
