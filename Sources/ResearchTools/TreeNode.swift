import Boosting

/// A node of a tree as a model file keeps it: a split, which has `variable`, or a leaf, which has `value`.
package struct TreeNode: Codable, Equatable, Sendable {
  package enum Side: String, Codable, Sendable {
    case left, right
  }

  /// `slope · (x - centre)`, added in a leaf; x is first brought into the range.
  package struct Slope: Codable, Equatable, Sendable {
    package let variable: String
    package let slope: Double
    package let centre: Double
    /// Least and greatest value.
    package let range: [Double]
  }

  package let variable: String?
  /// Numbers below it go left.
  package let below: Double?
  /// These go left.
  package let levels: [String]?
  /// Where a row goes that misses the variable.
  package let missing: Side?
  /// Places of the children in the tree, from 0.
  package let left: Int?
  package let right: Int?
  /// What a leaf adds to the raw score.
  package let value: Double?
  package let slopes: [Slope]?
  /// Absent unless the plan releases them.
  package let gain: Double?
  package let cover: Double?
}

extension Tree {
  /// - Parameter model: the sound one that the tree is of.
  func entries(of model: TreeModel) -> [TreeNode] {
    nodes.enumerated().map { place, node in
      TreeNode(node, statistics: statistics?[place], of: model)
    }
  }

  /// - Returns: nil where an entry is neither split nor leaf, names what the features lack, or has a number that the
  ///   scores cannot hold.
  init?(_ entries: [TreeNode], features: [TreeFeature], fractionBits: Int) {
    let nodes = entries.compactMap { $0.node(features: features, fractionBits: fractionBits) }
    let statistics = entries.compactMap { entry in
      entry.gain.flatMap { gain in entry.cover.map { Tree.Statistics(gain: gain, cover: $0) } }
    }
    let known = entries.count { $0.gain != nil || $0.cover != nil }
    guard nodes.count == entries.count, known == statistics.count, known == 0 || known == nodes.count else {
      return nil
    }
    self.init(nodes: nodes, statistics: known == 0 ? nil : statistics)
  }
}

extension TreeNode {
  fileprivate init(_ node: Tree.Node, statistics: Tree.Statistics?, of model: TreeModel) {
    gain = statistics?.gain
    cover = statistics?.cover
    switch node {
    case .split(let split):
      let feature = model.features[split.feature]
      variable = feature.name
      switch split.rule {
      case .below(let cut): (below, levels) = (Double(cut), nil)
      case .levels(let places):
        let names = feature.levels ?? []
        (below, levels) = (nil, places.compactMap { names.indices.contains($0) ? names[$0] : nil })
      }
      missing = split.missingGoesLeft ? .left : .right
      (left, right) = (split.left, split.right)
      (value, slopes) = (nil, nil)
    case .leaf(let leaf):
      (variable, below, levels, missing, left, right) = (nil, nil, nil, nil, nil, nil)
      value = model.real(leaf.value)
      slopes =
        leaf.slopes.isEmpty
        ? nil
        : leaf.slopes.map {
          Slope(
            variable: model.features[$0.feature].name, slope: $0.slope, centre: $0.centre,
            range: [$0.lower, $0.upper])
        }
    }
  }

  fileprivate func node(features: [TreeFeature], fractionBits: Int) -> Tree.Node? {
    if let value {
      guard variable == nil, below == nil, levels == nil, missing == nil, left == nil, right == nil else {
        return nil
      }
      let slopes = (slopes ?? []).compactMap { $0.slope(features) }
      guard slopes.count == self.slopes?.count ?? 0, let score = Int64(value, fractionBits: fractionBits)
      else {
        return nil
      }
      return .leaf(Tree.Leaf(value: score, slopes: slopes))
    }
    guard slopes == nil, let missing, let left, let right,
      let place = features.firstIndex(where: { $0.name == variable }), let rule = rule(features[place])
    else { return nil }
    return .split(
      Tree.Split(
        feature: place, rule: rule, missingGoesLeft: missing == .left, left: left, right: right))
  }

  private func rule(_ feature: TreeFeature) -> Tree.Rule? {
    switch (feature.kind, below, levels) {
    case (.number, let below?, nil), (.ordinal, let below?, nil):
      return Float(exactly: below).map { .below(cut: $0) }
    case (.categorical(let names), nil, let levels?):
      let places = levels.compactMap(names.firstIndex(of:))
      guard places.count == levels.count, Set(places).count == places.count else { return nil }
      return .levels(places.sorted())
    default: return nil
    }
  }
}

extension TreeNode.Slope {
  fileprivate func slope(_ features: [TreeFeature]) -> Tree.Slope? {
    guard let place = features.firstIndex(where: { $0.name == variable }), !features[place].isCategorical,
      range.count == 2, range[0] <= range[1], (range + [slope, centre]).allSatisfy(\.isFinite)
    else { return nil }
    return Tree.Slope(feature: place, slope: slope, centre: centre, lower: range[0], upper: range[1])
  }
}

extension Int64 {
  /// A score in units of `2^-fractionBits`; nil where it is no whole number of them.
  init?(_ score: Double, fractionBits: Int) {
    self.init(exactly: Double(sign: .plus, exponent: fractionBits, significand: score))
  }
}
