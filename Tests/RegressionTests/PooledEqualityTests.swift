import Cohorts
import KonsilTesting
import PooledReference
import Preprocessing
import Queries
import Regression
import Testing

/// A plan and the terms of the pooled fit that it must equal.
struct EqualPlan: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let specification: LogisticSpecification
  /// From the fitted design, for the knots of a spline.
  let terms: @Sendable ([DesignColumn]) -> [PooledDesign.Term]
  var missingShare = 0.0
  var rowsPerPatient = 1

  init(
    _ name: String, _ planned: [PlannedTerm], _ terms: [PooledDesign.Term],
    change: (inout LogisticSpecification) -> Void = { _ in }
  ) {
    self.init(name, planned, { _ in terms }, change)
  }

  init(
    _ name: String, _ planned: [PlannedTerm],
    _ terms: @escaping @Sendable ([DesignColumn]) -> [PooledDesign.Term],
    _ change: (inout LogisticSpecification) -> Void = { _ in }
  ) {
    testDescription = name
    var specification = LogisticSpecification(outcome: SmallTable.outcome, terms: planned)
    change(&specification)
    self.specification = specification
    self.terms = terms
  }

  func study(seed: UInt64) -> DrawnStudy {
    DrawnStudy(seed: seed, missing: missingShare, rowsPerPatient: rowsPerPatient)
  }

  func with(missing: Double = 0, rowsPerPatient: Int = 1) -> EqualPlan {
    var plan = self
    plan.missingShare = missing
    plan.rowsPerPatient = rowsPerPatient
    return plan
  }

  func design(_ study: DrawnStudy, _ model: LogisticModel) throws -> PooledDesign {
    try PooledDesign(
      study.pooled(), terms: terms(model.columns) + (model.hasIntercept ? [] : [.sites]),
      outcome: SmallTable.outcome,
      missing: specification.missing == .meanAndIndicator ? .meanAndIndicator : .dropped,
      weights: specification.weights?.variable,
      clusters: specification.standardErrors == .cluster ? "patient" : nil)
  }
}

extension EqualPlan {
  private static func terms(_ names: String...) -> [PlannedTerm] {
    names.map { .predictor(PlannedPredictor($0)) }
  }

  private static func planned(
    _ name: String, _ transformation: PlannedPredictor.Transformation = .none, per: Double = 1,
    coding: PlannedPredictor.Coding = .linear, reference: String? = nil
  ) -> PlannedTerm {
    .predictor(
      PlannedPredictor(
        name, transformation: transformation, per: per, coding: coding, reference: reference))
  }

  private static let all = terms("age", "crp", "drug", "stage", "smoker")
  private static let allPooled: [PooledDesign.Term] = [
    .numeric("age"), .numeric("crp"), .categorical("drug", levels: DrawnStudy.drugs),
    .ordinal("stage", levels: DrawnStudy.stages), .numeric("smoker"),
  ]

  static let estimations: [EqualPlan] = [
    EqualPlan("plain", all, allPooled),
    EqualPlan("ridge", all, allPooled) { $0.penalty = .ridge(lambda: 7) },
    EqualPlan("site intercepts", all, allPooled) { $0.intercept = .site },
    EqualPlan("site intercepts with ridge", all, allPooled) {
      $0.intercept = .site
      $0.penalty = .ridge(lambda: 7)
    },
    EqualPlan("clusters", all, allPooled) { $0.standardErrors = .cluster }.with(rowsPerPatient: 4),
    EqualPlan("clusters beside site intercepts", all, allPooled) {
      $0.standardErrors = .cluster
      $0.intercept = .site
    }.with(rowsPerPatient: 4),
    EqualPlan("frequency weights", all, allPooled) {
      $0.weights = LogisticSpecification.Weights(variable: "weight", kind: .frequency)
    },
    EqualPlan("sampling weights", all, allPooled) {
      $0.weights = LogisticSpecification.Weights(variable: "weight", kind: .sampling)
    },
    EqualPlan("weights with site intercepts and ridge", all, allPooled) {
      $0.weights = LogisticSpecification.Weights(variable: "weight", kind: .frequency)
      $0.intercept = .site
      $0.penalty = .ridge(lambda: 3)
    },
    EqualPlan("complete cases", all, allPooled).with(missing: 0.1),
    EqualPlan("mean and indicator", all, allPooled) { $0.missing = .meanAndIndicator }.with(missing: 0.1),
    EqualPlan("mean and indicator with ridge and weights", all, allPooled) {
      $0.missing = .meanAndIndicator
      $0.penalty = .ridge(lambda: 4)
      $0.weights = LogisticSpecification.Weights(variable: "weight", kind: .frequency)
    }.with(missing: 0.1),
    EqualPlan("mean and indicator with site intercepts", all, allPooled) {
      $0.missing = .meanAndIndicator
      $0.intercept = .site
    }.with(missing: 0.1),
  ]

  static let designs: [EqualPlan] = [
    EqualPlan(
      "log and log1p", [planned("crp", .log), planned("age", .log1p)],
      [.transformed("crp", .log), .transformed("age", .log1p)]),
    EqualPlan(
      "hinge beside the number", [planned("age"), planned("age", .hinge(55)), planned("crp", .log)],
      [.numeric("age"), .transformed("age", .hinge(55)), .transformed("crp", .log)]),
    EqualPlan(
      "per ten", [planned("age", per: 10), planned("crp", .log1p, per: 2)],
      [.transformed("age", .identity, per: 10), .transformed("crp", .log1p, per: 2)]),
    EqualPlan(
      "products of numbers and levels",
      terms("age", "drug", "smoker") + [.interaction("age", "smoker"), .interaction("drug", "age")],
      [
        .numeric("age"), .categorical("drug", levels: DrawnStudy.drugs), .numeric("smoker"),
        .product(.numeric("age"), .numeric("smoker")),
        .product(.categorical("drug", levels: DrawnStudy.drugs), .numeric("age")),
      ]),
    EqualPlan(
      "levels of an ordinal", [planned("stage", coding: .levels), planned("age")],
      [.categorical("stage", levels: DrawnStudy.stages), .numeric("age")]),
    EqualPlan(
      "another reference", [planned("drug", reference: "b"), planned("age")],
      [.categorical("drug", levels: ["b", "none", "a", "c"]), .numeric("age")]),
    EqualPlan(
      "not applicable counts as 0", terms("dose", "smoker", "drug"),
      [.numeric("dose"), .numeric("smoker"), .categorical("drug", levels: DrawnStudy.drugs)]),
    EqualPlan("spline", [planned("age", .spline(knots: 4), per: 10), planned("smoker")]) { columns in
      [.transformed("age", .spline(knots: knots(columns)), per: 10), .numeric("smoker")]
    },
    EqualPlan("spline of missing numbers", [planned("crp", .spline(knots: 3)), planned("smoker")]) {
      [.transformed("crp", .spline(knots: knots($0))), .numeric("smoker")]
    } _: {
      $0.missing = .meanAndIndicator
    }.with(missing: 0.1),
  ]

  private static func knots(_ columns: [DesignColumn]) -> [Double] {
    for column in columns {
      guard case .value(_, let transform)? = column.factors.first,
        case .spline(let knots, term: 1) = transform.kind
      else { continue }
      return knots
    }
    return []
  }
}

@Suite("A federated fit equals the pooled one")
struct PooledEqualityTests {
  @Test("however it is estimated", arguments: EqualPlan.estimations, [UInt64(1), 2, 3])
  func estimations(plan: EqualPlan, seed: UInt64) throws { try Self.compare(plan, seed) }

  @Test("whatever its columns are made of", arguments: EqualPlan.designs, [UInt64(4), 5, 6])
  func designs(plan: EqualPlan, seed: UInt64) throws { try Self.compare(plan, seed) }

  private static func compare(_ plan: EqualPlan, _ seed: UInt64) throws {
    let study = plan.study(seed: seed)
    var limits = ClearFederation.Limits()
    limits.mostRowsPerPatient = plan.rowsPerPatient
    var federation = try ClearFederation(study.table(), plan.specification, limits: limits)
    let model = try federation.fit()
    let design = try plan.design(study, model)
    let errors: LogisticFit.Errors =
      plan.specification.standardErrors == .cluster
      ? .clusters : plan.specification.weights?.kind == .sampling ? .rows : .model
    let pooled = try LogisticFit(design, ridge: model.lambda, errors: errors)
    // Intercepts of the sites stand at the end there, and stay with the sites here.
    let places = model.hasIntercept ? Array(pooled.names.indices) : Array(1...model.columns.count)
    let reference = places.map { pooled.standardErrors[$0] }
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: places.map { pooled.coefficients[$0] },
      standardErrors: reference)
    #expect(difference <= 1e-9, "seed \(seed)")
    for (found, expected) in zip(model.standardErrors, reference) {
      #expect(abs(found - expected) <= 1e-8 * expected, "seed \(seed)")
    }
    #expect(
      abs(model.logLikelihood - pooled.logLikelihood) <= 1e-10 * abs(pooled.logLikelihood), "seed \(seed)")
    #expect(model.rows == design.rowCount && model.newtonSteps <= 9, "seed \(seed)")
    let withSites = Double(model.hasIntercept ? 0 : study.sites.count)
    #expect(
      abs(model.effectiveDegrees + withSites - pooled.effectiveDegreesOfFreedom) <= 1e-7, "seed \(seed)")
  }

  @Test("by Firth's penalised likelihood, with its intervals and tests", arguments: UInt64(1)...3)
  func firth(seed: UInt64) throws {
    let study = DrawnStudy(seed: seed, sites: [40, 30, 20])
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: ["age", "drug", "smoker"], penalty: .firth)
    specification.missing = .refuse
    var federation = try ClearFederation(study.table(), specification)
    let model = try federation.fit()
    let design = try PooledDesign(
      study.pooled(),
      terms: [.numeric("age"), .categorical("drug", levels: DrawnStudy.drugs), .numeric("smoker")],
      outcome: SmallTable.outcome)
    let pooled = try FirthFit(design)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9, "seed \(seed)")
    let profile = try #require(model.profile)
    for (index, error) in pooled.standardErrors.enumerated() {
      #expect(abs(model.standardErrors[index] - error) <= 1e-8 * error, "seed \(seed)")
      let interval = try pooled.interval(of: index)
      #expect(abs(profile[index].lower - interval.lower) <= 1e-6 * error, "seed \(seed), \(index)")
      #expect(abs(profile[index].upper - interval.upper) <= 1e-6 * error, "seed \(seed), \(index)")
      #expect(abs(profile[index].p - (try pooled.pValue(of: index))) <= 1e-7, "seed \(seed), \(index)")
    }
    // It shrinks: the plain fit is another one.
    let plain = try LogisticFit(design)
    #expect(
      try maxDifference(
        coefficients: model.coefficients, reference: plain.coefficients,
        standardErrors: plain.standardErrors) > 1e-3)
  }

  @Test("by Firth's where a column separates the outcome", arguments: UInt64(1)...5)
  func separated(seed: UInt64) throws {
    var study = DrawnStudy(seed: seed, sites: [40, 30, 20])
    for row in study.rows.indices where study.rows[row].drug == 3 { study.rows[row].ill = 1 }
    var federation = try ClearFederation(study.table(), penalty: .firth, predictors: ["age", "drug"])
    let model = try federation.fit()
    let design = try PooledDesign(
      study.pooled(), terms: [.numeric("age"), .categorical("drug", levels: DrawnStudy.drugs)],
      outcome: SmallTable.outcome)
    let pooled = try FirthFit(design)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9, "seed \(seed)")
    let column = try #require(model.names.firstIndex(of: "drug=c"))
    let profile = try #require(model.profile)[column]
    let interval = try pooled.interval(of: column)
    #expect(
      abs(profile.lower - interval.lower) <= 1e-6 && abs(profile.upper - interval.upper) <= 1e-6,
      "seed \(seed)")
    #expect(abs(profile.p - (try pooled.pValue(of: column))) <= 1e-9, "seed \(seed)")
    // Without the penalty there is no estimate, and the column is named.
    var plain = try ClearFederation(study.table(), predictors: ["age", "drug"])
    let error = #expect(throws: AnalysisError.self) { try plain.fit() }
    #expect(error?.code == .separation)
    #expect(error?.message.contains("drug=c") == true)
  }

  @Test("and is the same however the rows are split among sites, and in whichever order the sites stand")
  func invariance() throws {
    let plans = EqualPlan.estimations.filter { $0.specification.intercept == .common } + EqualPlan.designs
    for plan in plans {
      let study = plan.study(seed: 9)
      var limits = ClearFederation.Limits()
      limits.mostRowsPerPatient = plan.rowsPerPatient
      var models: [LogisticModel] = []
      for other in [
        study, plan.rowsPerPatient > 1 ? study.rotated : study.split([90, 110, 100, 60, 40]), study.rotated,
      ] {
        var federation = try ClearFederation(other.table(), plan.specification, limits: limits)
        models.append(try federation.fit())
      }
      for model in models.dropFirst() {
        let difference = try maxDifference(
          coefficients: model.coefficients, reference: models[0].coefficients,
          standardErrors: models[0].standardErrors)
        #expect(difference <= 1e-9, "\(plan.testDescription)")
        for (found, expected) in zip(model.standardErrors, models[0].standardErrors) {
          #expect(abs(found - expected) <= 1e-8 * expected, "\(plan.testDescription)")
        }
      }
    }
  }
}

extension DrawnStudy {
  /// The first site's rows at the end.
  fileprivate var rotated: DrawnStudy {
    var other = self
    other.rows = Array(rows.dropFirst(sites[0]) + rows.prefix(sites[0]))
    other.sites = Array(sites.dropFirst() + sites.prefix(1))
    return other
  }
}
