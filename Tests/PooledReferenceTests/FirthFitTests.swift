import Foundation
import PooledReference
import Testing

// The reference numbers come from this script (Python 3.11, firthmodels 0.8.2), after the one in
// LogisticReferenceTests.swift has drawn x and y:
//
//   from firthmodels import FirthLogisticRegression
//   def firth(tolerance):
//     fit = FirthLogisticRegression(backend="numpy", gtol=tolerance, xtol=tolerance, max_iter=500)
//     return fit.fit(x[:, 1:], y)
//   fit = firth(1e-10)
//   b = np.r_[fit.intercept_, fit.coef_]
//   p = 1 / (1 + np.exp(-x @ b))
//   errors = np.sqrt(np.diag(np.linalg.inv(x.T @ (x.T * p * (1 - p)).T)))
//   print(list(b), list(errors), fit.loglik_)
//   print(fit.conf_int(method="pl", tol=1e-9, max_iter=500))
//   print(firth(1e-6).lrt().lrt_pvalues_)           # its test stops in rounding at a finer tolerance

@Suite("The pooled fit by Firth's likelihood")
struct FirthFitTests {
  @Test("of a two-by-two table adds a half to each cell", arguments: [7, 10])
  func twoByTwo(ill: Int) throws {
    // `ill` of 10 are ill where x = 1, so all for 10; 2 of 6 where x = 0.
    let x = [Double](repeating: 1, count: 10) + [Double](repeating: 0, count: 6)
    let outcome = x.indices.map { $0 < ill || $0 >= 14 ? 1.0 : 0 }
    let fit = try FirthFit(DrawnRecords.design([("x", x)], outcome: outcome))
    let odds = (Double(ill) + 0.5) / (10.5 - Double(ill))
    #expect(abs(fit.coefficients[0] - log(2.5 / 4.5)) < 1e-11)
    #expect(abs(fit.coefficients[1] - log(odds * 4.5 / 2.5)) < 1e-11)
    let variances = [1 / (10 * odds) * (1 + odds) * (1 + odds), 7 * 7 / (6 * 2.5 * 4.5)]
    #expect(abs(fit.standardErrors[1] - (variances[0] + variances[1]).squareRoot()) < 1e-10)
    #expect(abs(fit.standardErrors[0] - variances[1].squareRoot()) < 1e-10)
  }

  @Test("equals firthmodels: estimates, standard errors and the penalised likelihood")
  func estimates() throws {
    let fit = try FirthFit(DrawnRecords.design())
    expectClose(
      fit.coefficients,
      [
        -0.9872053392419927, 0.020755199216273345, 0.008505929067543782, 0.2712035775321563,
        0.10468664830811027,
      ], within: 1e-9)
    expectClose(
      fit.standardErrors,
      [
        0.6767582465060513, 0.010933001056491077, 0.005020826085095317, 0.43226178717110314,
        0.44611752669553256,
      ], within: 1e-9)
    expectClose([fit.penalizedLogLikelihood], [-78.62150892533852], within: 1e-12)
  }

  @Test("equals firthmodels: profile intervals and likelihood-ratio tests")
  func profiles() throws {
    let fit = try FirthFit(DrawnRecords.design())
    let intervals = try fit.names.indices.map { try fit.interval(of: $0) }
    expectClose(
      intervals.map(\.lower),
      [
        -2.324263429657131, -5.684188997856993e-05, -0.0010941315936573717, -0.5636957640132175,
        -0.7567798361270412,
      ], within: 1e-6)
    expectClose(
      intervals.map(\.upper),
      [
        0.3038526190055999, 0.042368974614127114, 0.018390048680325493, 1.1152443202674986,
        0.9747421924249927,
      ], within: 1e-6)
    expectClose(
      try fit.names.indices.map { try fit.pValue(of: $0) },
      [
        0.13453145240675432, 0.050635009713944856, 0.08266778110811034, 0.52405551573943,
        0.8116525275728999,
      ], within: 1e-6)
  }

  /// `ℓ + ½ log det I` by elimination, for small designs.
  private func objective(_ coefficients: [Double], _ design: PooledDesign) -> Double {
    let columns = [[Double](repeating: 1, count: design.rowCount)] + design.predictors
    let eta = design.linearPredictors(coefficients)
    var likelihood = 0.0
    for (eta, y) in zip(eta, design.outcome) {
      likelihood += y == 1 ? -log1p(exp(-eta)) : -log1p(exp(eta))
    }
    var information = columns.map { a in
      columns.map { b in
        eta.indices.reduce(0) { $0 + a[$1] * b[$1] / ((1 + exp(eta[$1])) * (1 + exp(-eta[$1]))) }
      }
    }
    for k in information.indices {
      likelihood += log(information[k][k]) / 2
      for i in information.indices where i > k {
        let factor = information[i][k] / information[k][k]
        for j in information.indices { information[i][j] -= factor * information[k][j] }
      }
    }
    return likelihood
  }

  @Test("has a gradient of zero, by differences of its objective, also on separated data")
  func gradientVanishes() throws {
    let x = (0..<40).map { Double($0 * 7 % 40) }
    let rare = (0..<40).map { $0 % 8 == 0 ? 1.0 : 0 }
    let ill = (0..<40).map { rare[$0] == 1 || $0 % 3 == 0 ? 1.0 : 0 }
    let separated = try DrawnRecords.design([("x", x), ("rare", rare)], outcome: ill)
    #expect(throws: PooledReferenceError.self) { try LogisticFit(separated) }
    for design in [separated, try DrawnRecords.design()] {
      let fit = try FirthFit(design)
      #expect(abs(objective(fit.coefficients, design) - fit.penalizedLogLikelihood) < 1e-9)
      for j in fit.names.indices {
        func slope(at coefficients: [Double]) -> Double {
          let step = 1e-4 * fit.standardErrors[j]
          var (below, above) = (coefficients, coefficients)
          below[j] -= step
          above[j] += step
          return (objective(above, design) - objective(below, design)) / 2e-4
        }
        #expect(abs(slope(at: fit.coefficients)) < 1e-7)
        // The check above can tell: a thousandth of a standard error has another gradient.
        var other = fit.coefficients
        other[j] += 1e-3 * fit.standardErrors[j]
        #expect(abs(slope(at: other)) > 1e-4)
      }
    }
  }

  @Test("has intervals at whose ends the test against the end has p = 0.05")
  func intervalEnds() throws {
    let design = try DrawnRecords.design([.numeric("age"), .numeric("dose")])
    let fit = try FirthFit(design)
    let end = try fit.interval(of: 1).upper
    // Shifting the outcome's log odds by the end is fitting with an offset, so the coefficient's test
    // against the end is that of a fit whose maximum over the others is 1.92 below the whole's.
    var lowest = -Double.infinity
    var (intercept, dose) = (fit.coefficients[0], fit.coefficients[2])
    var width = 4.0
    while width > 1e-7 {
      var best = (intercept, dose)
      for a in [-1.0, 0, 1] {
        for b in [-1.0, 0, 1] {
          let trial = (
            intercept + a * width * fit.standardErrors[0], dose + b * width * fit.standardErrors[2]
          )
          let value = objective([trial.0, end, trial.1], design)
          if value > lowest { (lowest, best) = (value, trial) }
        }
      }
      if best == (intercept, dose) { width /= 2 }
      (intercept, dose) = best
    }
    #expect(abs(2 * (fit.penalizedLogLikelihood - lowest) - 3.841458820694124) < 1e-8)
  }

  @Test("names a column that is constant or follows from those before it")
  func singular() throws {
    let x: [Double] = [1, 2, 3, 4, 5, 6]
    let design = try DrawnRecords.design(
      [("x", x), ("double", x.map { 2 * $0 })], outcome: [0, 1, 0, 1, 1, 0])
    #expect(throws: PooledReferenceError.singular(column: "double")) { try FirthFit(design) }
  }
}
