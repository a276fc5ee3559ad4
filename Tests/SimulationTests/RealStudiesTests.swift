import Federation
import KonsilTesting
import LinearAlgebra
import PooledReference
import Preprocessing
import Regression
import Testing

@Suite("Plans on real records, in one process with real masks", .serialized)
struct RealStudiesTests {
  @Test(
    "The federated fit and its validation are the pooled ones, and those of other programs",
    arguments: RealPlan.those([
      ("thiomon", "remission"), ("prism", "ibd"), ("cis", "ridge"), ("arthritis", "cluster"),
      ("heart", "common"), ("heart", "sites"), ("eicu", "grouped"), ("gusto", "mortality"),
      ("multicohort", "behaviour"),
    ]))
  func validated(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let pooled = try PooledPlan(plan, dictionary: real.study.dictionary(), records: records)
    try expectEqual(model, pooled.fit(), real.plan)
    try expectOutside(model, OutsideReference.read(real.plan))
    // Rare classes that carry much make whole Newton steps too long at first, also on pooled records.
    #expect(model.newtonSteps <= (real.study.name == "gusto" ? 12 : 10))
    try expectValidation(of: model, pooled, OutsideReference.read(real.plan), real.plan)
  }

  @Test(
    "The federated fit is the pooled one, where no validation is planned",
    arguments: RealPlan.those([("gusto", "interaction"), ("multicohort", "sites")]))
  func fitted(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let pooled = try PooledPlan(plan, dictionary: real.study.dictionary(), records: records)
    try expectEqual(model, pooled.fit(), real.plan)
    try expectOutside(model, OutsideReference.read(real.plan))
  }

  @Test(
    "Splines at knots of the federation give the pooled fit with these knots",
    arguments: RealPlan.those([("gusto", "spline")]))
  func spline(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let pooled = try PooledPlan(plan, dictionary: real.study.dictionary(), records: records, model: model)
    try expectEqual(model, pooled.fit(), real.plan)
    #expect(model.names.filter { $0.hasPrefix("pulse") } == ["pulse", "pulse'", "pulse''", "pulse'''"])
  }

  @Test(
    "Firth's fit, intervals, tests and validation are the pooled ones",
    arguments: RealPlan.those([("cis", "firth")]))
  func firth(real: RealPlan) throws {
    let (federation, records, plan) = try real.run()
    let model = try federation.fittedModel()
    let pooledPlan = try PooledPlan(plan, dictionary: real.study.dictionary(), records: records)
    let pooled = try FirthFit(pooledPlan.design())
    let outside = try OutsideReference.read(real.plan)
    #expect(model.names == pooled.names && pooled.names == outside.names)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients,
      standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9)
    print("\(real.plan): \(model.rows) rows, \(model.newtonSteps) sums, max_difference \(difference)")
    try expectOutside(model, outside)
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
    try expectValidation(of: model, pooledPlan, outside, real.plan)
  }

  /// Site intercepts, which the reference has as columns, stay at the sites.
  private func expectEqual(_ model: LogisticModel, _ pooled: LogisticFit, _ plan: String) throws {
    let shared = pooled.names.indices.filter { model.names.contains(pooled.names[$0]) }
    #expect(model.names == shared.map { pooled.names[$0] })
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: shared.map { pooled.coefficients[$0] },
      standardErrors: shared.map { pooled.standardErrors[$0] })
    #expect(difference <= 1e-9)
    for (ours, place) in zip(model.standardErrors, shared) {
      #expect(abs(ours / pooled.standardErrors[place] - 1) <= 1e-9)
    }
    #expect(abs(model.logLikelihood / pooled.logLikelihood - 1) <= 1e-9)
    print("\(plan): \(model.rows) rows, \(model.newtonSteps) Newton steps, max_difference \(difference)")
  }

  private func expectOutside(_ model: LogisticModel, _ outside: OutsideReference) throws {
    let places = outside.places(of: model.names)
    #expect(places.count == model.names.count)
    #expect(model.rows == outside.rows && model.events == outside.events)
    let coefficients = try #require(outside.coefficients)
    let errors = try #require(outside.standardErrors)
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: places.map { coefficients[$0] },
      standardErrors: places.map { errors[$0] })
    #expect(difference <= 1e-8)
    for (ours, place) in zip(model.standardErrors, places) {
      #expect(abs(ours / errors[place] - 1) <= 1e-8)
    }
    if let likelihood = outside.logLikelihood {
      #expect(abs(model.logLikelihood / likelihood - 1) <= 1e-10)
    }
    if let degrees = outside.effectiveDegreesOfFreedom {
      #expect(abs(model.effectiveDegrees / degrees - 1) <= 1e-8)
    }
  }
}
