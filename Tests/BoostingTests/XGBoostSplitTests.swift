import Boosting
import Cohorts
import Foundation
import KonsilTesting
import Testing

/// Trees that XGBoost grew where bins and gradients are exactly known, as `scripts/make_splits.py` wrote them: ours split
/// the same.
struct XGBoostSplitTests {
  struct Fixture: Decodable {
    let cases: [Case]
  }

  struct Case: Decodable {
    let objective: BoostingSpecification.Objective
    let baseScore: Double
    let parameters: Parameters
    /// Whole numbers, nil where missing.
    let columns: [[Double?]]
    let outcome: [Double]
    let nodes: [Node]
  }

  struct Parameters: Decodable {
    let maxDepth: Int
    let lambda: Double?
    let alpha: Double?
    let gamma: Double?
    let minChildWeight: Double?
    let maxDeltaStep: Double?
    let monotoneConstraints: [Int]?
  }

  struct Node: Decodable {
    let feature: Int?
    let below: Double?
    /// nil where no row of the node lacks the variable.
    let missing: String?
    let left: Int?
    let value: Double?
  }

  private static func fixture() throws -> Fixture {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      Fixture.self, from: Data(Checkout.text("Tests/Fixtures/trees/splits.json").utf8))
  }

  private static func name(_ feature: Int) -> String { "x\(feature)" }

  private static func model(_ known: Case) throws -> TreeModel {
    let columns = try known.columns.enumerated().map { place, values in
      let greatest = values.compactMap(\.self).max() ?? 0
      return (try Variable.whole(name(place), 0, greatest), Column.numbers(values.map { $0 ?? .nan }))
    }
    let isBinary = known.objective == .logistic
    let table = try BoostingTable(
      columns, outcome: isBinary ? nil : (Variable.whole("y", 0, 20), .numbers(known.outcome)),
      ill: isBinary ? known.outcome : nil)
    var plan = BoostingSpecification(
      outcome: isBinary ? "ill" : "y", predictors: known.columns.indices.map(name),
      objective: known.objective)
    plan.rounds = 1
    plan.eta = 1
    plan.baseScore = known.baseScore
    // XGBoost joins no bins.
    plan.rowsPerBin = 0
    plan.maxDepth = known.parameters.maxDepth
    plan.lambda = known.parameters.lambda ?? 1
    plan.alpha = known.parameters.alpha ?? 0
    plan.gamma = known.parameters.gamma ?? 0
    plan.minChildWeight = known.parameters.minChildWeight ?? 1
    plan.maxDeltaStep = known.parameters.maxDeltaStep
    for (place, direction) in (known.parameters.monotoneConstraints ?? []).enumerated() {
      plan.monotoneConstraints[name(place)] = direction
    }
    var federation = try BoostingFederation(table.split(3, seed: 1), plan)
    return try federation.train().trees
  }

  @Test(arguments: 0..<8) func splitsAreThoseOfXGBoost(number: Int) throws {
    let known = try Self.fixture().cases[number]
    let model = try Self.model(known)
    let tree = try #require(model.rounds.first?.first)
    #expect(try Self.fixture().cases.count == 8 && known.nodes.count > 5)
    #expect(tree.nodes.count == known.nodes.count)
    try compare(tree, 0, known, 0, Array(known.outcome.indices), model)
  }

  /// Both trees deal a node's rows alike, whatever the cut between them is.
  private func compare(
    _ tree: Tree, _ own: Int, _ known: Case, _ other: Int, _ rows: [Int], _ model: TreeModel
  ) throws {
    let node = known.nodes[other]
    switch tree.nodes[own] {
    case .leaf(let leaf):
      let value = try #require(node.value, "node \(other) is a split of \(node.feature ?? -1)")
      #expect(abs(model.real(leaf.value) - value) < 1e-5, "node \(other)")
    case .split(let split):
      #expect(split.feature == node.feature, "node \(other)")
      let (below, left) = (try #require(node.below), try #require(node.left))
      let column = known.columns[split.feature]
      let first = rows.filter { row in column[row].map { $0 < below } ?? (node.missing == "left") }
      #expect(rows.filter { split.goesLeft(column[$0].map { Float($0) } ?? .nan) } == first, "node \(other)")
      try compare(tree, split.left, known, left, first, model)
      try compare(tree, split.right, known, left + 1, rows.filter { !first.contains($0) }, model)
    }
  }
}
