/// A point on the way to the fit: coefficients on the standardised scale and the model there.
struct PenalizedPoint {
  let coefficients: [Double]
  let model: WorkingModel

  private let columns: [[Double]]
  private let outcome: [Double]
  private let penalty: Double

  /// Zero but for the intercept, which is the logit of the outcome's mean. The first of `columns` is
  /// the intercept's.
  init(start columns: [[Double]], outcome: [Double], penalty: Double) {
    var coefficients = [Double](repeating: 0, count: columns.count)
    coefficients[0] = WorkingModel.startingIntercept(outcome)
    self.init(columns, outcome, penalty, coefficients)
  }

  private init(
    _ columns: [[Double]], _ outcome: [Double], _ penalty: Double, _ coefficients: [Double]
  ) {
    self.columns = columns
    self.outcome = outcome
    self.penalty = penalty
    self.coefficients = coefficients
    let linearPredictor = outcome.indices.map { row in
      CompensatedSum.of(columns.indices.lazy.map { columns[$0][row] * coefficients[$0] })
    }
    model = WorkingModel(linearPredictor: linearPredictor, outcome: outcome)
  }

  /// The least-squares problem of the next step: a row an observation, then for each column but the
  /// intercept's a row `√λ` with `-√λ γ_j` to its right.
  func leastSquares(tolerance: Double) -> HouseholderQR {
    let root = penalty.squareRoot()
    let penalized = penalty > 0 ? Array(columns.indices.dropFirst()) : []
    let weighted = columns.indices.map { j in
      zip(columns[j], model.rootWeights).map { $0 * $1 } + penalized.map { $0 == j ? root : 0 }
    }
    let right = model.residuals + penalized.map { -root * coefficients[$0] }
    return HouseholderQR(weighted, right, tolerance: tolerance)
  }

  /// The point after `step`, halved until the penalised log-likelihood does not fall by more than
  /// rounding.
  func moved(by step: [Double]) -> PenalizedPoint {
    let least = objective - 1e-13 * abs(objective)
    var share = 1.0
    var next = self
    for _ in 0..<20 {
      next = PenalizedPoint(
        columns, outcome, penalty, zip(coefficients, step).map { $0 + share * $1 })
      if next.objective >= least { break }
      share /= 2
    }
    return next
  }

  private var objective: Double {
    model.logLikelihood
      - penalty / 2 * CompensatedSum.of(coefficients.dropFirst().lazy.map { $0 * $0 })
  }
}
