/// A tree as a list of nodes, the root first and children after their parents.
package struct Tree: Hashable, Sendable, Codable {
  package enum Rule: Hashable, Sendable, Codable {
    /// A value below the cut goes left.
    case below(cut: Float)
    /// These levels go left, by their places in ascending order; all others go right.
    case levels([Int])
  }

  package struct Split: Hashable, Sendable, Codable {
    /// Place in the model's features.
    package let feature: Int
    package let rule: Rule
    /// Where rows without a value go.
    package let missingGoesLeft: Bool
    /// Places of the children.
    package let left: Int
    package let right: Int

    package init(feature: Int, rule: Rule, missingGoesLeft: Bool, left: Int, right: Int) {
      self.feature = feature
      self.rule = rule
      self.missingGoesLeft = missingGoesLeft
      self.left = left
      self.right = right
    }

    /// - Parameter value: of the feature; NaN where missing.
    package func goesLeft(_ value: Float) -> Bool {
      if value.isNaN { return missingGoesLeft }
      switch rule {
      case .below(let cut): return value < cut
      case .levels(let levels): return levels.contains { Float($0) == value }
      }
    }
  }

  /// A linear model in a leaf: `value + Σ slope · (x - centre)`, each product rounded to the model's scale,
  /// where a missing x counts as the centre and others are first brought into the range.
  package struct Slope: Hashable, Sendable, Codable {
    /// Place in the model's features, a number or ordinal one.
    package let feature: Int
    /// On the scale of raw scores, for each unit of the feature; `eta` is within.
    package let slope: Double
    package let centre: Double
    package let lower: Double
    package let upper: Double

    package init(feature: Int, slope: Double, centre: Double, lower: Double, upper: Double) {
      self.feature = feature
      self.slope = slope
      self.centre = centre
      self.lower = lower
      self.upper = upper
    }
  }

  package struct Leaf: Hashable, Sendable, Codable {
    /// In units of `2^-fractionBits` of the model; `eta` is within. Exact as a `Float`.
    package let value: Int64
    /// Empty in a constant leaf.
    package let slopes: [Slope]

    package init(value: Int64, slopes: [Slope] = []) {
      self.value = value
      self.slopes = slopes
    }
  }

  package enum Node: Hashable, Sendable, Codable {
    case split(Split)
    case leaf(Leaf)
  }

  /// What helps to read a tree, and to reconstruct records too: it is there only where the plan says so.
  package struct Statistics: Hashable, Sendable, Codable {
    /// What a split gains in the objective; 0 of a leaf.
    package let gain: Double
    /// Sum of the Hessian.
    package let cover: Double

    package init(gain: Double, cover: Double) {
      self.gain = gain
      self.cover = cover
    }
  }

  package let nodes: [Node]
  /// One for each node; nil where the plan does not release them.
  package let statistics: [Statistics]?

  package init(nodes: [Node], statistics: [Statistics]? = nil) {
    self.nodes = nodes
    self.statistics = statistics
  }

  /// The place of the leaf that a row falls in.
  ///
  /// - Parameter row: one value for each feature of the model.
  package func leaf(of row: [Float]) -> Int {
    var place = 0
    while case .split(let split) = nodes[place] {
      place = split.goesLeft(row[split.feature]) ? split.left : split.right
    }
    return place
  }

  /// Whether every child comes after its parent and every node but the root is the child of one: then
  /// following splits ends at a leaf.
  package var isSound: Bool {
    var parents = [Int](repeating: 0, count: nodes.count)
    for (place, node) in nodes.enumerated() {
      guard case .split(let split) = node else { continue }
      for child in [split.left, split.right] {
        guard child > place, child < nodes.count else { return false }
        parents[child] += 1
      }
    }
    return parents.first == 0 && parents.dropFirst().allSatisfy { $0 == 1 }
      && (statistics.map { $0.count == nodes.count } ?? true)
  }
}
