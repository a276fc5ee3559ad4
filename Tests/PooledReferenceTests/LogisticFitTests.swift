import Foundation
import PooledReference
import Testing

@Suite("The pooled logistic fit")
struct LogisticFitTests {
  @Test("of an intercept alone is the logit of the mean")
  func interceptAlone() throws {
    let fit = try LogisticFit(DrawnRecords.design([], outcome: [1, 1, 1, 0]))
    #expect(abs(fit.coefficients[0] - log(3)) < 1e-14)
    // 1 / √(n p (1 - p))
    #expect(abs(fit.standardErrors[0] - (4.0 / 3).squareRoot()) < 1e-14)
    #expect(abs(fit.logLikelihood - (3 * log(0.75) + log(0.25))) < 1e-14)
  }

  @Test("of a two-by-two table is its log odds ratio")
  func twoByTwo() throws {
    // 7 of 10 are ill where x = 1, 2 of 6 where x = 0.
    let x = [Double](repeating: 1, count: 10) + [Double](repeating: 0, count: 6)
    let ill = x.indices.map { $0 < 7 || $0 >= 14 ? 1.0 : 0 }
    let fit = try LogisticFit(DrawnRecords.design([("x", x)], outcome: ill))
    #expect(abs(fit.coefficients[0] - log(0.5)) < 1e-13)
    #expect(abs(fit.coefficients[1] - log(7.0 / 3 * 2)) < 1e-13)
    #expect(abs(fit.standardErrors[0] - (1.0 / 2 + 1.0 / 4).squareRoot()) < 1e-13)
    let variance = 1.0 / 7 + 1.0 / 3 + 1.0 / 2 + 1.0 / 4
    #expect(abs(fit.standardErrors[1] - variance.squareRoot()) < 1e-13)
    #expect(abs(fit.covariance[0][1] + 0.75) < 1e-13)
  }

  /// The gradient of the penalised log-likelihood, each entry over the standard error of its sum.
  private func gradient(_ fit: LogisticFit, _ design: PooledDesign, ridge: Double) -> [Double] {
    let count = Double(design.rowCount)
    let columns = [[Double](repeating: 1, count: design.rowCount)] + design.predictors
    let probability = design.outcome.indices.map { row in
      1 / (1 + exp(-columns.indices.reduce(0) { $0 + fit.coefficients[$1] * columns[$1][row] }))
    }
    return columns.indices.map { j in
      let mean = j == 0 ? 0 : columns[j].reduce(0, +) / count
      let squares = columns[j].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      // λ/2 (s β)² has the derivative λ s² β, and each column enters about its mean.
      let pull = j == 0 ? 0 : ridge * squares / count * fit.coefficients[j]
      let sum = columns[j].indices.reduce(-pull) {
        $0 + (design.outcome[$1] - probability[$1]) * (columns[j][$1] - mean)
      }
      return sum / squares.squareRoot()
    }
  }

  @Test("has a gradient of zero, with and without a penalty", arguments: [0, 0.5, 3, 1000])
  func gradientVanishes(ridge: Double) throws {
    let design = try DrawnRecords.design()
    let fit = try LogisticFit(design, ridge: ridge)
    for entry in gradient(fit, design, ridge: ridge) {
      #expect(abs(entry) < 1e-12)
    }
    // The check above can tell: other coefficients have another gradient.
    let other = try LogisticFit(design, ridge: ridge + 1e-6)
    #expect(gradient(other, design, ridge: ridge).contains { abs($0) > 1e-10 })
  }

  @Test("has the inverse information as its covariance")
  func covariance() throws {
    let design = try DrawnRecords.design()
    let fit = try LogisticFit(design)
    let columns = [[Double](repeating: 1, count: design.rowCount)] + design.predictors
    let weights = design.outcome.indices.map { row in
      let eta = columns.indices.reduce(0) { $0 + fit.coefficients[$1] * columns[$1][row] }
      return 1 / ((1 + exp(eta)) * (1 + exp(-eta)))
    }
    let information = columns.map { a in
      columns.map { b in weights.indices.reduce(0) { $0 + weights[$1] * a[$1] * b[$1] } }
    }
    for i in columns.indices {
      #expect(fit.standardErrors[i] == fit.covariance[i][i].squareRoot())
      for j in columns.indices {
        let product = columns.indices.reduce(0) { $0 + information[i][$1] * fit.covariance[$1][j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-9)
      }
    }
  }

  @Test("follows a change of units, however far from standard", arguments: [1e-6, 1, 1e9])
  func units(scale: Double) throws {
    let design = try DrawnRecords.design([.numeric("age"), .numeric("dose")])
    let plain = try LogisticFit(design)
    let shifted = try LogisticFit(
      DrawnRecords.design(
        [
          ("age", design.predictors[0].map { ($0 + 1024) * scale }),
          ("dose", design.predictors[1]),
        ], outcome: design.outcome))
    let age = shifted.coefficients[1] * scale
    #expect(abs(age - plain.coefficients[1]) < 1e-10 * plain.standardErrors[1])
    #expect(abs(shifted.standardErrors[1] * scale / plain.standardErrors[1] - 1) < 1e-11)
    let intercept = shifted.coefficients[0] + 1024 * age
    #expect(abs(intercept - plain.coefficients[0]) < 1e-10 * plain.standardErrors[0])
    #expect(abs(shifted.coefficients[2] - plain.coefficients[2]) < 1e-10 * plain.standardErrors[2])
  }

  @Test("is found where whole Newton steps would run away from it")
  func outlier() throws {
    let x = (0..<20).map(Double.init) + [1000, 0]
    let ill = x.indices.map { $0 < 20 ? 0.0 : 1 }
    let design = try DrawnRecords.design([("x", x)], outcome: ill)
    let fit = try LogisticFit(design)
    #expect(gradient(fit, design, ridge: 0).allSatisfy { abs($0) < 1e-12 })
  }

  @Test("keeps its digits over many records")
  func manyRecords() throws {
    let ill = (0..<100_000).map { $0 % 10 < 3 ? 1.0 : 0 }
    let fit = try LogisticFit(DrawnRecords.design([], outcome: ill))
    let expected = 30_000 * log(0.3) + 70_000 * log(0.7)
    #expect(abs(fit.logLikelihood / expected - 1) < 1e-15)
    #expect(abs(fit.standardErrors[0] * 21_000.0.squareRoot() - 1) < 1e-14)
  }

  @Test("shrinks towards the intercept alone as the penalty grows")
  func heavyPenalty() throws {
    let design = try DrawnRecords.design()
    let fit = try LogisticFit(design, ridge: 1e12)
    let mean = design.outcome.reduce(0, +) / Double(design.rowCount)
    #expect(abs(fit.coefficients[0] - log(mean / (1 - mean))) < 1e-9)
    #expect(fit.coefficients.dropFirst().allSatisfy { abs($0) < 1e-9 })
  }

  @Test("names a column that is constant or follows from those before it")
  func singular() throws {
    let x: [Double] = [1, 2, 3, 4, 5, 6]
    let ill: [Double] = [0, 1, 0, 1, 1, 0]
    let constant = try DrawnRecords.design([("x", x), ("c", x.map { _ in 0.1 })], outcome: ill)
    #expect(throws: PooledReferenceError.singular(column: "c")) { try LogisticFit(constant) }
    let alias = try DrawnRecords.design(
      [("x", x), ("z", [2, 1, 2, 1, 1, 2]), ("w", zip(x, [2, 1, 2, 1, 1, 2]).map { $0 - 3 * $1 })],
      outcome: ill)
    #expect(throws: PooledReferenceError.singular(column: "w")) { try LogisticFit(alias) }
    let many = try DrawnRecords.design(
      [("x", [1, 2, 4]), ("z", [2, 1, 2]), ("w", [3, 2, 9])], outcome: [0, 1, 0])
    #expect(throws: PooledReferenceError.singular(column: "w")) { try LogisticFit(many) }
  }

  @Test("names the column that separates the outcomes, unless a penalty holds it")
  func separation() throws {
    let x = (0..<40).map { Double($0 * 7 % 40) }
    let rare = (0..<40).map { $0 % 8 == 0 ? 1.0 : 0 }
    // All with the rare feature are ill, the others by another rule.
    let ill = (0..<40).map { rare[$0] == 1 || $0 % 3 == 0 ? 1.0 : 0 }
    let design = try DrawnRecords.design([("x", x), ("rare", rare)], outcome: ill)
    do throws(PooledReferenceError) {
      let fit = try LogisticFit(design)
      Issue.record("a fit without an end was said to end: \(fit.coefficients)")
    } catch {
      guard case .didNotConverge(_, let column) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(column == "rare")
    }
    let whole = try DrawnRecords.design([("x", x)], outcome: x.map { $0 < 20 ? 0 : 1 })
    #expect(throws: PooledReferenceError.self) { try LogisticFit(whole) }

    let held = try LogisticFit(design, ridge: 1)
    #expect(held.coefficients.allSatisfy { abs($0) < 10 })
    #expect(gradient(held, design, ridge: 1).allSatisfy { abs($0) < 1e-12 })
  }

  @Test("refuses a penalty that is none", arguments: [-1, Double.nan, .infinity])
  func penalty(value: Double) throws {
    let design = try DrawnRecords.design()
    #expect(throws: PooledReferenceError.invalidPenalty) { try LogisticFit(design, ridge: value) }
  }
}
