import Federation
import KonsilTesting
import Preprocessing
import Regression
import Simulation
import Testing

@Suite("Plans on real records that have no estimate", .serialized)
struct RealRefusalTests {
  @Test(
    "a level of which nobody converted is named as separating",
    arguments: RealPlan.those([("cis", "unpenalised")]))
  func separation(real: RealPlan) throws {
    let failure = try real.run().federation.failure()
    #expect(failure.code == "separation")
    let separating = try #require(OutsideReference.read(real.plan).refusedFor).separating
    #expect(separating == ["oligoclonal_bands=unknown"])
    #expect(failure.message.contains("“oligoclonal_bands=unknown”"))
  }

  @Test("what is missing in one outcome alone is named", arguments: RealPlan.those([("cis", "edss")]))
  func leakage(real: RealPlan) throws {
    let failure = try real.run().federation.failure()
    #expect(failure.code == "separation")
    let separating = try #require(OutsideReference.read(real.plan).refusedFor).separating
    #expect(separating.contains("initial_edss:missing"))
    #expect(failure.message.contains("“initial_edss:missing”"))
  }

  @Test(
    "missing indicators of single rows and of one machine are not made, and the result says so",
    arguments: RealPlan.those([("thiomon", "indicators")]))
  func aliased(real: RealPlan) throws {
    let leastCount = 10
    let federation = try real.study.federation(
      plan: RealStudy.planText(real.plan), records: real.study.records(), leastCount: leastCount)
    let model = try federation.fittedModel()
    let outside = try OutsideReference.read(real.plan)
    let refusal = try #require(outside.refusedFor)
    let made = model.names.filter { $0.hasSuffix(":missing") }
    #expect(
      made.allSatisfy { !(refusal.aSingleRow + refusal.equalToAnother + refusal.separating).contains($0) })
    #expect(!made.isEmpty)
    let noted = Set(model.notes.filter { [.rowsLeftOut, .notMade].contains($0.kind) }.map(\.subject))
    for column in refusal.aSingleRow {
      #expect(noted.contains(String(column.dropLast(":missing".count))) || noted.contains(column))
    }
    // Rows that lack one of these are out, so the fit is that of the rows that remain.
    #expect(model.rows < outside.rows)
  }

  @Test(
    "without a least count the few rows of an indicator separate the outcome",
    arguments: RealPlan.those([("thiomon", "indicators")]))
  func fewRows(real: RealPlan) throws {
    let failure = try real.run().federation.failure()
    let separating = try #require(OutsideReference.read(real.plan).refusedFor).separating
    #expect(failure.code == "separation")
    #expect(separating.contains { failure.message.contains("“\($0)”") })
  }
}
