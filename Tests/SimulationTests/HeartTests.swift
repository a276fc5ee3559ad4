import Federation
import KonsilTesting
import LinearAlgebra
import PooledReference
import Regression
import Simulation
import Testing

@Suite("Four real hospitals, in one process with real masks")
struct HeartTests {
  @Test(
    "The federated fit equals the pooled one",
    .enabled(if: RealData.folder("multi-uci-heart") != nil, "the heart data set is not there"))
  func equalsPooled() throws {
    let records = try #require(try HeartData.records())
    let federation = try SimulationFixture.federation(
      dictionary: Checkout.text("Tests/Fixtures/heart/heart.yaml"),
      plan: Checkout.text("Tests/Fixtures/heart/heart.plan.yaml"), records: records)
    #expect(federation.run() == .finished)
    guard case .logistic(let model)? = federation.model else {
      Issue.record("no model: \(String(describing: federation.outcome))")
      return
    }

    let table = try PooledTable(texts: records.map { (name: $0.site, text: $0.csv) })
    let design = try PooledDesign(
      table,
      terms: [
        .numeric("age"), .numeric("sex"), .categorical("cp", levels: ["1.0", "2.0", "3.0", "4.0"]),
        .numeric("trestbps"), .numeric("thalach"), .numeric("exang"), .numeric("oldpeak"),
      ], outcome: "disease")
    let pooled = try LogisticFit(design)
    #expect(model.names == pooled.names)
    #expect(model.rows == design.rowCount)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9)
    for (ours, theirs) in zip(model.standardErrors, pooled.standardErrors) {
      #expect(abs(ours - theirs) <= 1e-9 * theirs)
    }
    #expect(model.newtonSteps <= 9)
    #expect(abs(model.logLikelihood - pooled.logLikelihood) <= 1e-9 * abs(pooled.logLikelihood))
    print("heart: \(model.newtonSteps) Newton steps, max_difference \(difference)")
  }
}
