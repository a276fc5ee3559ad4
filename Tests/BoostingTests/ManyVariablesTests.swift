import Boosting
import Cohorts
import KonsilTesting
import Testing

/// Rows lie in memory eight variables at a time: what a variable is worth does not depend on where it stands.
struct ManyVariablesTests {
  private static let names = (0..<70).map { "x\($0)" }
  /// The first of a word, one in the middle, and one of the second line of a row.
  private static let telling = ["x8", "x13", "x66"]

  private func table(seed: UInt64) throws -> BoostingTable {
    var random = SeededRandom(seed: seed)
    func unit() -> Double { Double(UInt32.random(in: 0 ..< .max, using: &random)) / 0x1p32 }
    let columns = Self.names.map { _ in (0..<600).map { _ in (unit() * 200).rounded() / 200 } }
    let ill = (0..<600).map { row -> Double in
      let votes = [8, 13, 66].count { columns[$0][row] > 0.5 }
      return unit() < [0.02, 0.3, 0.7, 0.98][votes] ? 1 : 0
    }
    return try BoostingTable(
      zip(Self.names, columns).map { (try .number($0, 0, 1), .numbers($1)) }, ill: ill)
  }

  private func splits(_ predictors: [String], seed: UInt64) throws -> [String] {
    var plan = BoostingSpecification(outcome: "ill", predictors: predictors, objective: .logistic)
    plan.rounds = 6
    plan.maxDepth = 1
    var federation = try BoostingFederation(try table(seed: seed), plan, leastCount: 5)
    let model = try federation.train()
    return model.trees.rounds.map { round in
      let leaves = round[0].nodes.map { node -> String in
        switch node {
        case .split(let split): "\(model.trees.features[split.feature].name) \(split.rule)"
        case .leaf(let leaf): "\(leaf.value)"
        }
      }
      return leaves.joined(separator: " ")
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func sixtySevenThatTellNothingChangeNoTree(seed: UInt64) throws {
    let few = try splits(Self.telling, seed: seed)
    #expect(Set(few).count == few.count)
    #expect(try splits(Self.names, seed: seed) == few)
    #expect(try splits(Self.names.reversed(), seed: seed) == few)
  }
}
