import Queries

/// Which queries a site answers. It has no histograms, so it cannot tell whether a split is the best; it
/// checks that each is one that the plan and the agreed cuts allow, on a node that there is.
extension BoostingComputation {
  package func check(_ query: Query) throws(QueryRefusal) {
    guard let progress else {
      guard let expected = preparation.query, query.name == expected.name else {
        throw Self.outOfOrder(query)
      }
      guard query == expected else { throw Self.doesNotFollow(query) }
      return
    }
    guard query.name == TreeQuery.name else {
      // Only where a round has just ended: the scores of all rows are then those of whole rounds.
      guard let last = progress.last, last.closes else { throw Self.outOfOrder(query) }
      let isEnd = last.round == frame.specification.rounds || frame.specification.earlyStoppingRounds > 0
      guard isEnd else { throw Self.outOfOrder(query) }
      if query.name == ImportanceSums.name { return try checkImportance(query, rounds: last.round) }
      guard let scoring else { throw Self.outOfOrder(query) }
      return try scoring.check(query, rounds: last.round)
    }
    guard scoring?.hasBegun != true, explained == nil else { throw Self.outOfOrder(query) }
    guard let step = TreeStep(parameters: query.parameters) else { throw Self.doesNotFollow(query) }
    var next = progress
    if progress.last != step { try next.take(step) }
    guard TreeQuery(step, next.context, features: next.features).query == query else {
      throw Self.doesNotFollow(query)
    }
  }

  /// The model is explained once, at one number of rounds.
  private func checkImportance(_ query: Query, rounds: Int) throws(QueryRefusal) {
    guard frame.specification.importance, explained == nil || explained == query else {
      throw Self.outOfOrder(query)
    }
    guard let sums = importanceSums(query, rounds: rounds), sums.query == query else {
      throw Self.doesNotFollow(query)
    }
  }

  /// - Returns: nil where the query names other rounds than those that are finished.
  func importanceSums(_ query: Query, rounds: Int) -> ImportanceSums? {
    guard let heard, query.parameters.count == 1, let kept = Int(exactly: query.parameters[0]),
      (0...rounds).contains(kept), let rows = preparation.counts?.rows
    else { return nil }
    return try? ImportanceSums(heard.model(rounds: kept), frame, rows: rows)
  }

  private static func outOfOrder(_ query: Query) -> QueryRefusal {
    QueryRefusal(.outOfOrder, "“\(query.name)” is not what comes now")
  }

  private static func doesNotFollow(_ query: Query) -> QueryRefusal {
    QueryRefusal(
      .doesNotFollow, "“\(query.name)” has other parameters, segments or widths than the rules give")
  }
}

/// How far the trees are, as a site knows it without its records.
struct TreeProgress: Hashable, Sendable {
  let context: TreeContext
  private(set) var last: TreeStep?
  private var shapes: [TreeShape] = []
  /// Of each tree's split nodes, the feature's place in the binning.
  private var splitFeatures: [[Int: Int]] = []
  /// Nodes that were asked, or may not be: a node is asked once.
  private var asked: [Set<Int>] = []

  init(_ context: TreeContext) { self.context = context }

  /// The numbers on the path to a tree's leaf.
  func features(_ tree: Int, _ leaf: Int) -> [LinearFeature] {
    guard shapes.indices.contains(tree), shapes[tree].isLeaf(leaf) else { return [] }
    return LinearLeaf.features(of: leaf, shapes[tree], context.binning) { splitFeatures[tree][$0] }
  }

  /// - Throws: where the step is none that the rules allow; then nothing has changed.
  mutating func take(_ step: TreeStep) throws(QueryRefusal) {
    var next = self
    try next.follow(step)
    self = next
  }

  private mutating func follow(_ step: TreeStep) throws(QueryRefusal) {
    let rounds = context.frame.specification.rounds
    let expected = last.map { ($0.serial + 1, $0.round + (step.closes ? 1 : 0)) } ?? (0, 0)
    guard (step.serial, step.round) == expected, step.closes || last != nil, step.round <= rounds,
      last.map({ $0.round < rounds }) ?? true, step.growths.count == context.trees,
      step.round < rounds || context.tellsEnd
    else {
      throw QueryRefusal(.outOfOrder, "step \(step.serial) of round \(step.round) is not what comes now")
    }
    // Leaves are asked once, after the last split.
    guard !step.asksLeafSums || (context.frame.specification.leaves == .linear && !step.closes),
      last?.asksLeafSums != true || (step.closes && step.growths.allSatisfy(\.splits.isEmpty))
    else { throw Self.refused("sums of leaves that are not asked now") }
    for (tree, growth) in step.growths.enumerated() {
      try check(growth.splits, tree, round: last?.round ?? 0)
      try check(growth.leaves, tree, closes: step.closes && last != nil)
    }
    if step.closes {
      let count = step.round < rounds ? context.trees : 0
      shapes = [TreeShape](repeating: TreeShape(), count: count)
      asked = [Set<Int>](repeating: [], count: count)
      splitFeatures = [[Int: Int]](repeating: [:], count: count)
    }
    for (tree, growth) in step.growths.enumerated() {
      try check(growth.asks, tree, isOfLeaves: step.asksLeafSums)
    }
    last = step
  }

  private mutating func check(_ splits: [TreeStep.NodeSplit], _ tree: Int, round: Int) throws(QueryRefusal) {
    guard !splits.isEmpty else { return }
    guard shapes.indices.contains(tree) else { throw Self.refused("a split of a tree that there is not") }
    let layout = context.layout(round: round, tree: tree)
    for entry in splits {
      let split = entry.split
      guard shapes[tree].isLeaf(entry.node),
        shapes[tree].nodes[entry.node].depth < context.frame.specification.maxDepth,
        shapes[tree].leafCount < context.mostLeaves
      else { throw Self.refused("a split of node \(entry.node), which is no leaf that may split") }
      guard layout.features.contains(split.feature), context.binning.features[split.feature].allows(split)
      else {
        throw Self.refused("a split of node \(entry.node) at none of the agreed cuts")
      }
      splitFeatures[tree][entry.node] = split.feature
      _ = shapes[tree].split(entry.node)
    }
  }

  private func check(_ leaves: [Tree.Leaf], _ tree: Int, closes: Bool) throws(QueryRefusal) {
    guard leaves.count == (closes ? shapes[tree].leafCount : 0) else {
      throw Self.refused("leaf values that are not one for each leaf of a tree that is closed")
    }
    let isLinear = context.frame.specification.leaves == .linear
    for leaf in leaves {
      guard isLinear || leaf.slopes.isEmpty,
        leaf.slopes.allSatisfy({ slope in
          context.binning.features.contains { $0.feature == slope.feature && !$0.isCategorical }
        })
      else { throw Self.refused("a slope of a feature that has none") }
    }
  }

  private mutating func check(
    _ asks: [TreeStep.Ask], _ tree: Int, isOfLeaves: Bool
  ) throws(QueryRefusal) {
    guard !asks.isEmpty else { return }
    guard shapes.indices.contains(tree) else { throw Self.refused("a histogram after the last round") }
    guard zip(asks, asks.dropFirst()).allSatisfy({ $0.node < $1.node }) else {
      throw Self.refused("histograms out of order")
    }
    for ask in asks {
      guard shapes[tree].isLeaf(ask.node) else {
        throw Self.refused("a sum of node \(ask.node), which is no leaf")
      }
      let isNew =
        isOfLeaves
        || (asked[tree].insert(ask.node).inserted
          && shapes[tree].nodes[ask.node].depth < context.frame.specification.maxDepth)
      guard isNew
      else { throw Self.refused("a histogram of node \(ask.node), which is no new leaf") }
      guard
        (2 * context.leastCount...max(context.counts.rows, 2 * context.leastCount)).contains(ask.parentRows)
      else {
        throw QueryRefusal(.parameterOutOfRange, "node \(ask.node) has fewer rows than twice the least count")
      }
    }
  }

  private static func refused(_ what: String) -> QueryRefusal {
    QueryRefusal(.doesNotFollow, "the step has \(what)")
  }
}
