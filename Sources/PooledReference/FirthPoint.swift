/// Coefficients on the standardised scale with Firth's penalised log-likelihood
/// `ℓ + ½ log det I` (Biometrika 1993;80:27-38), I the information of all columns.
struct FirthPoint {
  let problem: FitProblem
  let coefficients: [Double]
  let model: WorkingModel
  /// Of all columns, with no penalty but Firth's.
  let squares: HouseholderQR

  /// Slow on separated data: a step shrinks the rest by a constant factor only.
  static let mostIterations = 1000

  init(_ problem: FitProblem, _ coefficients: [Double]) {
    self.problem = problem
    self.coefficients = coefficients
    model = problem.model(at: coefficients)
    squares = HouseholderQR(Self.weighted(problem.columns, model), model.residuals, tolerance: 0)
  }

  var objective: Double { model.logLikelihood + squares.halfLogDeterminant }

  /// The point with the greatest penalised log-likelihood whose coefficients differ from these in the
  /// `free` columns alone, and how many steps it took; nil where it was not found.
  func maximised(free: [Int]) -> (point: FirthPoint, iterations: Int)? {
    var point = self
    var lastMove = Double.infinity
    for iteration in 1...Self.mostIterations {
      let squares = HouseholderQR(
        Self.weighted(free.map { problem.columns[$0] }, point.model), point.modifiedResiduals, tolerance: 0)
      guard squares.dependentColumn == nil else { return nil }
      let step = squares.solution()
      let variances = squares.inverseGram()
      let move = step.indices.map { abs(step[$0]) / variances[$0][$0].squareRoot() }.max() ?? 0
      point = point.moved(by: step, in: free)
      if move <= 1e-12 || (move <= 1e-8 && move >= lastMove) { return (point, iteration) }
      lastMove = move
    }
    return nil
  }

  /// Those of the modified score `Σ (w (y - p) + h (½ - p)) x`, h the leverages.
  private var modifiedResiduals: [Double] {
    let leverages = squares.leverages(of: Self.weighted(problem.columns, model))
    return model.residuals.indices.map { model.residuals[$0] + leverages[$0] * model.pulls[$0] }
  }

  private func moved(by step: [Double], in free: [Int]) -> FirthPoint {
    let least = objective - 1e-13 * abs(objective)
    var share = 1.0
    var next = self
    for _ in 0..<20 {
      var moved = coefficients
      for (place, column) in free.enumerated() { moved[column] += share * step[place] }
      next = FirthPoint(problem, moved)
      if next.objective >= least { break }
      share /= 2
    }
    return next
  }

  private static func weighted(_ columns: [[Double]], _ model: WorkingModel) -> [[Double]] {
    columns.map { column in zip(column, model.rootWeights).map { $0 * $1 } }
  }
}
