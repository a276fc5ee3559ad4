import Cohorts
import Evaluation
import Foundation
import KonsilTesting
import PooledReference
import Preprocessing
import Queries
import Regression
import Testing

@Suite("A validation")
struct ValidationTests {
  private static let terms: [PooledDesign.Term] = [
    .numeric("age"), .categorical("drug", levels: DrawnStudy.drugs), .numeric("smoker"),
  ]
  private static let predictors = ["age", "drug", "smoker"]

  /// Each row's part in a repeat, by the hash of seed and patient.
  private static func folds(_ study: DrawnStudy, parts: Int, seed: UInt64, repeat count: Int) -> [Int] {
    study.rows.map { row in
      PatientNumber.part(
        of: PatientNumber.of("patient \(row.patient)"), seed: seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(count),
        parts: parts)
    }
  }

  /// What is computed of held-out scores in one place.
  private struct Plain {
    let scores: [Double]
    let outcome: [Double]
    let sites: [String]

    var line: (intercept: Double, slope: Double) { fitted(slope: nil) }
    var shift: Double { fitted(slope: 1).intercept }

    /// Newton's method on two parameters, or one.
    private func fitted(slope fixed: Double?) -> (intercept: Double, slope: Double) {
      var (intercept, slope) = (0.0, 1.0)
      for _ in 0..<50 {
        var (first, second, aa, ab, bb) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (score, outcome) in zip(scores, outcome) {
          let p = 1 / (1 + exp(-(intercept + slope * score)))
          first += outcome - p
          second += (outcome - p) * score
          aa += p * (1 - p)
          ab += p * (1 - p) * score
          bb += p * (1 - p) * score * score
        }
        if fixed == nil {
          let determinant = aa * bb - ab * ab
          intercept += (bb * first - ab * second) / determinant
          slope += (aa * second - ab * first) / determinant
        } else {
          intercept += first / aa
        }
      }
      return (intercept, slope)
    }
  }

  private static func expect(_ found: Performance, _ plain: [Plain], leastCount: Int, _ note: String) {
    func mean(_ value: (Plain) -> Double) -> Double {
      plain.reduce(0) { $0 + value($1) } / Double(plain.count)
    }
    func ones(_ plain: Plain) -> [Double] { plain.outcome.map { _ in 1 } }
    let within = mean { areaUnderCurve($0.scores, outcome: $0.outcome, within: $0.sites) ?? .nan }
    #expect(abs(found.withinSiteAUC - within) <= 1e-12, "\(note)")
    let brier = mean { brierScore($0.scores, outcome: $0.outcome, weights: ones($0)) }
    #expect(abs(found.brier - brier) <= 1e-10, "\(note)")
    let loss = mean { logLoss($0.scores, outcome: $0.outcome, weights: ones($0)) }
    #expect(abs(found.logLoss - loss) <= 1e-10, "\(note)")
    let area = mean { areaUnderCurve($0.scores, outcome: $0.outcome) ?? .nan }
    #expect((found.aucLower...found.aucUpper).contains(area), "\(note)")
    #expect(found.aucUpper - found.aucLower < 0.05 && abs(found.auc - area) < 0.025, "\(note)")
    #expect(abs(found.calibrationSlope - mean(\.line.slope)) <= 1e-7, "\(note)")
    #expect(abs(found.calibrationIntercept - mean(\.shift)) <= 1e-7, "\(note)")
    #expect(found.bins.allSatisfy { $0.rows >= leastCount && (0...$0.rows).contains($0.events) }, "\(note)")
    #expect(found.bins.reduce(0) { $0 + $1.rows } == plain[0].scores.count, "\(note)")
  }

  private static let plans: [EqualPlan] = [
    EqualPlan("plain", [], terms),
    EqualPlan("ridge, each part by its own standardisation", [], terms) { $0.penalty = .ridge(lambda: 30) },
    EqualPlan("weights", [], terms) {
      $0.weights = LogisticSpecification.Weights(variable: "weight", kind: .frequency)
      $0.penalty = .ridge(lambda: 30)
    },
    EqualPlan("mean and indicator, each part by its own means", [], terms) {
      $0.missing = .meanAndIndicator
      $0.penalty = .ridge(lambda: 10)
    }.with(missing: 0.15),
    EqualPlan("several rows a patient", [], terms) { $0.standardErrors = .cluster }.with(rowsPerPatient: 4),
  ]

  @Test(
    "fits each part's training rows as the pooled fit does, and scores the held-out rows", arguments: plans,
    [UInt64(1), 2])
  func equality(plan: EqualPlan, seed: UInt64) throws {
    let study = plan.study(seed: seed)
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: Self.predictors, penalty: plan.specification.penalty)
    specification.missing = plan.specification.missing
    specification.weights = plan.specification.weights
    specification.standardErrors = plan.specification.standardErrors
    specification.validation = .folds(4, repeats: 3, seed: 17)
    var limits = ClearFederation.Limits()
    limits.mostRowsPerPatient = plan.rowsPerPatient
    limits.leastCount = 3
    var federation = try ClearFederation(study.table(), specification, limits: limits)
    let model = try federation.fit()
    let report = try #require(model.validation, "\(model.notes)")
    #expect(report.folds == 4 && report.repeats == 3 && report.leftOut == [] && report.notes == [])
    let table = try study.pooled()
    func design(_ training: Set<Int>?) throws(PooledReferenceError) -> PooledDesign {
      try PooledDesign(
        table, terms: Self.terms, outcome: SmallTable.outcome,
        missing: specification.missing == .meanAndIndicator ? .meanAndIndicator : .dropped,
        weights: specification.weights?.variable, training: training)
    }
    func fit(_ design: PooledDesign) throws(PooledReferenceError) -> [Double] {
      try LogisticFit(design, ridge: model.lambda).coefficients
    }
    let sites = study.sites.enumerated().flatMap { Array(repeating: "\($0)", count: $1) }
    let whole = try design(nil)
    let apparent = Plain(
      scores: whole.linearPredictors(try fit(whole)), outcome: whole.outcome,
      sites: whole.tableRows.map { sites[$0] })
    Self.expect(report.apparent, [apparent], leastCount: 3, "apparent, seed \(seed)")
    let repeats = try (0..<3).map { count in
      let held = try CrossValidation(
        folds: Self.folds(study, parts: 4, seed: 17, repeat: count), count: 4, design: design, fit: fit)
      return Plain(
        scores: held.linearPredictors, outcome: held.outcome, sites: held.tableRows.map { sites[$0] })
    }
    Self.expect(report.crossValidated, repeats, leastCount: 3, "held out, seed \(seed)")
    for (found, plain) in zip(report.repeatAUC, repeats) {
      #expect(abs(found - (areaUnderCurve(plain.scores, outcome: plain.outcome) ?? .nan)) < 0.025)
    }
    // It is not the same figure twice.
    #expect(report.crossValidated.brier != report.apparent.brier)
  }

  /// A drawn study and two marks: all who have the first in one fold's training set are ill, and with Firth's penalty
  /// or a ridge that has an estimate; the other follows from the first in another's.
  private struct Marked {
    let study: DrawnStudy
    let separating: [Double]
    let doubled: [Double]

    init() {
      let study = DrawnStudy(seed: 8)
      let folds = ValidationTests.folds(study, parts: 4, seed: 17, repeat: 0)
      self.study = study
      // Of the ill every eighth, and of the others some of the first part alone.
      let marks = study.rows.indices.map { row in
        study.rows[row].ill == 1 ? row % 8 == 0 : folds[row] == 0 && row % 4 == 0
      }
      separating = marks.map { $0 ? 1 : 0 }
      doubled = study.rows.indices.map { row in folds[row] == 1 && row % 3 == 0 ? 1 : study.rows[row].smoker }
    }

    func table() throws -> SmallTable {
      let ages = study.rows.map(\.age)
      return try SmallTable(
        [
          (.number("age", 18, 100), .numbers(ages)), (.binary("smoker"), .numbers(study.rows.map(\.smoker))),
          (.binary("separating"), .numbers(separating)), (.binary("doubled"), .numbers(doubled)),
        ], outcome: study.rows.map(\.ill), rows: study.sites, patients: study.rows.map(\.patient))
    }

    func fit(_ terms: [PlannedTerm], _ penalty: LogisticSpecification.Penalty) throws -> LogisticModel {
      var specification = LogisticSpecification(outcome: SmallTable.outcome, terms: terms, penalty: penalty)
      specification.validation = .folds(4, repeats: 1, seed: 17)
      var federation = try ClearFederation(table(), specification)
      return try federation.fit()
    }
  }

  @Test("goes on without a column that has no estimate in some part, and the report names it")
  func separationInPart() throws {
    let marked = Marked()
    func terms(_ names: [String]) -> [PlannedTerm] { names.map { .predictor(PlannedPredictor($0)) } }
    let model = try marked.fit(
      terms(["age", "separating", "smoker", "doubled"]) + [.interaction("age", "separating")], .none)
    // The model itself has it.
    #expect(model.columns.map(\.name) == ["age", "separating", "smoker", "doubled", "age*separating"])
    let report = try #require(model.validation, "\(model.notes)")
    #expect(Set(report.leftOut) == ["separating", "age*separating", "doubled"], "\(report.leftOut)")
    let reasons = [
      "not in the validated models, since without some part it separates the outcome: separating, age*separating",
      "not in the validated models, since without some part it follows from other columns: doubled",
    ]
    #expect(reasons.allSatisfy(report.notes.contains), "\(report.notes)")
    #expect(report.notes.contains("the apparent figures are of the whole model, with these columns"))
    // What is left is what a plan without these columns gives, in the same parts.
    let plain = try #require(try marked.fit(terms(["age", "smoker"]), .none).validation)
    #expect(plain.leftOut == [])
    #expect(abs(report.crossValidated.brier - plain.crossValidated.brier) <= 1e-9)
    #expect(abs(report.crossValidated.withinSiteAUC - plain.crossValidated.withinSiteAUC) <= 1e-9)
    #expect(abs(report.crossValidated.calibrationSlope - plain.crossValidated.calibrationSlope) <= 1e-6)
    // The whole model predicts better on its own rows than the smaller one.
    #expect(report.apparent.logLoss < plain.apparent.logLoss)
  }

  @Test("says where fewer than ten rows of the rarer outcome stand for a column, but not under a penalty")
  func eventsForColumn() throws {
    for (sites, penalty, isTold) in [
      ([20, 20, 20], LogisticSpecification.Penalty.none, true), ([20, 20, 20], .ridge(lambda: 1), false),
      ([200, 200, 200], .none, false),
    ] {
      let study = DrawnStudy(seed: 5, sites: sites)
      var federation = try ClearFederation(
        study.table(), penalty: penalty, predictors: ["age", "smoker", "stage"])
      let model = try federation.fit()
      let note = model.notes.first { $0.subject == "events" }
      #expect((note != nil) == isTold, "\(sites)")
      let rarer = min(model.events, model.rows - model.events)
      #expect(note?.detail.hasPrefix("\(rarer) rows of the rarer outcome for 3 columns") ?? true)
    }
  }

  @Test("under Firth's penalty leaves a column out that follows from others in some part")
  func aliasInPart() throws {
    let marked = Marked()
    func fit(_ names: [String]) throws -> ValidationReport {
      let model = try marked.fit(names.map { .predictor(PlannedPredictor($0)) }, .firth)
      return try #require(model.validation, "\(model.notes)")
    }
    let report = try fit(["age", "separating", "smoker", "doubled"])
    #expect(report.leftOut == ["doubled"])
    let plain = try fit(["age", "separating", "smoker"])
    #expect(plain.leftOut == [])
    #expect(abs(report.crossValidated.brier - plain.crossValidated.brier) <= 1e-9)
  }

  @Test("beside site intercepts scores every row that is counted, so that no site's rows are the difference")
  func scoredRows() throws {
    let plan = ProgramPlan.siteFolds.with(sites: [150, 120, 80, 40, 30])
    var study = DrawnStudy(seed: 2, sites: plan.sites)
    // The last site but one has one event, which some part has all of; the last has none.
    for row in 350..<420 { study.rows[row].ill = row == 360 ? 1 : 0 }
    var federation = try ClearFederation(study.table(), plan.specification)
    let model = try federation.fit()
    let sums = federation.steps.map { ($0.query, $0.sum.values) }
    func values(_ query: String, _ segment: String) throws -> [Double] {
      let (asked, values) = try #require(sums.last { $0.0.name == query })
      return values[try #require(asked.segments.firstIndex { $0.name == segment })]
    }
    #expect(model.rows == 390 && model.validation != nil, "\(model.notes)")
    #expect(try values("counts", "rows") == [390])
    #expect(try values("performance", "scored-rows") == [390, 390, 390])
    let events = Double(model.events)
    #expect(try values("performance", "scored-events") == [events, events, events])
  }

  @Test("leaves out groups of sites: each is predicted by the sites outside it", arguments: [UInt64(1), 2])
  func groups(seed: UInt64) throws {
    let plan = ProgramPlan.groups
    var federation = try plan.federation(seed: seed)
    let model = try federation.fit()
    let report = try #require(model.validation, "\(model.notes)")
    let study = DrawnStudy(seed: seed, sites: plan.sites)
    let table = try study.pooled()
    let sites = study.sites.enumerated().flatMap { Array(repeating: $0, count: $1) }
    let whole = try PooledDesign(table, terms: Self.terms, outcome: SmallTable.outcome)
    // Three sites are in no group: they train both, and are held out of none.
    var scores: [Double] = []
    var rows: [Int] = []
    for group in [0..<3, 3..<6] {
      let training = sites.indices.filter { !group.contains(sites[$0]) }
      let fit = try LogisticFit(whole.selecting(training))
      let predicted = whole.linearPredictors(fit.coefficients)
      for row in sites.indices where group.contains(sites[row]) {
        scores.append(predicted[row])
        rows.append(row)
      }
    }
    let plain = Plain(
      scores: scores, outcome: rows.map { whole.outcome[$0] }, sites: rows.map { "\(sites[$0])" })
    Self.expect(report.crossValidated, [plain], leastCount: 5, "seed \(seed)")
    #expect(report.groups?.count == 2)
  }

  @Test("beside site intercepts, predicts with the intercept that each site solves on its training rows")
  func siteIntercepts() throws {
    let study = DrawnStudy(seed: 3)
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: Self.predictors, penalty: .none)
    specification.intercept = .site
    specification.validation = .folds(3, repeats: 1, seed: 5)
    var federation = try ClearFederation(study.table(), specification)
    let model = try federation.fit()
    let report = try #require(model.validation)
    let sites = study.sites.enumerated().flatMap { Array(repeating: "\($0)", count: $1) }
    let table = try study.pooled()
    let held = try CrossValidation(
      folds: Self.folds(study, parts: 3, seed: 5, repeat: 0), count: 3,
      design: { _ throws(PooledReferenceError) in
        try PooledDesign(table, terms: Self.terms + [.sites], outcome: SmallTable.outcome)
      },
      fit: { design throws(PooledReferenceError) in try LogisticFit(design).coefficients })
    let plain = Plain(scores: held.linearPredictors, outcome: held.outcome, sites: sites)
    Self.expect(report.crossValidated, [plain], leastCount: 1, "")
  }

  @Test("finds the penalty of the least held-out deviance, and prints the path")
  func lambda() throws {
    let study = DrawnStudy(seed: 4, sites: [60, 50, 40, 30])
    var federation = try ClearFederation(study.table(), penalty: .ridgeAuto, predictors: Self.predictors)
    let model = try federation.fit()
    let path = try #require(model.lambdaPath)
    #expect(path.count == 13)
    let table = try study.pooled()
    let folds = Self.folds(study, parts: 5, seed: 0, repeat: 0)
    for (place, point) in path.enumerated() {
      #expect(abs(point.lambda - pow(10, Double(place - 4) / 2)) <= 1e-12 * point.lambda)
      let held = try CrossValidation(
        folds: folds, count: 5,
        design: { _ throws(PooledReferenceError) in
          try PooledDesign(table, terms: Self.terms, outcome: SmallTable.outcome)
        },
        fit: { design throws(PooledReferenceError) in
          try LogisticFit(design, ridge: point.lambda).coefficients
        })
      let deviance =
        2 * 180
        * logLoss(held.linearPredictors, outcome: held.outcome, weights: held.outcome.map { _ in 1 })
      #expect(abs(point.deviance - deviance) <= 1e-8 * deviance, "λ \(point.lambda)")
    }
    let best = try #require(path.min { $0.deviance < $1.deviance })
    #expect(model.lambda == best.lambda)
    // The whole model is fitted at it.
    let pooled = try LogisticFit(
      PooledDesign(table, terms: Self.terms, outcome: SmallTable.outcome), ridge: best.lambda)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients, standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9)
    // Few sums: all parts and penalties in one vector.
    #expect(federation.newton.count <= 20 && model.newtonSteps <= 10)
  }

  @Test("at home each site sees how the model does on its own rows")
  func findings() throws {
    var federation = try ProgramPlan.siteFolds.federation(seed: 6)
    _ = try federation.fit()
    for site in federation.sites {
      let findings = Dictionary(
        site.findings.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      #expect(
        Set(findings.keys) == [
          "auc_apparent", "auc_cross_validated", "intercept", "recalibration_intercept",
          "recalibration_slope",
        ])
      #expect(findings.values.allSatisfy { $0.isFinite })
    }
  }
}
