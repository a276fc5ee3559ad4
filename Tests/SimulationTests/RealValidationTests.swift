import Evaluation
import Federation
import KonsilTesting
import PooledReference
import Regression
import Simulation
import Testing

@Suite("Cross-validation on real records", .serialized)
struct RealValidationTests {
  private static let plans = RealPlan.those([
    ("thiomon", "remission"), ("prism", "ibd"), ("cis", "ridge"), ("cis", "firth"),
    ("arthritis", "cluster"), ("heart", "common"), ("heart", "sites"), ("eicu", "grouped"),
    ("gusto", "mortality"), ("multicohort", "behaviour"), ("multicohort", "sites"),
  ])

  @Test("The AUC is within two standard errors of the baseline beside the records", arguments: plans)
  func withinTwoErrors(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let report = try #require(model.validation)
    let outside = try OutsideReference.read(real.plan)
    let baseline = try #require(outside.baseline)
    let found = report.crossValidated
    #expect(found.aucLower <= found.auc && found.auc <= found.aucUpper)
    #expect(abs(found.auc - baseline.auc) <= 2 * baseline.standardError)
    // Folds dealt otherwise move it by chance alone.
    #expect(abs(found.auc - (try #require(outside.crossValidatedAuc))) <= baseline.standardError)
    #expect(report.apparent.auc > found.auc - 0.01)

    let pooledPlan = try PooledPlan(plan, dictionary: real.study.dictionary(), records: records, model: model)
    try expectEqual(report, pooledPlan)
    print(
      "\(real.plan): AUC \(found.auc) in \(found.aucLower)...\(found.aucUpper), within sites",
      "\(found.withinSiteAUC), apparent \(report.apparent.auc), slope \(found.calibrationSlope),",
      "baseline \(baseline.auc) ± \(baseline.standardError)")
  }

  /// Expects what the pooled reference gives in the same folds, where rows are dealt by the hash alone.
  private func expectEqual(_ report: ValidationReport, _ plan: PooledPlan) throws {
    guard report.folds == 5, report.leftOut.isEmpty, !report.notes.contains(where: { $0.contains("dealt") })
    else { return }
    let validations = try plan.crossValidations()
    func mean(_ value: (CrossValidation) throws -> Double) throws -> Double {
      try validations.reduce(0) { try $0 + value($1) } / Double(validations.count)
    }
    let found = report.crossValidated
    let auc = try mean { try #require(areaUnderCurve($0.linearPredictors, outcome: $0.outcome)) }
    #expect(found.aucLower <= auc && auc <= found.aucUpper)
    let within = try mean { validation in
      try #require(
        areaUnderCurve(
          validation.linearPredictors, outcome: validation.outcome, within: plan.sites(validation)))
    }
    #expect(abs(found.withinSiteAUC - within) <= 1e-9)
    let ones = validations.first?.outcome.map { _ in 1.0 } ?? []
    let brier = try mean { brierScore($0.linearPredictors, outcome: $0.outcome, weights: ones) }
    #expect(abs(found.brier / brier - 1) <= 1e-9)
    let loss = try mean { logLoss($0.linearPredictors, outcome: $0.outcome, weights: ones) }
    #expect(abs(found.logLoss / loss - 1) <= 1e-9)
  }
}
