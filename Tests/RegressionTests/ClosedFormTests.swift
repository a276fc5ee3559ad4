import Cohorts
import Foundation
import KonsilTesting
import LinearAlgebra
import PooledReference
import Regression
import Testing

@Suite("A logistic regression whose answer is a formula")
struct ClosedFormTests {
  /// Rows of an exposure and an outcome, so many of each, dealt out to three sites in turn.
  private static func table(
    exposedIll: Int, exposedWell: Int, otherIll: Int, otherWell: Int
  ) throws -> SmallTable {
    let cells: [(exposed: Double, ill: Double, count: Int)] = [
      (1, 1, exposedIll), (1, 0, exposedWell), (0, 1, otherIll), (0, 0, otherWell),
    ]
    let rows = cells.flatMap { Array(repeating: ($0.exposed, $0.ill), count: $0.count) }
    let dealt = (0..<3).flatMap { site in
      rows.indices.filter { $0 % 3 == site }.map { rows[$0] }
    }
    return try SmallTable(
      [(.binary("exposed"), .numbers(dealt.map(\.0)))], outcome: dealt.map(\.1),
      rows: (0..<3).map { site in rows.indices.count { $0 % 3 == site } })
  }

  @Test(
    "has the log odds ratio of a two by two table, with Woolf's standard error",
    arguments: [(12, 18, 7, 41), (300, 30, 40, 400), (9, 9, 9, 9), (3, 500, 5, 20)])
  func twoByTwo(a: Int, b: Int, c: Int, d: Int) throws {
    var federation = try ClearFederation(
      Self.table(exposedIll: a, exposedWell: b, otherIll: c, otherWell: d))
    let model = try federation.fit()
    let (a, b, c, d) = (Double(a), Double(b), Double(c), Double(d))
    let slope = log(a * d / (b * c))
    let intercept = log(c / d)
    let slopeError = (1 / a + 1 / b + 1 / c + 1 / d).squareRoot()
    let interceptError = (1 / c + 1 / d).squareRoot()
    #expect(model.names == ["(intercept)", "exposed"])
    #expect(abs(model.coefficients[0] - intercept) <= 1e-9 * max(abs(intercept), interceptError))
    #expect(abs(model.coefficients[1] - slope) <= 1e-9 * max(abs(slope), slopeError))
    #expect(abs(model.standardErrors[0] - interceptError) <= 1e-9 * interceptError)
    #expect(abs(model.standardErrors[1] - slopeError) <= 1e-9 * slopeError)
    #expect(
      abs(model.covariance[0, 1] + interceptError * interceptError) <= 1e-9 * interceptError * slopeError)
    let likelihood =
      a * log(a / (a + b)) + b * log(b / (a + b)) + c * log(c / (c + d)) + d * log(d / (c + d))
    #expect(abs(model.logLikelihood - likelihood) <= 1e-10 * abs(likelihood))
    #expect(model.rows == Int(a + b + c + d) && model.events == Int(a + c))
    #expect(model.newtonSteps <= 10)
  }

  @Test("has each level's log odds against the reference's")
  func levels() throws {
    // Ill and well of four levels; every site has some of each.
    let counts = [(30, 60), (24, 12), (9, 45), (15, 15)]
    let rows = counts.enumerated().flatMap { level, count in
      Array(repeating: (Int32(level), 1.0), count: count.0)
        + Array(repeating: (Int32(level), 0), count: count.1)
    }
    let dealt = (0..<3).flatMap { site in rows.indices.filter { $0 % 3 == site }.map { rows[$0] } }
    let table = try SmallTable(
      [(.category("drug", ["a", "b", "c", "d"]), .levels(dealt.map(\.0)))], outcome: dealt.map(\.1),
      rows: [70, 70, 70])
    var federation = try ClearFederation(table)
    let model = try federation.fit()
    let logOdds = counts.map { log(Double($0.0) / Double($0.1)) }
    let variances = counts.map { 1 / Double($0.0) + 1 / Double($0.1) }
    #expect(model.names == ["(intercept)", "drug=b", "drug=c", "drug=d"])
    #expect(abs(model.coefficients[0] - logOdds[0]) <= 1e-10)
    for level in 1...3 {
      #expect(abs(model.coefficients[level] - (logOdds[level] - logOdds[0])) <= 1e-10)
      let error = (variances[level] + variances[0]).squareRoot()
      #expect(abs(model.standardErrors[level] - error) <= 1e-9 * error)
    }
    // Two levels share the reference's variance.
    #expect(abs(model.covariance[1, 2] - variances[0]) <= 1e-9 * variances[0])
  }

  @Test("with a penalty is where the penalised likelihood's gradient vanishes", arguments: [0.1, 3, 400])
  func ridge(lambda: Double) throws {
    var random = SeededRandom(seed: 5)
    let x = (0..<120).map { _ in Double(Int.random(in: 0...50, using: &random)) }
    let b = (0..<120).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    let y = (0..<120).map { Double.random(in: 0..<1, using: &random) < 0.2 + 0.01 * x[$0] ? 1.0 : 0 }
    var federation = try ClearFederation(
      SmallTable(
        [(.number("x", 0, 50), .numbers(x)), (.binary("b"), .numbers(b))], outcome: y, rows: [40, 40, 40]),
      penalty: .ridge(lambda: lambda))
    let model = try federation.fit()
    func standardised(_ values: [Double]) -> (values: [Double], deviation: Double) {
      let mean = values.reduce(0, +) / 120
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 120).squareRoot()
      return (values.map { ($0 - mean) / deviation }, deviation)
    }
    let residuals = y.indices.map { row in
      let linear = model.coefficients[0] + model.coefficients[1] * x[row] + model.coefficients[2] * b[row]
      return y[row] - 1 / (1 + exp(-linear))
    }
    // The intercept is free: residuals add up to nothing.
    #expect(abs(residuals.reduce(0, +)) <= 1e-8)
    for (index, column) in [x, b].enumerated() {
      let (z, deviation) = standardised(column)
      let score = zip(z, residuals).reduce(0) { $0 + $1.0 * $1.1 }
      let pull = lambda * model.coefficients[index + 1] * deviation
      #expect(abs(score - pull) <= 1e-8)
      #expect(abs(pull) > 1e-3)
    }
    #expect(model.lambda == lambda)
  }

  @Test("with a penalty that dwarfs the likelihood has slopes of nothing and the prevalence's intercept")
  func dwarfed() throws {
    var federation = try ClearFederation(
      Self.table(exposedIll: 12, exposedWell: 18, otherIll: 7, otherWell: 41), penalty: .ridge(lambda: 1e12))
    let model = try federation.fit()
    #expect(abs(model.coefficients[1]) <= 1e-9)
    #expect(abs(model.coefficients[0] - log(19.0 / 59)) <= 1e-9)
  }
}
