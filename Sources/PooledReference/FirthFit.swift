import Foundation

/// Logistic regression by Firth's penalised likelihood (Heinze and Schemper, Stat Med 2002;21:2409-2419),
/// whose estimate is finite on separated data too.
package struct FirthFit: Sendable {
  /// The design's column names, the intercept's first.
  package let names: [String]
  /// On the original scale, in the order of `names`.
  package let coefficients: [Double]
  /// From the inverse information at the estimate, without the leverages that some programs add to the
  /// weights here.
  package let standardErrors: [Double]
  package let covariance: [[Double]]
  /// Without the penalty.
  package let logLikelihood: Double
  /// `ℓ + ½ log det I` on the original scale.
  package let penalizedLogLikelihood: Double
  package let iterations: Int

  private let design: PooledDesign

  /// Half of the 95 % quantile of χ² with one degree of freedom, as a root.
  private static let rootQuantile = 1.959963984540054

  /// Throws `singular` or `didNotConverge`.
  package init(_ design: PooledDesign) throws(PooledReferenceError) {
    self.design = design
    names = design.columnNames
    let scaled = try StandardizedColumns(design)
    let start = Self.start(scaled, design)
    if let column = PenalizedPoint(start.problem, start.coefficients)
      .leastSquares(tolerance: LogisticFit.dependenceTolerance).dependentColumn
    {
      throw .singular(column: names[column])
    }
    guard let (point, iterations) = start.maximised(free: Array(names.indices)) else {
      throw .didNotConverge(iterations: FirthPoint.mostIterations, column: names[0])
    }
    self.iterations = iterations
    coefficients = scaled.originalScale(point.coefficients)
    covariance = point.squares.inverseGram(scaled.originalScale)
    standardErrors = covariance.indices.map { [covariance] in covariance[$0][$0].squareRoot() }
    logLikelihood = point.model.logLikelihood
    penalizedLogLikelihood =
      point.objective + CompensatedSum.of(scaled.deviations.lazy.map { log($0) })
  }

  /// The p-value of the penalised likelihood-ratio test that the coefficient of `column` is 0. Throws
  /// `didNotConverge`.
  package func pValue(of column: Int) throws(PooledReferenceError) -> Double {
    var profile = try Profile(self, column)
    return erfc(abs(try profile.signedRoot(at: 0)) / 2.0.squareRoot())
  }

  /// The ends of the 95 % interval by the penalised profile likelihood. Throws `didNotConverge`.
  package func interval(of column: Int) throws(PooledReferenceError) -> (lower: Double, upper: Double) {
    var profile = try Profile(self, column)
    return (
      try profile.solution(of: -Self.rootQuantile), try profile.solution(of: Self.rootQuantile)
    )
  }

  private static func start(_ scaled: StandardizedColumns, _ design: PooledDesign) -> FirthPoint {
    let problem = FitProblem(
      columns: scaled.columns, outcome: design.outcome, weights: design.weights,
      penalties: scaled.columns.map { _ in 0 })
    return FirthPoint(problem, problem.start)
  }

  /// The penalised log-likelihood as a function of one coefficient, the others at their best.
  private struct Profile {
    private let fit: FirthFit
    private let column: Int
    /// A standardised unit of the coefficient.
    private let unit: Double
    private let best: FirthPoint
    private var last: FirthPoint

    init(_ fit: FirthFit, _ column: Int) throws(PooledReferenceError) {
      self.fit = fit
      self.column = column
      // With centred columns the first coefficient is not the intercept.
      let scaled = try StandardizedColumns(fit.design, isCentred: column > 0)
      unit = column > 0 ? 1 / scaled.deviations[column - 1] : 1
      guard let best = FirthFit.start(scaled, fit.design).maximised(free: Array(fit.names.indices)) else {
        throw .didNotConverge(iterations: FirthPoint.mostIterations, column: fit.names[column])
      }
      self.best = best.point
      last = best.point
    }

    /// `±√(2 (max - value at b))`, with the sign of `b - estimate`: nearly linear in b.
    mutating func signedRoot(at b: Double) throws(PooledReferenceError) -> Double {
      var coefficients = last.coefficients
      coefficients[column] = b / unit
      let free = fit.names.indices.filter { $0 != column }
      guard let next = FirthPoint(last.problem, coefficients).maximised(free: free) else {
        throw .didNotConverge(iterations: FirthPoint.mostIterations, column: fit.names[column])
      }
      last = next.point
      let root = (2 * max(0, best.objective - last.objective)).squareRoot()
      return b < fit.coefficients[column] ? -root : root
    }

    /// The b at which `signedRoot` is `value`, by the false position within a bracket (Illinois).
    mutating func solution(of value: Double) throws(PooledReferenceError) -> Double {
      var inside = (b: fit.coefficients[column], gap: -abs(value))
      var outside = inside
      var wasInside: Bool?
      for _ in 0..<Self.mostTrials {
        let isBracket = outside.gap >= 0
        let next =
          isBracket
          ? outside.b - outside.gap * (outside.b - inside.b) / (outside.gap - inside.gap)
          : outside.b + value * fit.standardErrors[column]
        let gap = abs(try signedRoot(at: next)) - abs(value)
        if abs(gap) < 1e-11 { return next }
        if !isBracket {
          (inside, outside) = (outside, (next, gap))
          continue
        }
        // An end that stays counts half, so that it moves as well.
        if gap < 0 {
          if wasInside == true { outside.gap /= 2 }
          inside = (next, gap)
        } else {
          if wasInside == false { inside.gap /= 2 }
          outside = (next, gap)
        }
        wasInside = gap < 0
      }
      throw .didNotConverge(iterations: Self.mostTrials, column: fit.names[column])
    }

    private static let mostTrials = 200
  }
}
