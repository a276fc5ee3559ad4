/// The whole model's trees as a site learns them from the steps of a training: what it needs to explain the model.
struct HeardTrees: Hashable, Sendable {
  private let context: TreeContext
  private(set) var rounds: [[Tree]] = []
  private var shapes: [TreeShape]
  private var splits: [[Int: BinSplit]]

  init(_ context: TreeContext) {
    self.context = context
    shapes = [TreeShape](repeating: TreeShape(), count: context.frame.classes)
    splits = [[Int: BinSplit]](repeating: [:], count: context.frame.classes)
  }

  /// Takes a step that was checked. The whole model's trees are the first ones of a step.
  mutating func follow(_ step: TreeStep) {
    for (tree, growth) in step.growths.prefix(context.frame.classes).enumerated() {
      for entry in growth.splits {
        _ = shapes[tree].split(entry.node)
        splits[tree][entry.node] = entry.split
      }
    }
    guard step.closes, step.round > 0 else { return }
    rounds.append(shapes.indices.map { tree($0, step.growths[$0].leaves) })
    self = HeardTrees(context, rounds: rounds)
  }

  private init(_ context: TreeContext, rounds: [[Tree]]) {
    self.init(context)
    self.rounds = rounds
  }

  private func tree(_ place: Int, _ leaves: [Tree.Leaf]) -> Tree {
    var rest = leaves[...]
    let nodes = shapes[place].nodes.indices.map { node -> Tree.Node in
      guard let left = shapes[place].nodes[node].left, let split = splits[place][node] else {
        return .leaf(rest.popFirst() ?? Tree.Leaf(value: 0))
      }
      let bins = context.binning.features[split.feature]
      return .split(
        Tree.Split(
          feature: bins.feature, rule: bins.rule(split), missingGoesLeft: bins.sendsMissingLeft(split),
          left: left,
          right: left + 1))
    }
    return Tree(nodes: nodes)
  }

  /// The model of the first rounds.
  func model(rounds kept: Int) -> TreeModel {
    let frame = context.frame
    return TreeModel(
      outcome: frame.specification.outcome, objective: frame.objective, features: frame.features,
      fractionBits: frame.fractionBits, base: BaseScore.scores(frame, context.counts.sets[0]),
      rounds: Array(rounds.prefix(kept)))
  }
}
