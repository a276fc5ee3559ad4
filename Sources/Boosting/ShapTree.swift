/// The leaves of a tree beside what a background does at them.
struct ShapTree: Sendable {
  private let tree: Tree
  private let leaves: [ShapLeaf]
  private let scale: Double
  private let fractionBits: Int

  /// - Returns: nil where a leaf rests on too many variables.
  init?(_ tree: Tree, of model: TreeModel, background: [[Float]]) {
    self.tree = tree
    let (fractionBits, scale) = (model.fractionBits, model.real(1))
    var leaves: [ShapLeaf] = []
    for (leaf, path) in tree.paths {
      guard let leaf = ShapLeaf(leaf, path: path, scale: scale) else { return nil }
      leaves.append(leaf)
    }
    let decisions = background.map(tree.decisions)
    for place in leaves.indices {
      let leaf = leaves[place]
      let parts = background.map { row in leaf.slopes.map { $0.part(row, fractionBits, scale) } }
      leaves[place].add(background: decisions.map(leaf.met), parts: parts)
    }
    self.leaves = leaves
    self.fractionBits = fractionBits
    self.scale = scale
  }

  /// Adds a row's contributions, in sum over the background, to one number a feature of the model.
  func add(_ row: [Float], to contributions: inout [Double]) {
    let decisions = tree.decisions(row)
    for leaf in leaves {
      let met = leaf.met(decisions)
      let parts = leaf.slopes.map { $0.part(row, fractionBits, scale) }
      for likeness in leaf.likenesses where met | likeness.met == leaf.all {
        leaf.add(likeness, met: met, parts: parts, to: &contributions)
      }
    }
  }
}

extension ShapLeaf.Slope {
  fileprivate func part(_ row: [Float], _ fractionBits: Int, _ scale: Double) -> Double {
    Double(term.score(row, fractionBits: fractionBits)) * scale
  }
}

extension ShapLeaf {
  /// Adds the contributions of one leaf against background rows that are alike.
  fileprivate func add(
    _ likeness: Likeness, met: UInt64, parts: [Double], to contributions: inout [Double]
  ) {
    // These must come from the row, and these from the background; the others may come from either.
    let fromRow = met & ~likeness.met
    let fromBackground = likeness.met & ~met
    let (p, q) = (fromRow.nonzeroBitCount, fromBackground.nonzeroBitCount)
    var total = likeness.rows * value
    for (place, slope) in slopes.enumerated() {
      let isOfRow = fromRow & (1 << UInt64(slope.bit)) != 0
      total += isOfRow ? likeness.rows * parts[place] : likeness.slopeSums[place]
    }
    share(total, fromRow, p, fromBackground, q, to: &contributions)
    for (place, slope) in slopes.enumerated() {
      let bit: UInt64 = 1 << UInt64(slope.bit)
      guard (fromRow | fromBackground) & bit == 0 else { continue }
      // The slope's own game: it adds this once its variable comes from the row as well.
      let difference = likeness.rows * parts[place] - likeness.slopeSums[place]
      share(difference, fromRow | bit, p + 1, fromBackground, q, to: &contributions)
    }
  }

  /// Shares out what is there when all of `inside` come from the row and all of `outside` from the background.
  private func share(
    _ amount: Double, _ inside: UInt64, _ p: Int, _ outside: UInt64, _ q: Int,
    to contributions: inout [Double]
  ) {
    if p > 0 {
      let part = amount * ShapWeights.weight(p - 1, q)
      for bit in inside.places { contributions[features[bit]] += part }
    }
    if q > 0 {
      let part = amount * ShapWeights.weight(p, q - 1)
      for bit in outside.places { contributions[features[bit]] -= part }
    }
  }
}

extension Tree {
  typealias Path = [(node: Int, feature: Int, isLeft: Bool)]

  /// The leaves of a sound tree in the order of their places, each with the splits above it.
  fileprivate var paths: [(leaf: Leaf, path: Path)] {
    var above = [Path](repeating: [], count: nodes.count)
    var found: [(Leaf, Path)] = []
    for (place, node) in nodes.enumerated() {
      switch node {
      case .leaf(let leaf): found.append((leaf, above[place]))
      case .split(let split):
        above[split.left] = above[place] + [(place, split.feature, true)]
        above[split.right] = above[place] + [(place, split.feature, false)]
      }
    }
    return found
  }

  /// Whether a row goes left, at each node; at a leaf false.
  fileprivate func decisions(_ row: [Float]) -> [Bool] {
    nodes.map { if case .split(let split) = $0 { split.goesLeft(row[split.feature]) } else { false } }
  }
}

extension UInt64 {
  /// Places of its one bits, the lowest first.
  fileprivate var places: UnfoldSequence<Int, UInt64> {
    sequence(state: self) { rest in
      guard rest != 0 else { return nil }
      defer { rest &= rest - 1 }
      return rest.trailingZeroBitCount
    }
  }
}
