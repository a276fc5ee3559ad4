import LinearAlgebra
import Queries

/// Newton's method on `-ℓ + (λ/2) Σ β_j²` over standardised columns, one sum at a time.
struct NewtonIteration: Hashable, Sendable, Codable {
  /// Halvings in a row before the iteration is given up.
  static let mostHalvings = 10
  /// Accepted points before the iteration is given up: a likelihood with a maximum takes under 10, and on
  /// separated records `|Δβ_j| / se_j` falls below the tolerance too, though not before twice as many.
  static let mostIterations = 25
  /// `max |Δβ_j| / se_j` at which the last step is taken.
  static let tolerance = 1e-10
  /// A pivot of the first Hessian below this share of its greatest diagonal element is an alias.
  static let aliasTolerance = 1e-11
  /// A pivot that falls to this share of the first Hessian's smallest means that weights vanish.
  static let separationTolerance = 1e-8

  struct Point: Hashable, Sendable, Codable {
    let parameters: [Double]
    let objective: Double
  }

  enum Result {
    case going
    case converged(parameters: [Double], covariance: SymmetricMatrix, logLikelihood: Double)
  }

  let columns: [String]
  let lambda: Double
  /// Where the next sum is asked.
  private(set) var trial: [Double]
  private var accepted: Point?
  private var halvings = 0
  private var iterations = 0
  private var smallestFirstPivot: Double?
  private(set) var sums = 0

  /// - Parameter columns: names after the intercept.
  init(columns: [String], intercept: Double, lambda: Double) {
    self.columns = columns
    self.lambda = lambda
    trial = [intercept] + [Double](repeating: 0, count: columns.count)
  }

  /// - Parameter rounding: greatest error of the log-likelihood by fixed point, `N · 2^-f`.
  mutating func absorb(
    logLikelihood: Double, gradient: [Double], information: SymmetricMatrix, rounding: Double
  ) throws(AnalysisError) -> Result {
    sums += 1
    let penalty = lambda / 2 * trial.dropFirst().reduce(0) { $0 + $1 * $1 }
    let objective = logLikelihood - penalty
    if let accepted, objective < accepted.objective - rounding - 1e-12 * accepted.objective.magnitude {
      return try halve(towards: accepted)
    }
    accepted = Point(parameters: trial, objective: objective)
    halvings = 0
    iterations += 1
    guard iterations <= Self.mostIterations else { throw separation(of: mostExtreme) }

    let penalties = [0] + [Double](repeating: lambda, count: columns.count)
    let penalised = information.addingToDiagonal(penalties)
    try checkPivots(of: penalised)
    let factor: CholeskyFactor
    do {
      factor = try CholeskyFactor(penalised)
    } catch {
      throw separation(of: mostExtreme)
    }
    let step = factor.solve(
      zip(gradient, zip(penalties, trial)).map { $0 - $1.0 * $1.1 })
    let covariance = factor.inverse()
    let next = zip(trial, step).map { $0 + $1 }
    if let index = NewtonQuery.outOfRange(next) {
      throw separation(of: index == 0 ? "(intercept)" : columns[index - 1])
    }
    let greatest = zip(step, covariance.diagonal).reduce(0) {
      max($0, $1.0.magnitude / $1.1.squareRoot())
    }
    guard greatest.isFinite else { throw separation(of: mostExtreme) }
    if greatest <= Self.tolerance {
      return .converged(parameters: next, covariance: covariance, logLikelihood: logLikelihood)
    }
    trial = next
    return .going
  }

  private mutating func halve(towards accepted: Point) throws(AnalysisError) -> Result {
    halvings += 1
    guard halvings <= Self.mostHalvings else {
      throw AnalysisError(
        .notConverged, "the likelihood does not rise along Newton's direction",
        advice: "use a ridge penalty, or name fewer predictors")
    }
    trial = zip(trial, accepted.parameters).map { ($0 + $1) / 2 }
    return .going
  }

  private mutating func checkPivots(of information: SymmetricMatrix) throws(AnalysisError) {
    let greatest = information.diagonal.max() ?? 0
    let pivoted: PivotedCholesky
    do {
      pivoted = try PivotedCholesky(
        information,
        tolerance: smallestFirstPivot == nil ? Self.aliasTolerance * greatest : 0)
    } catch {
      throw separation(of: mostExtreme)
    }
    let smallest = pivoted.pivots.prefix(pivoted.rank).min() ?? 0
    guard let first = smallestFirstPivot else {
      if pivoted.rank < pivoted.order { throw alias(pivoted) }
      smallestFirstPivot = smallest
      return
    }
    if pivoted.rank < pivoted.order || smallest <= Self.separationTolerance * first {
      let last = pivoted.permutation[min(pivoted.rank, pivoted.order - 1)]
      throw separation(of: name(last))
    }
  }

  private var mostExtreme: String {
    let index = trial.indices.dropFirst().max { trial[$0].magnitude < trial[$1].magnitude }
    return name(index ?? 0)
  }

  private func name(_ index: Int) -> String { index == 0 ? "(intercept)" : columns[index - 1] }

  private func alias(_ pivoted: PivotedCholesky) -> AnalysisError {
    let column = pivoted.permutation[pivoted.rank]
    let others = pivoted.dependence(of: column)
      .filter { $0.coefficient.magnitude > 1e-6 && $0.column != 0 }
      .map { "“\(name($0.column))”" }
    return AnalysisError(
      .aliased,
      "“\(name(column))” is determined by "
        + (others.isEmpty ? "the other columns" : others.joined(separator: ", ")),
      advice: "leave one of them out of the plan, or use a ridge penalty")
  }

  private func separation(of column: String) -> AnalysisError {
    AnalysisError(
      .separation, "“\(column)” separates the outcome: its coefficient has no finite estimate",
      advice: "use a ridge penalty, leave it out, or merge rare levels")
  }
}
