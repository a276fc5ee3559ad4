import Boosting
import KonsilTesting
import Queries
import Testing

/// What a site answers: splits at agreed cuts of nodes that there are, and nothing else.
struct SiteCheckTests {
  private static func federation(_ change: (inout BoostingSpecification) -> Void = { _ in }) throws
    -> BoostingFederation
  {
    var plan = InvarianceTests.specification(.logistic)
    plan.rounds = 2
    change(&plan)
    return try BoostingFederation(
      BoostingTable.drawn(rows: 600, seed: 5).split(3, seed: 1), plan, leastCount: 5)
  }

  private static func changed(_ query: Query, _ change: (TreeStep) -> TreeStep) throws -> Query {
    let step = try #require(TreeStep(parameters: query.parameters))
    return Query(
      name: query.name, parameters: change(step).parameters, segments: query.segments,
      isVerified: query.isVerified)
  }

  private static func changed(_ query: Query, _ change: @escaping (inout TreeStep.Growth) -> Void) throws
    -> Query
  {
    try changed(query) { step in
      var growths = step.growths
      change(&growths[0])
      return TreeStep(serial: step.serial, round: step.round, closes: step.closes, growths: growths)
    }
  }

  @Test func stepsHaveTheirParametersBack() throws {
    var federation = try Self.federation()
    while let query = federation.query {
      if query.name == "tree-histograms" {
        #expect(try #require(TreeStep(parameters: query.parameters)).parameters == query.parameters)
        for length in [0, 3, query.parameters.count - 1] {
          #expect(TreeStep(parameters: Array(query.parameters.prefix(length))) == nil)
        }
        #expect(TreeStep(parameters: query.parameters + [0]) == nil)
      }
      _ = try federation.step()
    }
  }

  @Test func aQueryOutOfItsTurnIsRefused() throws {
    var federation = try Self.federation()
    let first = try #require(federation.query)
    let root = try federation.advance(to: "tree-histograms")
    #expect(federation.rule(root) == nil)
    #expect(federation.rule(first) == .outOfOrder)
    _ = try federation.step()
    let second = try #require(federation.query)
    #expect(federation.rule(second) == nil)
    // The step that was answered may be asked again, as it was.
    #expect(federation.rule(root) == nil)
    _ = try federation.step()
    #expect(federation.rule(root) == .outOfOrder)
  }

  @Test func splitsAndNodesAreThoseThatThePlanAllows() throws {
    var federation = try Self.federation()
    _ = try federation.advance(to: "tree-histograms")
    _ = try federation.step()
    let query = try #require(federation.query)
    #expect(federation.rule(query) == nil)
    func rule(_ change: @escaping (inout TreeStep.Growth) -> Void) throws -> QueryRefusal.Rule? {
      federation.rule(try Self.changed(query, change))
    }
    #expect(try rule { $0.splits = [] } == .doesNotFollow)
    #expect(try rule { $0.splits += $0.splits } == .doesNotFollow)
    #expect(try rule { $0.leaves = [Tree.Leaf(value: 1)] } == .doesNotFollow)
    #expect(try rule { $0.asks += $0.asks } == .doesNotFollow)
    #expect(try rule { $0.asks = [TreeStep.Ask(node: 0, parentRows: 600)] } == .doesNotFollow)
    #expect(try rule { $0.asks = [TreeStep.Ask(node: 9, parentRows: 600)] } == .doesNotFollow)
    #expect(try rule { $0.asks = [TreeStep.Ask(node: 1, parentRows: 9)] } == .parameterOutOfRange)
    #expect(try rule { $0.asks = [TreeStep.Ask(node: 1, parentRows: 601)] } == .parameterOutOfRange)
    for split in [
      BinSplit(feature: 99, rule: .upTo(0), missingGoesLeft: true),
      BinSplit(feature: 1, rule: .upTo(255), missingGoesLeft: true),
      BinSplit(feature: 1, rule: .among([0]), missingGoesLeft: true),
      BinSplit(feature: 6, rule: .among([1, 0]), missingGoesLeft: true),
      BinSplit(feature: 6, rule: .upTo(0), missingGoesLeft: true),
    ] {
      #expect(
        try rule { $0.splits = [TreeStep.NodeSplit(node: 0, split: split)] } == .doesNotFollow, "\(split)")
    }
  }

  @Test func aSiteThatIsStartedAnewAnswersAsBefore() throws {
    var federation = try Self.federation { $0.validation = .folds(2, repeats: 1, seed: 4) }
    var count = 0
    while let query = federation.query {
      count += 1
      if count % 3 == 0 {
        var running = federation.sites[1]
        var restarted = try federation.restarted(1)
        try restarted.check(query)
        let answer = running.contribution(to: query)?.take()
        #expect(answer != nil)
        let again = restarted.contribution(to: query)?.take()
        #expect(again == answer)
        // Asked again in a new epoch.
        try running.check(query)
        let inNewEpoch = running.contribution(to: query)?.take()
        #expect(inNewEpoch == answer)
      }
      _ = try federation.step()
    }
    #expect(count > 20)
  }

  @Test func theFinishedModelIsExplainedOnce() throws {
    var federation = try Self.federation()
    let query = try federation.advance(to: "importance")
    func other(_ rounds: Double) -> Query {
      Query(name: query.name, parameters: [rounds], segments: query.segments, isVerified: false)
    }
    #expect(federation.rule(query) == nil)
    for rounds in [-1, 1, 1.5, 3] { #expect(federation.rule(other(rounds)) == .doesNotFollow, "\(rounds)") }
    _ = try federation.step()
    // The same may be asked again, and no other.
    #expect(federation.rule(query) == nil)
    #expect(federation.rule(other(1)) == .outOfOrder)
    let importance = try #require(federation.model?.importance)
    #expect(importance.rows == 600)
    #expect(importance.meanShap[0].contains { $0 > 0 } && importance.permutation.contains { $0 > 0 })

    var unexplained = try Self.federation { $0.importance = false }
    #expect(try unexplained.train().importance == nil)
    #expect(unexplained.rule(query) == .outOfOrder)
    let early = try Self.federation { $0.rounds = 3 }
    #expect(early.rule(query) == .outOfOrder)
  }

  @Test func aSitesOwnLeastCountHoldsForAll() throws {
    var plan = InvarianceTests.specification(.logistic)
    plan.rounds = 1
    plan.releaseStatistics = true
    var federation = try BoostingFederation(
      BoostingTable.drawn(rows: 600, seed: 5).split(3, seed: 1), plan, leastCount: 5)
    try federation.raiseLeastCount(of: 2, to: 40)
    let model = try federation.train()
    #expect(model.leastCount == 40)
    for statistics in try #require(model.trees.rounds[0][0].statistics) {
      #expect(statistics.cover * 4 >= 40)
    }
  }
}
