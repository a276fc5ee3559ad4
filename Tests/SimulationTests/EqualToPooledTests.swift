import Cohorts
import KonsilTesting
import PooledReference
import Regression
import Testing

@Suite("The federated model is the one that the pooled records give")
struct EqualToPooledTests {
  private static let sizes = [120, 160, 200, 240]

  @Test("without a penalty, with categories, in at most 10 Newton steps", arguments: [UInt64(1), 2, 3])
  func unpenalised(seed: UInt64) throws {
    let records = IBDRecords(rows: 720, seed: seed)
    let federation = try ibdFederation(records.sites(Self.sizes))
    let model = try federation.fittedModel()
    try model.expectEqual(records.pooledFit(), "seed \(seed)")
    #expect(model.newtonSteps <= 10)
    #expect(federation.queryNames.prefix(5) == ["support", "counts", "cells", "moments", "spread"])
    #expect(federation.queryNames.dropFirst(5).allSatisfy { $0 == "newton" })
    #expect(federation.queryNames.count == 5 + model.newtonSteps)
    #expect(model.sites == 4 && model.rows == 720 && model.lambda == 0)
    #expect(model.events == records.rows.count { $0.last == "1" })
  }

  @Test("with a ridge penalty", arguments: [0.01, 1, 250])
  func ridge(lambda: Double) throws {
    let records = IBDRecords(rows: 720, seed: 4)
    let federation = try ibdFederation(
      records.sites(Self.sizes), [("penalty:", "penalty: {ridge: {lambda: \(lambda)}}")])
    let model = try federation.fittedModel()
    try model.expectEqual(records.pooledFit(ridge: lambda))
    #expect(model.lambda == lambda)
    #expect(model.newtonSteps <= 10)
  }

  @Test("on the rows that a filter leaves, at a site where it leaves none as well")
  func filter() throws {
    var records = IBDRecords(rows: 720, seed: 5)
    let (age, sex) = (try records.index(of: "age"), try records.index(of: "sex"))
    // No row of the first site is a man.
    for row in 0..<120 { records.rows[row][sex] = "F" }
    let federation = try ibdFederation(
      records.sites(Self.sizes),
      [
        ("  - sex", "  # without sex"),
        ("membership:", "filter: {age: {at_least: 25, at_most: 62}, sex: {one_of: [M]}}"),
      ])
    let model = try federation.fittedModel()
    records.rows.removeAll { row in
      row[sex] != "M" || !(Double(row[age]).map { (25...62).contains($0) } ?? false)
    }
    #expect(model.rows == records.rows.count && records.rows.count < 400)
    try model.expectEqual(
      records.pooledFit(terms: IBDRecords.terms.filter { $0 != .categorical("sex", levels: ["F", "M"]) }))
  }

  @Test("on complete rows: those that miss a variable of the plan are left out, and no others")
  func completeCases() throws {
    var records = IBDRecords(rows: 720, seed: 6)
    var random = SeededRandom(seed: 6)
    let holes = try ["crp", "drug", "smoker_current", "failure_12m"].map(records.index(of:))
    let unused = try records.index(of: "steroids")
    for row in records.rows.indices {
      if row.isMultiple(of: 9) { records.rows[row][holes[Int.random(in: 0...3, using: &random)]] = "" }
      if row.isMultiple(of: 5) { records.rows[row][unused] = "" }
    }
    let federation = try ibdFederation(records.sites(Self.sizes), [("  - steroids", "  # without steroids")])
    let model = try federation.fittedModel()
    #expect(model.rows == 640)
    try model.expectEqual(records.pooledFit(terms: IBDRecords.terms.filter { $0 != .numeric("steroids") }))
  }

  @Test("where two columns are equal and a penalty parts the effect between them")
  func penalisedAlias() throws {
    var random = SeededRandom(seed: 7)
    let values = (0..<90).map { _ in Double(Int.random(in: 0...20, using: &random)) }
    let outcome = values.map { Double.random(in: 0..<1, using: &random) < 0.2 + 0.03 * $0 ? 1.0 : 0 }
    let table = try SmallTable(
      [(.number("x", 0, 20), .numbers(values)), (.number("same", 0, 20), .numbers(values))],
      outcome: outcome, rows: [30, 30, 30])
    let model = try SmallStudy(table, penalty: .ridge(lambda: 2)).federation().fittedModel()
    #expect(abs(model.coefficients[1] - model.coefficients[2]) <= 1e-12)
    #expect(model.coefficients[1] > 0.01)
  }
}
