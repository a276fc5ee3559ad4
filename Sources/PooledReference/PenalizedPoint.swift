/// A point on the way to the fit: coefficients on the standardised scale and the model there.
struct PenalizedPoint {
  let problem: FitProblem
  let coefficients: [Double]
  let model: WorkingModel

  init(_ problem: FitProblem, _ coefficients: [Double]) {
    self.problem = problem
    self.coefficients = coefficients
    model = problem.model(at: coefficients)
  }

  /// The columns of the least-squares problem of the next step: a row an observation, then for each
  /// penalised column j a row with `√λ_j` in it.
  var weightedColumns: [[Double]] {
    let penalties = problem.penalties
    let penalised = penalties.indices.filter { penalties[$0] > 0 }
    return problem.columns.indices.map { j in
      zip(problem.columns[j], model.rootWeights).map { $0 * $1 }
        + penalised.map { $0 == j ? penalties[j].squareRoot() : 0 }
    }
  }

  /// The least-squares problem of the next step; to the right of a penalised column's row stands
  /// `-√λ_j γ_j`.
  func leastSquares(tolerance: Double) -> HouseholderQR {
    let pulls = zip(problem.penalties, coefficients).filter { $0.0 > 0 }.map { -$0.squareRoot() * $1 }
    return HouseholderQR(weightedColumns, model.residuals + pulls, tolerance: tolerance)
  }

  /// The point after `step`, halved until the penalised log-likelihood does not fall by more than
  /// rounding.
  func moved(by step: [Double]) -> PenalizedPoint {
    let least = objective - 1e-13 * abs(objective)
    var share = 1.0
    var next = self
    for _ in 0..<20 {
      next = PenalizedPoint(problem, zip(coefficients, step).map { $0 + share * $1 })
      if next.objective >= least { break }
      share /= 2
    }
    return next
  }

  private var objective: Double {
    model.logLikelihood
      - CompensatedSum.of(zip(problem.penalties, coefficients).lazy.map { $0 / 2 * $1 * $1 })
  }
}
