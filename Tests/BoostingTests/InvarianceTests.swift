import Boosting
import Foundation
import KonsilTesting
import Queries
import Testing

/// However the same rows are split among sites, the trained model is the same bytes.
struct InvarianceTests {
  private static let objectives: [BoostingSpecification.Objective] = [
    .logistic, .softmax, .squaredError, .poisson,
  ]

  private static func outcome(_ objective: BoostingSpecification.Objective) -> String {
    switch objective {
    case .logistic: "ill"
    case .softmax: "stage"
    case .squaredError: "score"
    case .poisson: "relapses"
    }
  }

  static func specification(_ objective: BoostingSpecification.Objective) -> BoostingSpecification {
    var plan = BoostingSpecification(
      outcome: outcome(objective), predictors: BoostingTable.predictors, objective: objective)
    plan.rounds = 5
    plan.maxDepth = 4
    return plan
  }

  private static func bytes(_ model: BoostingModel) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(model.trees)
  }

  private func expectSame(
    _ plan: BoostingSpecification, leastCount: Int, rows: Int = 1500, sites: [Int] = [2, 7, 25]
  ) throws {
    let table = try BoostingTable.drawn(rows: rows, seed: 7)
    var pooled = try BoostingFederation(table, plan, leastCount: leastCount)
    let expected = try pooled.train()
    #expect(expected.trees.rounds.contains { $0.contains { $0.nodes.count > 1 } })
    for count in sites {
      let seed = UInt64(100 + count)
      var federation = try BoostingFederation(
        try table.split(count, seed: seed), plan, leastCount: leastCount)
      let found = try federation.train()
      #expect(try Self.bytes(found) == Self.bytes(expected), "\(count) sites, seed \(seed)")
      #expect(found.losses == expected.losses)
    }
  }

  @Test(arguments: objectives) func everySplitOfTheRowsGivesTheSameBytes(
    _ objective: BoostingSpecification.Objective
  ) throws {
    var plan = Self.specification(objective)
    plan.rowsPerBin = 0
    try expectSame(plan, leastCount: 5)
  }

  @Test(arguments: objectives) func soDoLeafwiseTreesWithDrawnRowsAndColumnsAndFolds(
    _ objective: BoostingSpecification.Objective
  ) throws {
    var plan = Self.specification(objective)
    plan.grow = .leaves
    plan.maxLeaves = 9
    plan.subsample = 0.7
    plan.colsampleByTree = 0.6
    plan.validation = .folds(3, repeats: 1, seed: 11)
    plan.earlyStoppingRounds = 2
    plan.monotoneConstraints = ["a": 1, "visits": -1]
    plan.alpha = 0.1
    try expectSame(plan, leastCount: 3, sites: [1, 3, 25])
  }

  @Test(arguments: objectives) func soDoLinearLeaves(_ objective: BoostingSpecification.Objective) throws {
    var plan = Self.specification(objective)
    plan.leaves = .linear
    plan.maxDepth = 3
    plan.subsample = 0.8
    plan.validation = .folds(2, repeats: 1, seed: 3)
    try expectSame(plan, leastCount: 5, sites: [3, 25])
  }

  @Test(arguments: objectives) func soDoBinsThatAreJoinedBelowTheRoot(
    _ objective: BoostingSpecification.Objective
  ) throws {
    var plan = Self.specification(objective)
    plan.rowsPerBin = 64
    try expectSame(plan, leastCount: 5, sites: [3, 25])
    plan.grow = .leaves
    plan.maxLeaves = 12
    plan.colsampleByTree = 0.8
    try expectSame(plan, leastCount: 5, sites: [7])
  }

  @Test func withoutAWordOfThePlanBinsAreJoinedWhereRowsAreMany() {
    var plan = Self.specification(.logistic)
    #expect([600, 9_999, 10_000, 100_000].map(plan.rowsPerBin(ofRows:)) == [0, 0, 128, 128])
    plan.rowsPerBin = 0
    #expect(plan.rowsPerBin(ofRows: 100_000) == 0)
    plan.rowsPerBin = 64
    #expect(plan.rowsPerBin(ofRows: 600) == 64)
  }

  @Test func soDoWeightsExposureAndHeldOutRows() throws {
    var plan = Self.specification(.poisson)
    plan.weight = "weight"
    plan.exposure = "years"
    plan.earlyStoppingRounds = 3
    try expectSame(plan, leastCount: 4, sites: [4])
    plan = Self.specification(.logistic)
    plan.weight = "weight"
    plan.scalePosWeight = 2.5
    try expectSame(plan, leastCount: 4, sites: [4])
  }
}
