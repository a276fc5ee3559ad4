import Cohorts
import Foundation
import KonsilTesting
import Preprocessing
import Queries
import Regression
import Testing

@Suite("More fits than a message holds")
struct LargeBatchTests {
  /// 100 training sets of 35 parameters and their inverse information are 66,700 numbers.
  @Test("are asked a part at a time, and end where each alone does")
  func firth() throws {
    var random = SeededRandom(seed: 4)
    let (columns, sites) = (34, [130, 130, 140])
    let count = sites.reduce(0, +)
    var risk = [Double](repeating: 0, count: count)
    let drawn = try (0..<columns).map { column -> (Variable, Column) in
      let values = (0..<count).map { _ in Double(Int.random(in: 0...1000, using: &random)) / 1000 }
      for row in risk.indices where column < 5 { risk[row] += values[row] - 0.5 }
      return (try .number("x\(column)", 0, 1), .numbers(values))
    }
    let outcome = risk.map { Double.random(in: 0..<1, using: &random) < 1 / (1 + exp(-$0)) ? 1.0 : 0 }
    let table = try SmallTable(drawn, outcome: outcome, rows: sites)
    func fit(folds: Int, repeats: Int) throws -> (model: LogisticModel, most: Int) {
      var specification = LogisticSpecification(
        outcome: SmallTable.outcome, predictors: table.predictors, penalty: .firth)
      specification.validation = .folds(folds, repeats: repeats, seed: 1)
      var federation = try ClearFederation(table, specification)
      let model = try federation.fit()
      let newton = federation.steps.filter { $0.query.name == "newton" }.map(\.query.parameters.count)
      return (model, newton.max() ?? 0)
    }
    let large = try fit(folds: 10, repeats: 10)
    #expect(large.most <= Query.mostParameters && large.most > Query.mostParameters - 700)
    let small = try fit(folds: 10, repeats: 1)
    #expect(large.model.coefficients == small.model.coefficients)
    #expect(large.model.validation != nil && small.model.validation != nil)
  }
}
