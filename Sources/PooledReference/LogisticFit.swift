/// Logistic regression on pooled records, by iteratively reweighted least squares.
///
/// Each step solves the weighted least-squares problem by Householder QR on standardised columns
/// (McCullagh and Nelder, Generalized Linear Models, 2.5). With a ridge penalty λ it maximises
/// `ℓ - (λ/2) Σ γ_j²`, γ the coefficients of the standardised columns (deviations with divisor n),
/// the intercept free.
package struct LogisticFit: Sendable {
  /// The design's column names, the intercept's first.
  package let names: [String]
  /// On the original scale, in the order of `names`.
  package let coefficients: [Double]
  /// The roots of the covariance's diagonal.
  package let standardErrors: [Double]
  /// The inverse of the information on the original scale, row by row; with a ridge penalty that of
  /// the penalised information.
  package let covariance: [[Double]]
  /// Without the penalty.
  package let logLikelihood: Double
  package let iterations: Int

  /// A fit that exists is found in far fewer. A coefficient on its way to infinity takes steps of
  /// about 1 on the logit scale: after so many its moves are still large enough, by its standard
  /// error, not to pass for convergence, and its weights not yet lost in rounding.
  private static let mostIterations = 30
  private static let dependenceTolerance = 1e-9

  /// Fits until no coefficient moves by more than 1e-12 of its standard error, or by rounding alone.
  /// Throws `invalidPenalty`, `singular` or `didNotConverge`.
  package init(_ design: PooledDesign, ridge penalty: Double = 0) throws(PooledReferenceError) {
    guard penalty >= 0, penalty.isFinite else { throw .invalidPenalty }
    let names = design.columnNames
    let scaled = try StandardizedColumns(
      design.predictors, rows: design.rowCount, names: names)
    var point = PenalizedPoint(start: scaled.columns, outcome: design.outcome, penalty: penalty)
    var lastMove = Double.infinity
    var moving = 0

    for iteration in 1...Self.mostIterations {
      // At the start all weights are equal, so this is a dependence between the columns themselves.
      let problem = point.leastSquares(tolerance: iteration == 1 ? Self.dependenceTolerance : 0)
      if let column = problem.dependentColumn {
        guard iteration > 1 else { throw .singular(column: names[column]) }
        throw .didNotConverge(iterations: iteration, column: names[moving])
      }
      let step = problem.solution()
      let variances = problem.inverseGram()
      let move = step.indices.map { abs(step[$0]) / variances[$0][$0].squareRoot() }.max() ?? 0
      moving = step.indices.dropFirst().max { abs(step[$0]) < abs(step[$1]) } ?? 0
      point = point.moved(by: step)
      if move <= 1e-12 || (move <= 1e-8 && move >= lastMove) {
        self.init(names, point, scaled, iterations: iteration)
        return
      }
      lastMove = move
    }
    throw .didNotConverge(iterations: Self.mostIterations, column: names[moving])
  }

  private init(
    _ names: [String], _ point: PenalizedPoint, _ scaled: StandardizedColumns, iterations: Int
  ) {
    self.names = names
    self.iterations = iterations
    coefficients = scaled.originalScale(point.coefficients)
    covariance = point.leastSquares(tolerance: 0).inverseGram(scaled.originalScale)
    standardErrors = covariance.indices.map { [covariance] in covariance[$0][$0].squareRoot() }
    logLikelihood = point.model.logLikelihood
  }
}
