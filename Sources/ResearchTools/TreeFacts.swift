import Boosting
import Console

/// Where a model of trees comes from and how it was trained, one fact a line.
enum TreeFacts {
  private typealias Fact = (name: String, value: String)

  static func text(_ model: TreeModelFile, trees: Int, leaves: Int, depth: Int) -> String {
    var facts = origin(model)
    facts.append(
      ("trees", "\(trees) in \(model.rounds.count) rounds, \(leaves) leaves, at most \(depth) splits deep"))
    if let held = held(model) { facts.append(("held out", held)) }
    facts.append(("parameters", parameters(model)))
    facts.append(("least rows", "\(model.leastCount) in every leaf, over the federation"))
    return TextLines.facts(facts)
  }

  private static func origin(_ model: TreeModelFile) -> [Fact] {
    var facts: [Fact] = []
    if model.simulated {
      facts.append(("simulated", "one process was the whole federation, under throw-away identities"))
    }
    facts += [
      ("outcome", "\(model.outcome.name): \(model.outcome.label)"),
      (
        "model",
        "boosted trees (\(model.objective.kind.rawValue)) of study \(model.study.name), plan \(model.plan.name)"
      ),
    ]
    if let exposure = model.objective.exposure { facts.append(("exposure", exposure)) }
    if let run = model.run { facts.append(("run", run)) }
    if let filter = model.filter.words { facts.append(("rows where", filter)) }
    facts.append(("records", "\(model.rows) rows, \(classes(model))\(model.sites) sites"))
    return facts
  }

  private static func classes(_ model: TreeModelFile) -> String {
    guard let names = model.objective.classes else {
      return model.classRows.first.map { "\($0) events, " } ?? ""
    }
    return zip(names, model.classRows).map { "\($1) \($0), " }.joined()
  }

  /// What held-out rows say of the number of rounds.
  private static func held(_ model: TreeModelFile) -> String? {
    guard let first = model.losses.first, let last = model.losses.last, model.losses.count > 1 else {
      return nil
    }
    func shown(_ loss: Double) -> String { NumberText.significant(loss, digits: 5) }
    guard let best = model.stoppedAt, model.losses.indices.contains(best) else {
      return "mean loss \(shown(first)) without trees, \(shown(last)) with all"
    }
    return
      "mean loss \(shown(first)) without trees, \(shown(model.losses[best])) after round \(best), the least"
  }

  /// Those that are not the default.
  private static func parameters(_ model: TreeModelFile) -> String {
    let usual = BoostingSpecification(outcome: "", predictors: [], objective: model.objective.kind)
    let changed = model.parameters.filter { parameter in
      BoostingParameter.named(parameter.name)?.text(in: usual) != parameter.value
    }
    let words = changed.map { "\($0.name) \($0.value)" }
    return words.isEmpty
      ? "all at their defaults" : words.joined(separator: ", ") + "; the others at their defaults"
  }
}

/// How much a model of trees rests on each variable, as a table in plain text.
enum TreeTable {
  static func text(_ uses: [TreeReport.Use]) -> String {
    var columns: [(column: TextTable.Column, cells: [String])] = [
      (.init(header: "variable", mayWrap: true), uses.map(\.variable)),
      (.init(header: "splits", alignment: .right), uses.map { "\($0.splits)" }),
    ]
    func add(_ header: String, _ value: (TreeReport.Use) -> Double?, places: Int, unit: String = "") {
      guard uses.contains(where: { value($0) != nil }) else { return }
      let cells = uses.map { value($0).map { NumberText.decimals($0, places: places) + unit } ?? "" }
      columns.append((.init(header: header, alignment: .right), cells))
    }
    add("gain", { $0.gainShare.map { $0 * 100 } }, places: 1, unit: " %")
    add("mean |SHAP|", \.meanShap, places: 4)
    add("loss if permuted\nwithin the sites", \.permutation, places: 4)
    return TextTable(
      columns: columns.map(\.column),
      rows: uses.indices.map { row in columns.map { $0.cells[row] } }
    ).text
  }
}
