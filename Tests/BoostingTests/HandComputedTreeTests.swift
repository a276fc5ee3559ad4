import Boosting
import Cohorts
import KonsilTesting
import Queries
import Testing

/// Trees small enough to compute by hand.
struct HandComputedTreeTests {
  private static func federation(
    _ columns: [(Variable, Column)], ill: [Double], leastCount: Int = 1,
    _ change: (inout BoostingSpecification) -> Void
  ) throws -> BoostingFederation {
    var plan = BoostingSpecification(
      outcome: "ill", predictors: columns.map(\.0.name), objective: .logistic)
    plan.rounds = 1
    plan.maxDepth = 1
    plan.minChildWeight = 0
    plan.eta = 1
    plan.baseScore = 0.5
    change(&plan)
    return try BoostingFederation(BoostingTable(columns, ill: ill), plan, leastCount: leastCount)
  }

  private static func unit(_ value: Double) -> Int64 { Int64((value * 0x1p20).rounded(.toNearestOrEven)) }

  /// Six rows at p = 1/2: g = ±1/2, h = 1/4. Left of the best split three healthy ones, G = 3/2, H = 3/4;
  /// right three ill ones. With λ = 1 a leaf is ∓(3/2)/(7/4) = ∓6/7 and the gain 2 · (9/4)/(7/4) - 0 = 18/7.
  @Test func aStumpHasTheLeavesAndTheGainOfTheFormula() throws {
    var federation = try Self.federation(
      [(.whole("x", 0, 5), .numbers([0, 1, 2, 3, 4, 5]))], ill: [0, 0, 0, 1, 1, 1]
    ) { $0.releaseStatistics = true }
    let tree = try federation.train().trees.rounds[0][0]
    #expect(
      tree.nodes == [
        .split(.init(feature: 0, rule: .below(cut: 2.5), missingGoesLeft: true, left: 1, right: 2)),
        .leaf(.init(value: Self.unit(-6.0 / 7))), .leaf(.init(value: Self.unit(6.0 / 7))),
      ])
    let statistics = try #require(tree.statistics)
    #expect((statistics[0].gain - 18.0 / 7).magnitude < 1e-12)
    #expect(statistics.map(\.cover) == [1.5, 0.75, 0.75])
  }

  @Test func withoutPenaltyAndWithADepthOfTwoItSeparates() throws {
    var federation = try Self.federation(
      [(.whole("x", 0, 3), .numbers([0, 1, 2, 3]))], ill: [1, 0, 0, 1]
    ) {
      $0.lambda = 0
      $0.maxDepth = 2
    }
    let model = try federation.train().trees
    // ∓(1/2)/(1/4) = ∓2.
    #expect([0, 1, 2, 3].map { model.real(model.score([$0])[0]) } == [2, -2, -2, 2])
  }

  /// Rows without a value are ill: they go with the ill ones, to the right.
  @Test func missingValuesLearnTheirSide() throws {
    for ill in [0.0, 1] {
      var federation = try Self.federation(
        [(.whole("x", 0, 3), .numbers([0, 0, 3, 3, .nan, .nan]))], ill: [0, 0, 1, 1, ill, ill]
      ) { _ in }
      guard case .split(let split) = try federation.train().trees.rounds[0][0].nodes[0] else {
        Issue.record("no split")
        return
      }
      #expect(split.missingGoesLeft == (ill == 0))
    }
  }

  /// Only whether there is a value tells: all values left, what is missing right.
  @Test func aSplitMayBeOnWhetherThereIsAValue() throws {
    var federation = try Self.federation(
      [(.whole("x", 0, 3), .numbers([0, 1, 2, 3, .nan, .nan, .nan, .nan]))], ill: [0, 0, 0, 0, 1, 1, 1, 1]
    ) { _ in }
    let model = try federation.train().trees
    #expect(model.score([1])[0] < 0 && model.score([3])[0] < 0 && model.score([.nan])[0] > 0)
  }

  /// Levels b and d are ill: one set of levels, whatever their order.
  @Test func categoricalVariablesSplitOnSetsOfLevels() throws {
    var federation = try Self.federation(
      [(.category("x", ["a", "b", "c", "d"]), .levels([0, 0, 1, 1, 2, 2, 3, 3]))],
      ill: [0, 0, 1, 1, 0, 0, 1, 1]
    ) { _ in }
    guard case .split(let split) = try federation.train().trees.rounds[0][0].nodes[0] else {
      Issue.record("no split")
      return
    }
    #expect(split.rule == .levels([0, 2]))
  }

  /// One level has fewer rows than the least count: it is treated as missing.
  @Test func aRareLevelCountsAsMissing() throws {
    var federation = try Self.federation(
      [(.category("x", ["a", "b", "c"]), .levels([0, 0, 0, 1, 1, 1, 2]))], ill: [0, 0, 0, 1, 1, 1, 1],
      leastCount: 2
    ) { _ in }
    let model = try federation.train()
    guard case .split(let split) = model.trees.rounds[0][0].nodes[0] else {
      Issue.record("no split")
      return
    }
    #expect(split.rule == .levels([0]) && !split.missingGoesLeft)
    #expect(model.bins["x"] == 3)
  }

  /// Equal gains: the first variable, the lowest cut.
  @Test func tiesAreBrokenByRule() throws {
    let values: [Double] = [0, 1, 2, 3]
    var federation = try Self.federation(
      [(.whole("x", 0, 3), .numbers(values)), (.whole("y", 0, 3), .numbers(values))], ill: [1, 0, 0, 1]
    ) { _ in }
    guard case .split(let split) = try federation.train().trees.rounds[0][0].nodes[0] else {
      Issue.record("no split")
      return
    }
    #expect(split.feature == 0 && split.rule == .below(cut: 0.5))
  }

  @Test(arguments: [(2.0, 1), (3.0, 0)]) func gammaIsTheLeastGain(_ gamma: Double, _ splits: Int) throws {
    var federation = try Self.federation(
      [(.whole("x", 0, 5), .numbers([0, 1, 2, 3, 4, 5]))], ill: [0, 0, 0, 1, 1, 1]
    ) { $0.gamma = gamma }
    let tree = try federation.train().trees.rounds[0][0]
    #expect(tree.nodes.count == 1 + 2 * splits)
  }

  /// α = 1/2 takes 1/2 off |G|: ∓1/(7/4).
  @Test func alphaShrinksGradients() throws {
    var federation = try Self.federation(
      [(.whole("x", 0, 5), .numbers([0, 1, 2, 3, 4, 5]))], ill: [0, 0, 0, 1, 1, 1]
    ) { $0.alpha = 0.5 }
    #expect(try federation.train().trees.score([0]) == [Self.unit(-4.0 / 7)])
  }

  @Test func aStepIsNotLongerThanItsBound() throws {
    var federation = try Self.federation(
      [(.whole("x", 0, 5), .numbers([0, 1, 2, 3, 4, 5]))], ill: [0, 0, 0, 1, 1, 1]
    ) { $0.maxDeltaStep = 0.25 }
    #expect(try federation.train().trees.score([0]) == [Self.unit(-0.25)])
  }
}
