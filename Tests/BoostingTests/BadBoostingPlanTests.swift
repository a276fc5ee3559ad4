import Boosting
import Cohorts
import KonsilTesting
import Queries
import Testing

/// One clear sentence for each thing that is wrong.
struct BadBoostingPlanTests {
  private static func problems(
    _ objective: BoostingSpecification.Objective = .logistic, outcome: String = "ill",
    predictors: [String] = BoostingTable.predictors,
    _ change: (inout BoostingSpecification) -> Void = { _ in }
  ) throws -> [String] {
    var plan = BoostingSpecification(outcome: outcome, predictors: predictors, objective: objective)
    change(&plan)
    return BoostingCheck.problems(plan, dictionary: try BoostingTable.drawn(rows: 10, seed: 1).dictionary)
  }

  @Test func goodPlansHaveNone() throws {
    #expect(try Self.problems() == [])
    for objective in BoostingSpecification.Objective.allCases {
      let plan = InvarianceTests.specification(objective)
      #expect(try Self.problems(objective, outcome: plan.outcome) == [])
    }
  }

  @Test func everyParameterKeepsItsBounds() throws {
    #expect(try Self.problems { $0.rounds = 0 } == ["“rounds” is whole number, 1 to 10000"])
    #expect(try Self.problems { $0.eta = 0 } == ["“eta” is above 0 to 1"])
    #expect(try Self.problems { $0.maxBin = 256 }.count == 1)
    #expect(try Self.problems { $0.lambda = -1 }.count == 1)
    #expect(try Self.problems { $0.subsample = 1.5 }.count == 1)
    #expect(try Self.problems { $0.gradientBits = 30 }.count == 1)
    #expect(try Self.problems { $0.eta = .nan }.count == 1)
    #expect(try Self.problems { $0.monotoneConstraints = ["a": 2] }.count == 1)
    #expect(try Self.problems { $0.monotoneConstraints = ["nobody": 1] }.count == 1)
    #expect(try Self.problems { $0.monotoneConstraints = ["place": 1] }.count == 1)
    #expect(try Self.problems { $0.baseScore = 1 }.count == 1)
    #expect(try Self.problems { $0.grow = .leaves }.count == 1)
    #expect(try Self.problems { $0.validation = .folds(1, repeats: 1, seed: 0) }.count == 1)
  }

  @Test func aStepHasRoomForAllTreesThatGrowAtOnce() throws {
    func problems(depth: Int, leaves: Int = 0) throws -> [String] {
      try Self.problems {
        $0.maxDepth = depth
        $0.maxLeaves = leaves
        $0.validation = .folds(5, repeats: 5, seed: 1)
      }
    }
    #expect(try problems(depth: 8) == [])
    #expect(
      try problems(depth: 12) == [
        "26 trees of 4096 leaves at once are more than a step can tell: "
          + "use fewer folds and repeats, a smaller “max_depth”, or “max_leaves”"
      ])
    #expect(try problems(depth: 12, leaves: 200) == [])
  }

  @Test func outcomesAndVariablesFitTheObjective() throws {
    #expect(try Self.problems(.softmax) == ["the objective “multi:softprob” does not fit the type of “ill”"])
    #expect(try Self.problems(outcome: "nobody") == ["the outcome “nobody” is not in the dictionary"])
    #expect(
      try Self.problems(predictors: ["a", "nobody"]) == ["the predictor “nobody” is not in the dictionary"])
    #expect(try Self.problems(predictors: []) == ["no predictors are named"])
    #expect(try Self.problems(predictors: ["a", "a"]) == ["a predictor is named twice"])
    #expect(try Self.problems(.squaredError, outcome: "score", predictors: ["score", "a"]).count == 1)
    #expect(try Self.problems { $0.exposure = "years" }.count == 1)
    #expect(try Self.problems { $0.weight = "place" }.count == 1)
    #expect(try Self.problems { $0.scalePosWeight = 2 } == [])
    #expect(try Self.problems(.poisson, outcome: "relapses") { $0.scalePosWeight = 2 }.count == 1)
  }

  /// Names, bounds and defaults are in one place, each once.
  @Test func parametersAreDeclaredOnce() {
    let names = BoostingParameter.all.map(\.name)
    #expect(Set(names).count == names.count)
    let plain = BoostingSpecification(outcome: "ill", predictors: ["a"], objective: .logistic)
    for parameter in BoostingParameter.all {
      #expect(parameter.problem(in: plain) == nil, "\(parameter.name)")
      #expect(!parameter.help.isEmpty && !parameter.bounds.isEmpty && !parameter.standard.isEmpty)
    }
    #expect(BoostingParameter.named("eta")?.standard == "0.3")
  }

  private static func error(
    _ table: BoostingTable, leastCount: Int = 2, _ change: (inout BoostingSpecification) -> Void = { _ in }
  ) throws -> AnalysisError? {
    var plan = BoostingSpecification(outcome: "ill", predictors: ["x"], objective: .logistic)
    change(&plan)
    var federation = try BoostingFederation(table, plan, leastCount: leastCount)
    do {
      _ = try federation.train()
      return nil
    } catch {
      return error as? AnalysisError
    }
  }

  private static func table(_ x: [Double], _ ill: [Double]) throws -> BoostingTable {
    try BoostingTable([(.whole("x", 0, 9), .numbers(x))], ill: ill)
  }

  @Test func recordsThatGiveNoModelEndInOneError() throws {
    let x = (0..<20).map { Double($0 % 10) }
    let ill = (0..<20).map { Double($0 % 2) }
    #expect(try Self.error(Self.table(x, ill)) == nil)
    let constant = try Self.error(Self.table(x, x.map { _ in 1 }))
    #expect(constant?.message.hasPrefix("“ill” has different values at 0 sites") == true)
    #expect(try Self.error(Self.table(x.map { _ in .nan }, ill))?.code == .tooFewSites)
    #expect(try Self.error(Self.table(x.map { _ in 3 }, ill))?.code == .tooFewSites)
    #expect(try Self.error(Self.table(x, ill), leastCount: 11)?.code == .tooFewRows)
    #expect(try Self.error(Self.table(x, ill)) { $0.gradientBits = 24 } == nil)
    #expect(
      try Self.error(Self.table(x, ill), leastCount: 4) { $0.validation = .folds(10, repeats: 1, seed: 1) }?
        .code
        == .tooFewRows)
  }
}
