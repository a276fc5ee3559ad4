import Boosting
import Cohorts
import KonsilTesting
import Queries
import Testing

/// Ridge models in leaves.
struct LinearLeafTests {
  private static func line(
    _ leaves: BoostingSpecification.Leaves, rounds: Int,
    _ change: (inout BoostingSpecification) -> Void = { _ in }
  ) throws -> (model: BoostingModel, x: [Double], y: [Double]) {
    let x = (0..<400).map { Double($0) / 40 }
    let y = x.map { 3 + 2 * $0 }
    var plan = BoostingSpecification(outcome: "y", predictors: ["x"], objective: .squaredError)
    plan.rounds = rounds
    plan.maxDepth = 1
    plan.leaves = leaves
    plan.linearLambda = 1e-6
    plan.lambda = 1e-6
    plan.eta = 1
    change(&plan)
    var federation = try BoostingFederation(
      BoostingTable([(.number("x", 0, 10), .numbers(x)), (.number("y", 0, 30), .numbers(y))]).split(
        3, seed: 1), plan,
      leastCount: 5)
    return (try federation.train(), x, y)
  }

  /// A straight line needs one tree.
  @Test func aLineIsFoundAtOnce() throws {
    let (model, x, y) = try Self.line(.linear, rounds: 1)
    guard case .leaf(let leaf) = model.trees.rounds[0][0].nodes[1] else {
      Issue.record("no leaf")
      return
    }
    let slope = try #require(leaf.slopes.first)
    #expect((slope.slope - 2).magnitude < 0.01)
    for (x, y) in zip(x, y) where x > slope.lower && x < slope.upper {
      #expect((model.trees.real(model.trees.score([Float(x)])[0]) - y).magnitude < 0.05)
    }
    // Beyond the outermost cuts it goes on level.
    #expect(model.trees.score([100]) == model.trees.score([Float(slope.upper)]))
  }

  @Test func fewerTreesThanConstantLeavesNeed() throws {
    func error(_ model: BoostingModel, _ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { sum, point in
        let error = model.trees.real(model.trees.score([Float(point.0)])[0]) - point.1
        return sum + error * error
      }
    }
    let (linear, x, y) = try Self.line(.linear, rounds: 2)
    let (constant, _, _) = try Self.line(.constant, rounds: 10)
    #expect(error(linear, x, y) < error(constant, x, y))
  }

  /// A missing value counts as the middle; a ridge without end leaves constant leaves.
  @Test func ridgeShrinksSlopes() throws {
    let (model, _, _) = try Self.line(.linear, rounds: 1) { $0.linearLambda = 1e6 }
    for case .leaf(let leaf) in model.trees.rounds[0][0].nodes {
      #expect(leaf.slopes.allSatisfy { $0.slope.magnitude < 0.01 })
    }
  }

  @Test func onlyLeavesOfTwiceTheLeastCountAreLinear() throws {
    var plan = InvarianceTests.specification(.squaredError)
    plan.leaves = .linear
    plan.rounds = 1
    plan.releaseStatistics = true
    var federation = try BoostingFederation(BoostingTable.drawn(rows: 600, seed: 9), plan, leastCount: 30)
    let tree = try federation.train().trees.rounds[0][0]
    var linear = 0
    for (node, statistics) in zip(tree.nodes, try #require(tree.statistics)) {
      // The Hessian counts rows.
      guard case .leaf(let leaf) = node, !leaf.slopes.isEmpty else { continue }
      linear += 1
      #expect(statistics.cover >= 60)
    }
    #expect(linear > 0)
  }
}
