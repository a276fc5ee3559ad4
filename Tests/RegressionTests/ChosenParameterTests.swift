import Cohorts
import Foundation
import KonsilTesting
import Preprocessing
import Queries
import Regression
import Testing

/// A coordinator that chooses parameters to see one patient.
@Suite("Parameters that would isolate a patient")
struct ChosenParameterTests {
  /// Four sites of 40 rows of x in -1 … 1 but for one patient at the first site; `b` agrees with the outcome in
  /// all rows but that patient's.
  private static func table() throws -> SmallTable {
    var random = SeededRandom(seed: 11)
    var x: [Double] = []
    var b: [Double] = []
    var outcome: [Double] = []
    for _ in 0..<160 {
      x.append(Double.random(in: -1...1, using: &random))
      outcome.append(Double(Int.random(in: 0...1, using: &random)))
      b.append(outcome[outcome.count - 1])
    }
    x[7] = 9
    (b[7], outcome[7]) = (1, 0)
    return try SmallTable(
      [(.number("x", -10, 10), .numbers(x)), (.binary("b"), .numbers(b))], outcome: outcome,
      rows: [40, 40, 40, 40])
  }

  private static func plan(
    _ predictors: [String], _ change: (inout LogisticSpecification) -> Void = { _ in }
  ) throws -> ClearFederation {
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: predictors, penalty: .ridge(lambda: 1))
    change(&specification)
    var limits = ClearFederation.Limits()
    limits.leastCount = 5
    return try ClearFederation(table(), specification, limits: limits)
  }

  /// The newton query at another point of all rows.
  private static func query(_ base: Query, at parameters: [Double]) throws -> Query {
    let magnitude = parameters.reduce(0) { $0 + $1.magnitude }
    return Query(
      name: base.name, parameters: [0, 0] + parameters,
      segments: [
        try .reals("log-likelihood", length: 1, bound: 320 * (0.6931471805599453 + magnitude), sites: 4)
      ] + base.segments.dropFirst(), isVerified: false)
  }

  /// Where the patient at x = 9 has a probability of 1/2, and all others next to 0.
  private static func isolating() throws -> [Double] {
    let x = try table().cohorts.flatMap { cohort -> [Double] in
      if case .numbers(let values)? = cohort["x"] { values } else { [] }
    }
    let mean = x.reduce(0, +) / 160
    let deviation = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 160).squareRoot()
    let slope = 6.0
    return [-slope * (9 - mean) / deviation, slope]
  }

  @Test("by weights that vanish elsewhere are withheld by the patient's site")
  func weights() throws {
    var federation = try Self.plan(["x"])
    let base = try federation.advance(to: "newton")
    let chosen = try Self.query(base, at: Self.isolating())
    let answers = try federation.answers(chosen)
    #expect(answers[0] == nil)
    // The same slope with weights for many is answered.
    #expect(try federation.answers(Self.query(base, at: [0, 0.5])).allSatisfy { $0 != nil })
  }

  @Test("by residuals that vanish elsewhere are withheld, though weights are alike")
  func residuals() throws {
    var federation = try Self.plan(["b"])
    let base = try federation.advance(to: "newton")
    let answers = try federation.answers(Self.query(base, at: [0, 20]))
    #expect(answers[0] == nil && answers[1] != nil)
  }

  @Test("are withheld beside intercepts of the sites", arguments: [30.0, -30])
  func siteIntercept(slope: Double) throws {
    var federation = try Self.plan(["b"]) { $0.intercept = .site }
    let base = try federation.advance(to: "newton")
    let isWithheld = try federation.answers(Self.query(base, at: [slope])).map { $0 == nil }
    #expect(isWithheld[0] == (slope > 0))
  }

  @Test("are withheld in the middle of the sandwich")
  func products() throws {
    var federation = try Self.plan(["x"]) {
      $0.standardErrors = .cluster
      $0.penalty = .none
    }
    let base = try federation.advance(to: "score-products")
    let chosen = Query(
      name: base.name, parameters: try Self.isolating(), segments: base.segments, isVerified: false)
    #expect(try federation.answers(chosen)[0] == nil)
    #expect(try federation.answers(base).allSatisfy { $0 != nil })
  }

  @Test("are withheld in the search for a penalty")
  func deviance() throws {
    var federation = try Self.plan(["x"]) { $0.penalty = .ridgeAuto }
    let base = try federation.advance(to: "deviance")
    let isolating = try Self.isolating()
    // Each point is a set, 0 and two parameters.
    let parameters = stride(from: 0, to: base.parameters.count, by: 4).flatMap { first -> [Double] in
      [base.parameters[first], 0] + isolating
    }
    let chosen = Query(
      name: base.name, parameters: parameters, segments: base.segments, isVerified: false)
    #expect(try federation.answers(chosen)[0] == nil)
    #expect(try federation.answers(base).allSatisfy { $0 != nil })
  }

  @Test("are withheld where predictions are scored")
  func performance() throws {
    var federation = try Self.plan(["x"]) { $0.validation = .folds(4, repeats: 1, seed: 1) }
    let base = try federation.advance(to: "performance")
    let isolating = try Self.isolating()
    let chosen = Query(
      name: base.name, parameters: Array(repeating: isolating, count: 5).flatMap(\.self),
      segments: base.segments,
      isVerified: true)
    #expect(try federation.answers(chosen)[0] == nil)
    #expect(try federation.answers(base).allSatisfy { $0 != nil })
  }

  @Test("of a calibration, which can pick a narrow band of predictions, are withheld")
  func calibration() throws {
    var federation = try Self.plan(["x"]) { $0.validation = .folds(4, repeats: 1, seed: 1) }
    let base = try federation.advance(to: "calibration")
    let scores = base.parameters.dropLast(6)
    var withheld = 0
    for sign in [60.0, -60] {
      for shift in stride(from: -60.0, through: 60, by: 5) {
        let chosen = Query(
          name: base.name, parameters: Array(scores) + [shift, sign, 0, 0, 1, 0], segments: base.segments,
          isVerified: false)
        if try federation.answers(chosen)[0] == nil { withheld += 1 }
      }
    }
    #expect(withheld > 10)
    #expect(try federation.answers(base).allSatisfy { $0 != nil })
  }

  @Test("of scores in cells that were counted by other scores are refused, by a site started anew as well")
  func cells() throws {
    var federation = try Self.plan(["x"]) { $0.validation = .folds(4, repeats: 1, seed: 1) }
    func others(_ query: Query) -> Query {
      var parameters = query.parameters
      parameters[1] = -parameters[1]
      return Query(
        name: query.name, parameters: parameters, segments: query.segments, isVerified: query.isVerified)
    }
    for name in ["score-cells", "calibration", "score-bins"] {
      let query = try federation.advance(to: name)
      #expect(federation.rule(query) == nil && federation.rule(others(query)) == .doesNotFollow, "\(name)")
      let again = try federation.restarted(0)
      let refusal = #expect(throws: QueryRefusal.self) { try again.check(others(query)) }
      #expect(refusal?.rule == .doesNotFollow)
      try again.check(query)
    }
  }
}

@Suite("Firth's inverse information")
struct FirthInverseTests {
  /// The second newton query, of one point with its inverse.
  private static func withInverse() throws -> (federation: ClearFederation, query: Query, order: Int) {
    var federation = try ClearFederation(
      DrawnStudy(seed: 4).table(), penalty: .firth, predictors: ["age", "drug", "smoker"])
    _ = try federation.advance(to: "newton")
    _ = try federation.step()
    let query = try #require(federation.query)
    return (federation, query, 6)
  }

  private static func changed(_ query: Query, order: Int, _ change: (inout [Double]) -> Void) -> Query {
    var inverse = Array(query.parameters.dropFirst(2 + order))
    change(&inverse)
    return Query(
      name: query.name, parameters: query.parameters.prefix(2 + order) + inverse, segments: query.segments,
      isVerified: false)
  }

  @Test("is refused where it is not positive definite, or not a number")
  func indefinite() throws {
    let (federation, query, order) = try Self.withInverse()
    #expect(federation.rule(query) == nil && query.segments.map(\.name).last == "firth")
    for bad in [-1, 0, Double.nan, .infinity] {
      let changed = Self.changed(query, order: order) { $0[0] = bad }
      #expect(federation.rule(changed) == .parameterOutOfRange, "\(bad)")
    }
    // Large beside the diagonal.
    #expect(
      federation.rule(Self.changed(query, order: order) { $0[1] = 1e6 }) == .parameterOutOfRange)
    #expect(federation.rule(Self.changed(query, order: order) { $0.removeLast() }) == .doesNotFollow)
    #expect(federation.rule(Self.changed(query, order: order) { $0.append(0) }) == .doesNotFollow)
  }

  @Test("is withheld by a site whose leverages by it are more than there are parameters")
  func trace() throws {
    var (federation, query, order) = try Self.withInverse()
    #expect(try federation.answers(query).allSatisfy { $0 != nil })
    let large = Self.changed(query, order: order) { $0 = $0.map { 20 * $0 } }
    #expect(try federation.answers(large).contains { $0 == nil })
  }

  @Test("is refused in a plan without the penalty")
  func otherPlan() throws {
    let (_, query, _) = try Self.withInverse()
    var plain = try ClearFederation(
      DrawnStudy(seed: 4).table(), predictors: ["age", "drug", "smoker"])
    _ = try plain.advance(to: "newton")
    #expect(plain.rule(query) == .doesNotFollow)
  }
}
