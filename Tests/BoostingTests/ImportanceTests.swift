import Boosting
import Foundation
import KonsilTesting
import Testing

struct ImportanceTests {
  @Test(arguments: 0..<6 as Range<UInt64>) func permutedLossIsThatOnPermutedRows(seed: UInt64) throws {
    var maker = TreeModelMaker(seed: seed)
    let objectives: [TreeModel.Objective] = [
      .logistic, .softmax(classes: ["a", "b", "c"]), .squaredError, .poisson(exposure: "years"),
    ]
    maker.hasSlopes = seed > 3
    let model = maker.model(objectives[Int(seed % 4)], rounds: 3)
    let table = try maker.table(rows: 30)
    let outcomes = (0..<30).map { Double($0 % (seed == 1 ? 3 : 2)) }
    let exposures = (0..<30).map { 0.5 + Double($0 % 4) }
    let permutation = (0..<30).shuffled(using: &maker.random)
    let importance = try #require(
      PermutationImportance(
        model, table: table, outcomes: outcomes, exposures: exposures, permutation: permutation))
    func loss(_ columns: [[Float]]) throws -> Double {
      let rows = try #require(FeatureTable(rowCount: 30, columns: columns)).rows
      return rows.enumerated().reduce(0) {
        $0 + model.loss(model.score($1.element), outcome: outcomes[$1.offset], exposure: exposures[$1.offset])
      }
    }
    #expect(importance.loss == (try loss(table.columns)), "seed \(seed)")
    for feature in model.features.indices {
      var columns = table.columns
      columns[feature] = permutation.map { table.columns[feature][$0] }
      #expect(importance.permuted[feature] == (try loss(columns)), "seed \(seed)")
    }
    #expect(importance.permuted.contains { $0 != importance.loss })
  }

  @Test func whatIsNoPermutationIsRefused() throws {
    var maker = TreeModelMaker(seed: 1)
    let model = maker.model(.logistic, rounds: 1)
    let table = try maker.table(rows: 3)
    #expect(PermutationImportance(model, table: table, outcomes: [0, 1, 0], permutation: [2, 0, 1]) != nil)
    for wrong in [[0, 1], [0, 1, 1], [1, 2, 3], [0, 1, 2, 3]] {
      #expect(PermutationImportance(model, table: table, outcomes: [0, 1, 0], permutation: wrong) == nil)
    }
    #expect(PermutationImportance(model, table: table, outcomes: [0, 1], permutation: [0, 1, 2]) == nil)
  }

  // python3 -c 'from math import *; p = 1/(1+exp(-.75)); print(-log(1-p), -log(p))
  // e = [exp(v) for v in (.75, -1, 2)]; print(-log(e[2]/sum(e)))
  // m = 3*exp(.75); print(2*(5*log(5/m) - (5 - m)), 2*m)'
  @Test func lossesAreNegativeLogLikelihoodsSquaresAndDeviances() {
    func model(_ objective: TreeModel.Objective) -> TreeModel {
      TreeModel(outcome: "y", objective: objective, features: [], fractionBits: 2, base: [0], rounds: [])
    }
    func isNear(_ found: Double, _ wanted: Double) -> Bool { abs(found - wanted) < 1e-14 * max(1, wanted) }
    #expect(isNear(model(.logistic).loss([3], outcome: 0), 1.1368710061148999))
    #expect(isNear(model(.logistic).loss([3], outcome: 1), 0.38687100611489994))
    let classes = model(.softmax(classes: ["a", "b", "c"]))
    #expect(isNear(classes.loss([3, -4, 8], outcome: 2), 0.28989851325215327))
    #expect(classes.loss([3, -4, 8], outcome: 3).isNaN)
    #expect(model(.squaredError).loss([3], outcome: 2) == 1.5625)
    #expect(isNear(model(.poisson(exposure: "t")).loss([3], outcome: 5, exposure: 3), 0.3102563373359546))
    #expect(isNear(model(.poisson(exposure: "t")).loss([3], outcome: 0, exposure: 3), 12.702000099676049))
    // Far out nothing overflows.
    #expect(model(.logistic).loss([-8000], outcome: 1) == 2000)
  }

  @Test func gainsAndSplitsAreCountedByFeature() {
    let tree = Tree(
      nodes: [
        .split(.init(feature: 1, rule: .below(cut: 1), missingGoesLeft: true, left: 1, right: 2)),
        .split(.init(feature: 1, rule: .below(cut: 0), missingGoesLeft: true, left: 3, right: 4)),
        .leaf(.init(value: 0)), .leaf(.init(value: 0)),
        .leaf(.init(value: 0, slopes: [.init(feature: 0, slope: 1, centre: 0, lower: 0, upper: 1)])),
      ], statistics: [4, 1.5, 0, 0, 0].map { .init(gain: $0, cover: 1) })
    func model(_ trees: [Tree]) -> TreeModel {
      TreeModel(
        outcome: "y", objective: .logistic,
        features: [.init("a", .number), .init("b", .number), .init("c", .number)],
        fractionBits: 0, base: [0], rounds: trees.map { [$0] })
    }
    #expect(
      model([tree, tree]).uses == [
        FeatureUse(splits: 0, slopes: 2, gain: 0), FeatureUse(splits: 4, slopes: 0, gain: 11),
        FeatureUse(splits: 0, slopes: 0, gain: 0),
      ])
    #expect(model([tree, Tree(nodes: tree.nodes)]).uses[1] == FeatureUse(splits: 4, slopes: 0, gain: nil))
  }
}
