import KonsilTesting
import Preprocessing
import Regression
import Testing

/// Plans that between them ask every kind of query.
struct ProgramPlan: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let specification: LogisticSpecification
  var sites = [150, 120, 80, 50]
  var missingShare = 0.0
  var rowsPerPatient = 1

  init(
    _ name: String, _ predictors: [String] = ["age", "drug", "smoker"],
    _ change: (inout LogisticSpecification) -> Void
  ) {
    testDescription = name
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: predictors, penalty: .none)
    change(&specification)
    self.specification = specification
  }

  func federation(seed: UInt64, leastCount: Int = 5) throws -> ClearFederation {
    var limits = ClearFederation.Limits()
    limits.leastCount = leastCount
    limits.mostRowsPerPatient = rowsPerPatient
    let study = DrawnStudy(
      seed: seed, sites: sites, missing: missingShare, rowsPerPatient: rowsPerPatient)
    return try ClearFederation(study.table(), specification, limits: limits)
  }

  func with(sites: [Int]? = nil, missing: Double = 0, rowsPerPatient: Int = 1) -> ProgramPlan {
    var plan = self
    plan.sites = sites ?? self.sites
    plan.missingShare = missing
    plan.rowsPerPatient = rowsPerPatient
    return plan
  }

  static let folds = ProgramPlan("folds") {
    $0.validation = .folds(5, repeats: 2, seed: 3)
    $0.penalty = .ridge(lambda: 2)
  }
  static let siteFolds = ProgramPlan("folds beside site intercepts") {
    $0.validation = .folds(4, repeats: 2, seed: 3)
    $0.intercept = .site
    $0.recalibration = .site
  }
  static let auto = ProgramPlan("lambda: auto") { $0.penalty = .ridgeAuto }
  static let autoFolds = ProgramPlan("lambda: auto with folds") {
    $0.penalty = .ridgeAuto
    $0.validation = .folds(3, repeats: 2, seed: 1)
  }
  static let firth = ProgramPlan("firth with folds") {
    $0.penalty = .firth
    $0.validation = .folds(3, repeats: 1, seed: 1)
  }
  static let groups = ProgramPlan("groups of sites") {
    $0.validation = .groups([["site-0", "site-1", "site-2"], ["site-3", "site-4", "site-5"]])
  }.with(sites: Array(repeating: 60, count: 9))
  static let clusters = ProgramPlan("clusters with folds") {
    $0.standardErrors = .cluster
    $0.validation = .folds(5, repeats: 1, seed: 2)
  }.with(rowsPerPatient: 3)
  static let weights = ProgramPlan("sampling weights") {
    $0.weights = LogisticSpecification.Weights(variable: "weight", kind: .sampling)
    $0.validation = .folds(5, repeats: 1, seed: 2)
  }
  static let gaps = ProgramPlan("mean and indicator with a spline and products") {
    $0 = LogisticSpecification(
      outcome: SmallTable.outcome,
      terms: [
        .predictor(PlannedPredictor("age", transformation: .spline(knots: 4))),
        .predictor(PlannedPredictor("crp", transformation: .log)), .predictor(PlannedPredictor("drug")),
        .predictor(PlannedPredictor("smoker")), .interaction("crp", "smoker"),
      ])
    $0.missing = .meanAndIndicator
    $0.validation = .folds(3, repeats: 2, seed: 5)
  }.with(missing: 0.15)

  static let all = [
    folds, siteFolds, auto, autoFolds, firth, groups, clusters, weights, gaps,
  ]
}
