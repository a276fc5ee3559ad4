/// A tree as XGBoost keeps one: arrays with an entry for each node, in the nodes' order.
struct XGBoostTree {
  /// Stands for a child of a leaf, and for the parent of the root.
  private static let noChild = -1
  private static let noParent = Int(Int32.max)

  private var left: [Int] = []
  private var right: [Int] = []
  private var parents: [Int]
  private var features: [Int] = []
  /// A split's cut, or a leaf's value.
  private var conditions: [Float] = []
  private var weights: [Float] = []
  private var missingGoesLeft: [Int] = []
  private var isCategorical: [Int] = []
  /// Of each categorical split: its node, where its levels begin in `levels`, and how many there are.
  private var setNodes: [Int] = []
  private var setStarts: [Int] = []
  private var setSizes: [Int] = []
  private var levels: [Int] = []
  private let gains: [Float]
  private let covers: [Float]
  private let featureCount: Int

  /// - Parameters:
  ///   - model: a sound one.
  ///   - base: what is added to each leaf, in units of the model.
  init(_ tree: Tree, of model: TreeModel, base: Int64) throws(XGBoostDocument.Problem) {
    let none = [Float](repeating: 0, count: tree.nodes.count)
    gains = tree.statistics?.map { Float($0.gain) } ?? none
    covers = tree.statistics?.map { Float($0.cover) } ?? none
    featureCount = model.features.count
    parents = [Int](repeating: Self.noParent, count: tree.nodes.count)
    for (place, node) in tree.nodes.enumerated() {
      switch node {
      case .leaf(let leaf):
        guard leaf.slopes.isEmpty else { throw .linearLeaves }
        append(leaf: Float(model.real(leaf.value &+ base)))
      case .split(let split):
        parents[split.left] = place
        parents[split.right] = place
        append(split, at: place, levels: model.features[split.feature].levels?.count ?? 0)
      }
    }
    guard (conditions + gains + covers).allSatisfy(\.isFinite) else { throw .unsound }
  }

  private mutating func append(leaf value: Float) {
    left.append(Self.noChild)
    right.append(Self.noChild)
    features.append(0)
    conditions.append(value)
    weights.append(value)
    missingGoesLeft.append(0)
    isCategorical.append(0)
  }

  private mutating func append(_ split: Tree.Split, at place: Int, levels count: Int) {
    left.append(split.left)
    right.append(split.right)
    features.append(split.feature)
    weights.append(0)
    missingGoesLeft.append(split.missingGoesLeft ? 1 : 0)
    switch split.rule {
    case .below(let cut):
      conditions.append(cut)
      isCategorical.append(0)
    case .levels(let goingLeft):
      conditions.append(0)
      isCategorical.append(1)
      // XGBoost lists those that go right and refuses an empty list: then a place that no level has stands there.
      let goingRight = (0..<count).filter { !goingLeft.contains($0) }
      let listed = goingRight.isEmpty ? [count] : goingRight
      setNodes.append(place)
      setStarts.append(levels.count)
      setSizes.append(listed.count)
      levels += listed
    }
  }

  /// - Parameter id: the tree's place in the model.
  func value(id: Int) -> JSONValue {
    .object([
      ("base_weights", .floats(weights)),
      ("categories", .integers(levels)),
      ("categories_nodes", .integers(setNodes)),
      ("categories_segments", .integers(setStarts)),
      ("categories_sizes", .integers(setSizes)),
      ("default_left", .integers(missingGoesLeft)),
      ("id", .integer(id)),
      ("left_children", .integers(left)),
      ("loss_changes", .floats(gains)),
      ("parents", .integers(parents)),
      ("right_children", .integers(right)),
      ("split_conditions", .floats(conditions)),
      ("split_indices", .integers(features)),
      ("split_type", .integers(isCategorical)),
      ("sum_hessian", .floats(covers)),
      (
        "tree_param",
        .object([
          ("num_deleted", .text("0")), ("num_feature", .text("\(featureCount)")),
          ("num_nodes", .text("\(left.count)")), ("size_leaf_vector", .text("1")),
        ])
      ),
    ])
  }
}
