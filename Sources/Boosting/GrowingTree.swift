/// A tree as the coordinator grows it, from histograms of the nodes that it asks.
struct GrowingTree: Hashable, Sendable, Codable {
  private(set) var shape = TreeShape()
  private(set) var sums: [CellSums] = [CellSums()]
  private(set) var bounds: [SplitRule.Bounds] = [SplitRule.Bounds()]
  /// Of each node that has split.
  private(set) var splits: [Int: SplitSearch.Candidate] = [:]
  /// Leaves that may split, and how.
  private var candidates: [Int: SplitSearch.Candidate] = [:]
  private var histograms: [Int: Histogram] = [:]
  /// What is asked now, ascending.
  private(set) var asks: [TreeStep.Ask]
  /// Of asked nodes, the sibling that their parent's histogram gives.
  private var siblings: [Int: Int] = [:]
  private var parents: [Int: Histogram] = [:]

  /// - Parameter rows: over the federation.
  init(rows: Int) { asks = [TreeStep.Ask(node: 0, parentRows: rows)] }

  var isDone: Bool { asks.isEmpty }

  /// Takes the histograms of the asked nodes, in their order.
  ///
  /// - Returns: the splits that follow; what is asked then is in `asks`.
  mutating func absorb(
    _ found: [Histogram], _ search: SplitSearch, _ context: TreeContext, _ workers: Workers = .one
  ) -> [TreeStep.NodeSplit] {
    consider(found, search, workers)
    asks = []
    var made: [TreeStep.NodeSplit] = []
    switch context.frame.specification.grow {
    case .depth:
      for node in candidates.keys.sorted() where shape.leafCount < context.mostLeaves {
        made += split(node, search, context)
      }
      candidates = [:]
      histograms = [:]
    case .leaves:
      while asks.isEmpty, shape.leafCount < context.mostLeaves, let node = mostGaining {
        made += split(node, search, context)
      }
    }
    if shape.leafCount >= context.mostLeaves { asks = [] }
    asks.sort { $0.node < $1.node }
    return made
  }

  private var mostGaining: Int? {
    candidates.min { ($1.value.gain, $0.key) < ($0.value.gain, $1.key) }?.key
  }

  /// Looks for the splits of the asked nodes and of the siblings that follow from them, each on its own.
  private mutating func consider(
    _ found: [Histogram], _ search: SplitSearch, _ workers: Workers
  ) {
    if let root = found.first, asks.first?.node == 0 { sums[0] = search.sums(root) }
    let (asks, parents, siblings, sums, bounds) = (asks, parents, siblings, sums, bounds)
    let pairs = workers.map(min(asks.count, found.count)) { place -> [Considered] in
      let (node, histogram) = (asks[place].node, found[place])
      func considered(_ node: Int, _ histogram: Histogram) -> Considered {
        Considered(
          node: node, histogram: histogram,
          candidate: search.best(histogram, sums[node], bounds[node]))
      }
      let own = considered(node, histogram)
      guard let sibling = siblings[node], let other = parents[node]?.sibling(histogram) else { return [own] }
      return [own, considered(sibling, other)]
    }
    self.parents = [:]
    self.siblings = [:]
    for one in pairs.joined() {
      guard let candidate = one.candidate else { continue }
      candidates[one.node] = candidate
      histograms[one.node] = one.histogram
    }
  }

  private struct Considered: Sendable {
    let node: Int
    let histogram: Histogram
    let candidate: SplitSearch.Candidate?
  }

  private mutating func split(
    _ node: Int, _ search: SplitSearch, _ context: TreeContext
  ) -> [TreeStep.NodeSplit] {
    guard let candidate = candidates.removeValue(forKey: node),
      let histogram = histograms.removeValue(forKey: node)
    else { return [] }
    let left = shape.split(node)
    splits[node] = candidate
    sums += [candidate.left, candidate.right]
    let limits = search.bounds(candidate, bounds[node])
    bounds += [limits.left, limits.right]
    let wanted = [left, left + 1].filter {
      shape.nodes[$0].depth < context.frame.specification.maxDepth && isAskable($0, search, context)
    }
    if wanted.count == 2 {
      let (asked, other) = isSmaller(candidate.right, candidate.left) ? (left + 1, left) : (left, left + 1)
      siblings[asked] = other
      parents[asked] = histogram
      asks.append(TreeStep.Ask(node: asked, parentRows: histogram.rows))
    } else if let only = wanted.first {
      asks.append(TreeStep.Ask(node: only, parentRows: histogram.rows))
    }
    return [TreeStep.NodeSplit(node: node, split: candidate.split)]
  }

  /// Whether a node surely has twice the least count, and may have two sides.
  private func isAskable(_ node: Int, _ search: SplitSearch, _ context: TreeContext) -> Bool {
    provenRows(node, context) >= 2 * context.leastCount && search.canSplit(sums[node])
  }

  /// By rows where they are counted, else by the Hessian.
  private func isSmaller(_ first: CellSums, _ second: CellSums) -> Bool {
    (first.rows, first.hessian) < (second.rows, second.hessian)
  }

  /// The numbers on the path to a leaf.
  func features(of leaf: Int, _ binning: Binning) -> [LinearFeature] {
    LinearLeaf.features(of: leaf, shape, binning) { splits[$0]?.split.feature }
  }

  /// Leaves that surely have twice the least count, and numbers on their paths: those that may be linear.
  func linearLeaves(_ context: TreeContext) -> [TreeStep.Ask] {
    shape.leaves.compactMap { leaf in
      guard provenRows(leaf, context) >= 2 * context.leastCount, !features(of: leaf, context.binning).isEmpty
      else { return nil }
      return TreeStep.Ask(node: leaf, parentRows: context.counts.rows)
    }
  }

  private func provenRows(_ node: Int, _ context: TreeContext) -> Int {
    context.frame.hessianProvesRows ? context.provenRows(sums[node].hessian) : sums[node].rows
  }

  /// One for each leaf, ascending.
  func leaves(_ rule: SplitRule) -> [Tree.Leaf] {
    shape.leaves.map { Tree.Leaf(value: rule.leaf(sums[$0], bounds[$0])) }
  }

  /// The grown tree.
  ///
  /// - Parameter leaves: one for each leaf, ascending.
  func tree(_ leaves: [Tree.Leaf], _ context: TreeContext) -> Tree {
    var rest = leaves[...]
    let nodes = shape.nodes.indices.map { node -> Tree.Node in
      guard let left = shape.nodes[node].left, let candidate = splits[node] else {
        return .leaf(rest.popFirst() ?? Tree.Leaf(value: 0))
      }
      let bins = context.binning.features[candidate.split.feature]
      return .split(
        Tree.Split(
          feature: bins.feature, rule: bins.rule(candidate.split),
          missingGoesLeft: bins.sendsMissingLeft(candidate.split), left: left, right: left + 1))
    }
    guard context.frame.specification.releaseStatistics else { return Tree(nodes: nodes) }
    return Tree(
      nodes: nodes,
      statistics: shape.nodes.indices.map {
        Tree.Statistics(
          gain: splits[$0]?.gain ?? 0, cover: context.quantisation.hessian(sums[$0].hessian))
      })
  }
}
