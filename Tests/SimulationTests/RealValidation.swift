import Evaluation
import PooledReference
import Regression
import Testing

/// Expects a cross-validated AUC within two standard errors of the baseline beside the records, and measures that
/// are those of the pooled reference in the same folds.
func expectValidation(
  of model: LogisticModel, _ plan: PooledPlan, _ outside: OutsideReference, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let report = try #require(model.validation, "\(model.notes)", sourceLocation: sourceLocation)
  let baseline = try #require(outside.baseline, sourceLocation: sourceLocation)
  let found = report.crossValidated
  #expect(abs(found.auc - baseline.auc) <= 2 * baseline.standardError, sourceLocation: sourceLocation)
  // Folds dealt otherwise move it by chance alone.
  let elsewhere = try #require(outside.crossValidatedAuc, sourceLocation: sourceLocation)
  #expect(abs(found.auc - elsewhere) <= baseline.standardError, sourceLocation: sourceLocation)
  #expect(report.apparent.auc > found.auc, sourceLocation: sourceLocation)
  print(
    "\(name): AUC \(found.auc) in \(found.aucLower)...\(found.aucUpper), within sites \(found.withinSiteAUC),",
    "apparent \(report.apparent.auc), slope \(found.calibrationSlope), intercept",
    "\(found.calibrationIntercept), baseline \(baseline.auc) ± \(baseline.standardError)")

  // Rows that are dealt by more than the hash of their key are in folds that only the sites know.
  try #require(report.folds == 5 && report.leftOut.isEmpty, sourceLocation: sourceLocation)
  guard !report.notes.contains(where: { $0.contains("dealt") }) else { return }
  let validations = try plan.crossValidations()
  func mean(_ value: (CrossValidation) throws -> Double) throws -> Double {
    try validations.reduce(0) { try $0 + value($1) } / Double(validations.count)
  }
  let auc = try mean { try #require(areaUnderCurve($0.linearPredictors, outcome: $0.outcome)) }
  #expect(found.aucLower - 1e-9 <= auc && auc <= found.aucUpper + 1e-9, sourceLocation: sourceLocation)
  let within = try mean { validation in
    try #require(
      areaUnderCurve(
        validation.linearPredictors, outcome: validation.outcome, within: plan.sites(validation)))
  }
  // A pair or two whose predictions differ in rounding alone may be in the other order.
  #expect(abs(found.withinSiteAUC - within) <= 1e-4, sourceLocation: sourceLocation)
  let ones = validations.first?.outcome.map { _ in 1.0 } ?? []
  let brier = try mean { brierScore($0.linearPredictors, outcome: $0.outcome, weights: ones) }
  #expect(abs(found.brier / brier - 1) <= 1e-9, sourceLocation: sourceLocation)
  let loss = try mean { logLoss($0.linearPredictors, outcome: $0.outcome, weights: ones) }
  #expect(abs(found.logLoss / loss - 1) <= 1e-9, sourceLocation: sourceLocation)
}
