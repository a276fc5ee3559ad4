import Boosting
import Cohorts
import Evaluation
import Foundation
import KonsilTesting
import Queries
import Testing

struct BoostingPropertyTests {
  private static func trained(
    _ table: BoostingTable, leastCount: Int = 5, _ plan: BoostingSpecification
  ) throws -> BoostingModel {
    var federation = try BoostingFederation(table, plan, leastCount: leastCount)
    return try federation.train()
  }

  @Test func monotoneConstraintsHold() throws {
    var plan = InvarianceTests.specification(.logistic)
    plan.rounds = 20
    plan.monotoneConstraints = ["a": -1, "visits": 1]
    let model = try Self.trained(BoostingTable.drawn(rows: 800, seed: 21), plan).trees
    var random = SeededRandom(seed: 22)
    for _ in 0..<200 {
      var row: [Float] = [
        0, Float.random(in: -3...3, using: &random), 0, Float(Int.random(in: 0...1, using: &random)), 0, 2, 3,
      ]
      row[4] = row[1]
      let falling = stride(from: Float(-4), through: 4, by: 0.25).map { value -> Int64 in
        row[0] = value
        return model.score(row)[0]
      }
      #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 })
      let rising = (0...40).map { value -> Int64 in
        row[2] = Float(value)
        return model.score(row)[0]
      }
      #expect(zip(rising, rising.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  /// Rows of weight 2 train the model that the same rows twice do. Weights are whole and gradients the same
  /// halves, so the integers are equal.
  @Test func aWeightIsARepetition() throws {
    let values = (0..<40).map { Double($0 % 10) }
    let ill = (0..<40).map { ($0 * 7) % 10 < 4 ? 1.0 : 0 }
    let weights = (0..<40).map { Double(1 + $0 % 2) }
    var plan = BoostingSpecification(outcome: "ill", predictors: ["x"], objective: .logistic)
    plan.rounds = 1
    plan.minChildWeight = 0
    plan.baseScore = 0.5
    let twice = (0..<40).flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let repeated = try Self.trained(
      BoostingTable([(.whole("x", 0, 9), .numbers(twice.map { values[$0] }))], ill: twice.map { ill[$0] }),
      leastCount: 1,
      plan)
    plan.weight = "w"
    plan.gradientBits = 11
    let weighted = try Self.trained(
      BoostingTable(
        [(.whole("x", 0, 9), .numbers(values)), (.number("w", 0, 2), .numbers(weights))], ill: ill),
      leastCount: 1, plan)
    #expect(repeated.trees == weighted.trees)
  }

  @Test func noLeafHasFewerRowsThanTheLeastCount() throws {
    for objective in BoostingSpecification.Objective.allCases {
      var plan = InvarianceTests.specification(objective)
      plan.maxDepth = 8
      plan.minChildWeight = 0
      plan.lambda = 0.1
      let table = try BoostingTable.drawn(rows: 700, seed: 31)
      let model = try Self.trained(table, leastCount: 25, plan).trees
      let features = try #require(
        FeatureTable(model.features, cohort: table.cohorts[0], dictionary: table.dictionary))
      for tree in model.rounds.joined() {
        var rows: [Int: Int] = [:]
        for row in features.rows { rows[tree.leaf(of: row), default: 0] += 1 }
        #expect(rows.values.allSatisfy { $0 >= 25 }, "\(objective)")
        #expect(rows.count == (tree.nodes.count + 1) / 2, "\(objective)")
      }
    }
  }

  @Test func lossFallsAndEarlyStoppingKeepsTheLeast() throws {
    for objective in BoostingSpecification.Objective.allCases {
      var plan = InvarianceTests.specification(objective)
      plan.rounds = 40
      plan.eta = 0.5
      plan.validation = .folds(4, repeats: 1, seed: 2)
      plan.earlyStoppingRounds = 3
      let model = try Self.trained(BoostingTable.drawn(rows: 900, seed: 41), plan)
      let least = try #require(model.losses.indices.min { model.losses[$0] < model.losses[$1] })
      #expect(least > 0, "\(objective)")
      #expect(model.stoppedAt == least && model.trees.rounds.count == least, "\(objective)")
      #expect(model.losses.count == least + 4, "\(objective)")
    }
  }

  /// Held-out rows are predicted worse than those of the training, better than by chance, and as well
  /// wherever they lie.
  @Test func aValidationReportsPerformance() throws {
    var plan = InvarianceTests.specification(.logistic)
    plan.rounds = 30
    plan.eta = 0.5
    plan.validation = .folds(4, repeats: 2, seed: 2)
    let table = try BoostingTable.drawn(rows: 900, seed: 41)
    for patience in [0, 4] {
      plan.earlyStoppingRounds = patience
      let model = try Self.trained(table, plan)
      let report = try #require(model.validation)
      #expect(report.repeatAUC.count == 2)
      #expect(report.apparent.auc > report.crossValidated.auc + 0.02)
      #expect(report.crossValidated.auc > 0.55)
      // The same mean loss from integers and from reals.
      let last = try #require(patience == 0 ? model.losses.last : model.losses.min())
      #expect((report.crossValidated.logLoss - last).magnitude < 1e-6)
      let other = try Self.trained(table.split(5, seed: 3), plan)
      #expect(
        (try #require(other.validation).crossValidated.auc - report.crossValidated.auc).magnitude < 1e-9)
    }
  }

  @Test func leafwiseTreesHaveTheirLeavesAndGainAtLeastAsMuch() throws {
    var plan = InvarianceTests.specification(.logistic)
    plan.grow = .leaves
    plan.maxLeaves = 6
    plan.maxDepth = 10
    let tree = try Self.trained(BoostingTable.drawn(rows: 900, seed: 51), plan).trees.rounds[0][0]
    #expect((tree.nodes.count + 1) / 2 == 6)
  }

  /// A saved program goes on elsewhere, bit for bit.
  @Test func aProgramIsResumed() throws {
    var plan = InvarianceTests.specification(.softmax)
    plan.rounds = 3
    let table = try BoostingTable.drawn(rows: 500, seed: 61)
    let expected = try Self.trained(table, plan)
    var federation = try BoostingFederation(table, plan, leastCount: 5)
    while try federation.step() {
      let saved = try JSONEncoder().encode(federation.program)
      federation.resume(try JSONDecoder().decode(BoostingProgram.self, from: saved))
    }
    #expect(federation.model == expected)
  }

  @Test func probabilitiesAreCalibratedOnAverage() throws {
    var plan = InvarianceTests.specification(.logistic)
    plan.rounds = 30
    let table = try BoostingTable.drawn(rows: 1000, seed: 71)
    let model = try Self.trained(table, plan)
    let features = try #require(
      FeatureTable(model.trees.features, cohort: table.cohorts[0], dictionary: table.dictionary))
    let mean =
      features.rows.reduce(0.0) { $0 + PortableMath.sigmoid(model.trees.real(model.trees.score($1)[0])) }
      / 1000
    #expect((mean - Double(model.classRows[0]) / 1000).magnitude < 0.01)
  }
}
