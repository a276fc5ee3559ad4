import Federation
import KonsilTesting
import LinearAlgebra
import PooledReference
import Preprocessing
import Regression
import Simulation
import Testing

/// A plan of `protocols/studies/real`, run over the sites of its study.
struct RealPlan: Sendable, CustomTestStringConvertible {
  let study: RealStudy
  let plan: String

  init?(_ study: String, _ plan: String) {
    guard let found = RealStudy.named(study) else { return nil }
    self.study = found
    self.plan = plan
  }

  var testDescription: String { plan }

  static func those(_ plans: [(String, String)]) -> [RealPlan] {
    plans.compactMap { RealPlan($0.0, "\($0.0)-\($0.1)") }.filter(\.study.isThere)
  }

  func run() throws -> (federation: SimulatedFederation, records: [(site: String, csv: String)], plan: Plan) {
    let records = try study.records()
    let text = try RealStudy.planText(plan)
    let federation = try study.federation(plan: text, records: records)
    return (federation, records, try SimulationFixture.plan(text, sites: records.map(\.site)))
  }
}

@Suite("Plans on real records, in one process with real masks", .serialized)
struct RealStudiesTests {
  @Test(
    "The federated fit is the pooled one, and that of other programs",
    arguments: RealPlan.those([
      ("thiomon", "remission"), ("prism", "ibd"), ("cis", "ridge"), ("arthritis", "cluster"),
      ("heart", "common"), ("heart", "sites"), ("eicu", "grouped"), ("gusto", "mortality"),
      ("gusto", "spline"), ("multicohort", "behaviour"), ("multicohort", "sites"),
    ]))
  func equalsPooled(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let pooledPlan = try PooledPlan(plan, dictionary: real.study.dictionary(), records: records, model: model)
    let design = try pooledPlan.design()
    let pooled = try pooledPlan.fit()
    let shared = pooled.names.indices.filter { model.names.contains(pooled.names[$0]) }
    #expect(model.names == shared.map { pooled.names[$0] })
    #expect(model.rows == design.rowCount)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: shared.map { pooled.coefficients[$0] },
      standardErrors: shared.map { pooled.standardErrors[$0] })
    #expect(difference <= 1e-9)
    for (ours, place) in zip(model.standardErrors, shared) {
      #expect(abs(ours / pooled.standardErrors[place] - 1) <= 1e-9)
    }
    #expect(abs(model.logLikelihood / pooled.logLikelihood - 1) <= 1e-9)
    print("\(real.plan): \(model.rows) rows, \(model.newtonSteps) Newton steps, max_difference \(difference)")

    guard plan.hasNoSpline else { return }
    let outside = try OutsideReference.read(real.plan)
    let places = outside.places(of: model.names)
    #expect(places.count == model.names.count)
    #expect(model.rows == outside.rows && model.events == outside.events)
    let others = try #require(outside.coefficients)
    let errors = try #require(outside.standardErrors)
    let fromOthers = try maxDifference(
      coefficients: model.coefficients, reference: places.map { others[$0] },
      standardErrors: places.map { errors[$0] })
    #expect(fromOthers <= 1e-8)
    for (ours, place) in zip(model.standardErrors, places) { #expect(abs(ours / errors[place] - 1) <= 1e-7) }
    if let degrees = outside.effectiveDegreesOfFreedom {
      #expect(abs(model.effectiveDegrees - degrees) <= 1e-8 * degrees)
    }
    // Products of age and a rare class make whole Newton steps too long at first, also on pooled records.
    #expect(model.newtonSteps <= (real.plan == "gusto-mortality" ? 14 : 10))
  }

  @Test("Firth's fit, intervals and tests are the pooled ones", arguments: RealPlan.those([("cis", "firth")]))
  func firth(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let pooled = try FirthFit(
      PooledPlan(plan, dictionary: real.study.dictionary(), records: records).design())
    let outside = try OutsideReference.read(real.plan)
    #expect(model.names == pooled.names && pooled.names == outside.names)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9)
    #expect(
      try maxDifference(
        coefficients: model.coefficients, reference: #require(outside.coefficients),
        standardErrors: #require(outside.standardErrors)) <= 1e-8)
    let profile = try #require(model.profile)
    for (place, interval) in profile.enumerated() {
      let (error, ends) = (pooled.standardErrors[place], try pooled.interval(of: place))
      #expect(abs(interval.lower - ends.lower) <= 1e-6 * error)
      #expect(abs(interval.upper - ends.upper) <= 1e-6 * error)
      #expect(abs(interval.lower - (try #require(outside.lower))[place]) <= 1e-6 * error)
      #expect(abs(interval.upper - (try #require(outside.upper))[place]) <= 1e-6 * error)
      #expect(abs(interval.p - (try pooled.pValue(of: place))) <= 1e-6)
      #expect(abs(interval.p - (try #require(outside.pValues))[place]) <= 1e-6)
    }
    print("\(real.plan): \(model.newtonSteps) Newton steps, max_difference \(difference)")
  }
}

extension Plan {
  /// Whether its design is known before a run.
  var hasNoSpline: Bool {
    guard case .logistic(let specification) = algorithm else { return true }
    for case .predictor(let predictor) in specification.terms {
      if case .spline = predictor.transformation { return false }
    }
    return true
  }
}
