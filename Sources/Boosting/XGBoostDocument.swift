/// A tree model as XGBoost's model in JSON, which its releases from 2.1 on load.
///
/// Leaves are rounded to `Float`; those of the first round hold the score before the first tree besides, so that
/// XGBoost's own base score adds nothing and `base_margin` may carry the logarithm of an exposure.
/// Source of the form: XGBoost's `doc/model.schema` and what its release 3.2 writes.
package struct XGBoostDocument: Sendable {
  package enum Problem: Error, Hashable {
    /// XGBoost's trees have constant leaves.
    case linearLeaves
    /// Parts of the model do not fit each other, or a number is not finite.
    case unsound
  }

  /// What the reader of the document must know.
  package enum Caveat: Hashable, Sendable {
    /// Without each node's cover `pred_contribs` and importances by gain or cover have no meaning.
    case noCover
    /// Predictions are rates; `base_margin` must be the logarithm of this variable.
    case exposure(String)
    /// These variables are given as the places of their levels, from 0, in the order of the dictionary, which the
    /// attribute `levels of NAME` holds.
    case places([String])
  }

  package let text: String
  package let caveats: [Caveat]

  package init(_ model: TreeModel) throws(Problem) {
    guard model.isSound else { throw .unsound }
    var rounds = model.rounds
    // A model of no rounds still has its base score.
    if rounds.isEmpty {
      rounds = [model.base.map { _ in Tree(nodes: [.leaf(.init(value: 0))]) }]
    }
    var trees: [JSONValue] = []
    for (round, members) in rounds.enumerated() {
      for (place, tree) in members.enumerated() {
        let base = round == 0 ? model.base[place] : 0
        let tree = try XGBoostTree(tree, of: model, base: base)
        trees.append(tree.value(id: trees.count))
      }
    }
    let classes = model.classes
    let booster = JSONValue.object([
      (
        "model",
        .object([
          (
            "gbtree_model_param",
            .object([("num_parallel_tree", .text("1")), ("num_trees", .text("\(trees.count)"))])
          ),
          ("iteration_indptr", .integers((0...rounds.count).map { $0 * classes })),
          ("tree_info", .integers(trees.indices.map { $0 % classes })),
          ("trees", .list(trees)),
        ])
      ),
      ("name", .text("gbtree")),
    ])
    let parameters = JSONValue.object([
      ("base_score", .text(model.objective.neutralBase)),
      ("boost_from_average", .text("0")),
      ("num_class", .text("\(classes == 1 ? 0 : classes)")),
      ("num_feature", .text("\(model.features.count)")),
      ("num_target", .text("1")),
    ])
    let learner = JSONValue.object([
      ("attributes", .object(model.xgboostAttributes)),
      ("feature_names", .texts(model.features.map(\.name))),
      ("feature_types", .texts(model.features.map(\.xgboostType))),
      ("gradient_booster", booster),
      ("learner_model_param", parameters),
      ("objective", model.objective.xgboost(classes: classes)),
    ])
    text = JSONValue.object([("learner", learner), ("version", .integers([2, 1, 0]))]).text
    caveats = Self.caveats(of: model)
  }

  private static func caveats(of model: TreeModel) -> [Caveat] {
    var caveats: [Caveat] = []
    if !model.hasStatistics { caveats.append(.noCover) }
    if case .poisson(let exposure?) = model.objective { caveats.append(.exposure(exposure)) }
    let named = model.features.filter { $0.levels != nil }.map(\.name)
    if !named.isEmpty { caveats.append(.places(named)) }
    return caveats
  }
}

extension TreeModel {
  /// What XGBoost keeps beside a model for its readers: texts by name, lists in JSON.
  fileprivate var xgboostAttributes: [(key: String, value: JSONValue)] {
    var attributes = [("outcome", JSONValue.text(outcome))]
    switch objective {
    case .softmax(let classes): attributes.append(("classes", .text(JSONValue.texts(classes).text)))
    case .poisson(let exposure?): attributes.append(("exposure", .text(exposure)))
    case .logistic, .squaredError, .poisson(nil): break
    }
    for feature in features {
      guard let levels = feature.levels else { continue }
      attributes.append(("levels of \(feature.name)", .text(JSONValue.texts(levels).text)))
    }
    return attributes
  }
}

extension TreeFeature {
  fileprivate var xgboostType: String {
    switch kind {
    case .number: "float"
    case .ordinal: "int"
    case .categorical: "c"
    }
  }
}

extension TreeModel.Objective {
  /// The base score, in the space of predictions, that adds 0 to the raw score.
  fileprivate var neutralBase: String {
    switch self {
    case .logistic: "5E-1"
    case .softmax, .squaredError: "0E0"
    case .poisson: "1E0"
    }
  }

  fileprivate func xgboost(classes: Int) -> JSONValue {
    let regression = ("reg_loss_param", JSONValue.object([("scale_pos_weight", .text("1"))]))
    switch self {
    case .logistic: return .object([("name", .text("binary:logistic")), regression])
    case .squaredError: return .object([("name", .text("reg:squarederror")), regression])
    case .softmax:
      let parameter = JSONValue.object([("num_class", .text("\(classes)"))])
      return .object([("name", .text("multi:softprob")), ("softmax_multiclass_param", parameter)])
    case .poisson:
      let parameter = JSONValue.object([("max_delta_step", .text("0.7"))])
      return .object([("name", .text("count:poisson")), ("poisson_regression_param", parameter)])
    }
  }
}
