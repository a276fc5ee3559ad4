/// Logistic regression on pooled records, by iteratively reweighted least squares.
///
/// Each step solves the weighted least-squares problem by Householder QR on standardised columns
/// (McCullagh and Nelder, Generalized Linear Models, 2.5). With a ridge penalty λ it maximises
/// `ℓ - (λ/2) Σ γ_j²`, γ the coefficients of the standardised columns (deviations with divisor n),
/// the intercept and those of sites free.
package struct LogisticFit: Sendable {
  /// Where the standard errors come from.
  package enum Errors: Sendable {
    /// The inverse information; with a ridge penalty that of the penalised information.
    case model
    /// Robust against any variance of the rows, without a correction for small samples: HC0, as
    /// statsmodels' `GLM(..., var_weights=w).fit(cov_type="HC0")` gives it.
    case rows
    /// Robust against likeness within the design's clusters, times `G/(G - 1) · (n - 1)/(n - p)` for
    /// G clusters, n rows and p coefficients, as statsmodels' `cov_type="cluster"` has it.
    case clusters
  }

  /// The design's column names, the intercept's first.
  package let names: [String]
  /// On the original scale, in the order of `names`.
  package let coefficients: [Double]
  /// The roots of the covariance's diagonal.
  package let standardErrors: [Double]
  /// On the original scale, row by row.
  package let covariance: [[Double]]
  /// Without the penalty.
  package let logLikelihood: Double
  /// The trace of the hat matrix: the number of coefficients, less what a penalty shrinks away.
  package let effectiveDegreesOfFreedom: Double
  package let iterations: Int

  /// A fit that exists is found in far fewer. A coefficient on its way to infinity takes steps of
  /// about 1 on the logit scale: after so many its moves are still large enough, by its standard
  /// error, not to pass for convergence, and its weights not yet lost in rounding.
  private static let mostIterations = 30
  static let dependenceTolerance = 1e-9

  /// Fits until no coefficient moves by more than 1e-12 of its standard error, or by rounding alone.
  /// Throws `invalidPenalty`, `singular`, `noClusters` or `didNotConverge`.
  package init(
    _ design: PooledDesign, ridge penalty: Double = 0, errors: Errors = .model
  ) throws(PooledReferenceError) {
    guard penalty >= 0, penalty.isFinite else { throw .invalidPenalty }
    let names = design.columnNames
    let scaled = try StandardizedColumns(design)
    let problem = FitProblem(
      columns: scaled.columns, outcome: design.outcome, weights: design.weights,
      penalties: [0] + design.isPenalised.map { $0 ? penalty : 0 })
    var point = PenalizedPoint(problem, problem.start)
    var lastMove = Double.infinity
    var moving = 0

    for iteration in 1...Self.mostIterations {
      // At the start all weights are equal, so this is a dependence between the columns themselves.
      let squares = point.leastSquares(tolerance: iteration == 1 ? Self.dependenceTolerance : 0)
      if let column = squares.dependentColumn {
        guard iteration > 1 else { throw .singular(column: names[column]) }
        throw .didNotConverge(iterations: iteration, column: names[moving])
      }
      let step = squares.solution()
      let variances = squares.inverseGram()
      let move = step.indices.map { abs(step[$0]) / variances[$0][$0].squareRoot() }.max() ?? 0
      moving = step.indices.dropFirst().max { abs(step[$0]) < abs(step[$1]) } ?? 0
      point = point.moved(by: step)
      if move <= 1e-12 || (move <= 1e-8 && move >= lastMove) {
        try self.init(design, point, scaled, errors, iterations: iteration)
        return
      }
      lastMove = move
    }
    throw .didNotConverge(iterations: Self.mostIterations, column: names[moving])
  }

  private init(
    _ design: PooledDesign, _ point: PenalizedPoint, _ scaled: StandardizedColumns, _ errors: Errors,
    iterations: Int
  ) throws(PooledReferenceError) {
    names = design.columnNames
    self.iterations = iterations
    coefficients = scaled.originalScale(point.coefficients)
    let squares = point.leastSquares(tolerance: 0)
    switch errors {
    case .model:
      covariance = squares.inverseGram(scaled.originalScale)
    case .rows:
      covariance = Sandwich(point, groups: Array(design.outcome.indices))
        .covariance(squares.inverseGram(), scaled.originalScale)
    case .clusters:
      guard let clusters = design.clusters else { throw .noClusters }
      let sandwich = Sandwich(point, groups: clusters)
      let (groups, rows) = (Double(sandwich.scores.count), Double(design.rowCount))
      let correction = groups / (groups - 1) * (rows - 1) / (rows - Double(names.count))
      covariance = sandwich.covariance(squares.inverseGram(), scaled.originalScale)
        .map { $0.map { $0 * correction } }
    }
    standardErrors = covariance.indices.map { [covariance] in covariance[$0][$0].squareRoot() }
    logLikelihood = point.model.logLikelihood
    effectiveDegreesOfFreedom = CompensatedSum.of(
      squares.leverages(of: point.weightedColumns).prefix(design.rowCount))
  }
}
