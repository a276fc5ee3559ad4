import Boosting
import Federation
import Foundation
import KonsilTesting
import Simulation
import Testing

@Suite("Trees under masks")
struct MaskedTreesTests {
  private static let rows = 525

  private static func study(sites: Int) throws -> SmallStudy {
    var specification = BoostingSpecification(
      outcome: SmallTable.outcome, predictors: ["age", "smoker"], objective: .logistic)
    specification.rounds = 5
    specification.maxDepth = 3
    return try SmallStudy.drawn(sites: sites, rows: rows / sites).running(.boosting(specification))
  }

  private static func bytes(_ model: PlanModel?) throws -> Data {
    guard case .boosting(let boosting)? = model else { throw NoTrees() }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(boosting.trees)
  }

  private struct NoTrees: Error {}

  @Test("are the same bytes as those of the pooled rows in the clear, over however many sites")
  func same() throws {
    let pooledStudy = try Self.study(sites: 3)
    let pooled = try Self.bytes(
      PooledTraining.run(
        pooledStudy.plan, study: pooledStudy.study, cohorts: pooledStudy.table.cohorts))
    for sites in [3, 7, 25] {
      let federation = try Self.study(sites: sites).federation()
      federation.run()
      #expect(try Self.bytes(federation.model) == pooled, "\(sites) sites")
    }
  }
}
