import Boosting
import Console

/// What `konsil model show` says of boosted trees: where the model comes from, how it was trained, how much it rests on
/// each variable, what became of the design, and its validation.
package struct TreeReport: Report {
  /// How much the model rests on a variable.
  struct Use: Encodable, Equatable {
    let variable: String
    let splits: Int
    /// Share of the gain of all splits; absent where the plan does not release gains.
    let gainShare: Double?
    /// Mean magnitude of what it adds to the raw score, over the classes in sum.
    let meanShap: Double?
    /// What a row's loss rises by once it is permuted within each site.
    let permutation: Double?
  }

  let simulated: Bool
  let algorithm: String
  let study: ModelFile.Origin
  let plan: ModelFile.Origin
  let run: String?
  let outcome: String
  let objective: TreeModelFile.Objective
  let filter: [ModelCondition]
  let rows: Int
  let classRows: [Int]
  let sites: Int
  let parameters: [TreeModelFile.Parameter]
  let rounds: Int
  let trees: Int
  let leaves: Int
  /// Splits on the longest way to a leaf.
  let depth: Int
  let losses: [Double]
  let stoppedAt: Int?
  let leastCount: Int
  let variables: [Use]
  let designNotes: [ModelFile.Note]
  let validation: ModelValidation?
  package let text: String

  enum CodingKeys: String, CodingKey {
    case simulated, algorithm, study, plan, run, outcome, objective, filter, rows, classRows, sites,
      parameters
    case rounds, trees, leaves, depth, losses, stoppedAt, leastCount, variables, validation
    case designNotes = "notes"
  }

  package init(_ model: TreeModelFile) {
    simulated = model.simulated
    algorithm = model.algorithm
    study = model.study
    plan = model.plan
    run = model.run
    outcome = model.outcome.name
    objective = model.objective
    filter = model.filter
    rows = model.rows
    classRows = model.classRows
    sites = model.sites
    parameters = model.parameters
    rounds = model.rounds.count
    trees = model.rounds.reduce(0) { $0 + $1.count }
    leaves = model.rounds.joined().reduce(0) { $0 + $1.count { $0.value != nil } }
    depth = model.rounds.joined().map(Self.depth).max() ?? 0
    losses = model.losses
    stoppedAt = model.stoppedAt
    leastCount = model.leastCount
    variables = Self.uses(model)
    designNotes = model.notes
    validation = model.validation
    let facts = TreeFacts.text(model, trees: trees, leaves: leaves, depth: depth)
    let parts = [
      facts, TreeTable.text(variables), NotesTable.text(model.notes),
      model.validation.map(ValidationTables.text),
      "Patients present at two hospitals are not detected in this version and count twice.\n",
    ]
    text = parts.compactMap(\.self).joined(separator: "\n")
  }

  /// In the order of what a model is best ordered by: mean |SHAP|, else gain, else splits.
  private static func uses(_ model: TreeModelFile) -> [Use] {
    guard let known = model.model else { return [] }
    let counted = known.uses
    let gain = counted.reduce(0) { $0 + ($1.gain ?? 0) }
    let uses = zip(known.features, counted).enumerated().map { place, pair in
      let importance = model.importance?[place]
      return Use(
        variable: pair.0.name, splits: pair.1.splits,
        gainShare: gain > 0 ? pair.1.gain.map { $0 / gain } : nil,
        meanShap: importance?.meanShap.map { $0.reduce(0, +) }, permutation: importance?.permutation)
    }
    // The features' order where two are alike.
    return uses.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
      .map(\.element)
  }

  private static func depth(_ nodes: [TreeNode]) -> Int {
    var depths = [Int](repeating: 0, count: nodes.count)
    for (place, node) in nodes.enumerated() {
      for child in [node.left, node.right].compactMap(\.self) where nodes.indices.contains(child) {
        depths[child] = depths[place] + 1
      }
    }
    return depths.max() ?? 0
  }
}

extension TreeReport.Use {
  fileprivate var weight: Double { meanShap ?? gainShare ?? Double(splits) }
}
