import LinearAlgebra
import Queries

/// A fit that has converged, on the standardised scale.
struct FitResult: Hashable, Sendable, Codable {
  let parameters: [Double]
  /// The inverse of the (penalised) information.
  let covariance: SymmetricMatrix
  /// Without the penalty.
  let information: SymmetricMatrix
  let logLikelihood: Double
  /// The log-likelihood with the penalty.
  let objective: Double
}

/// Why a fit has no estimate.
struct FitFailure: Error, Hashable, Sendable, Codable {
  let error: AnalysisError
  /// The column that is the reason; nil where it is no single one's.
  let column: String?
}

/// Newton's method on `-ℓ + (λ/2) Σ β_j²`, or on Firth's `-ℓ - ½ log det I`, over standardised columns, one sum at a
/// time.
struct NewtonIteration: Hashable, Sendable, Codable {
  /// Shortenings in a row before the iteration is given up.
  static let mostHalvings = 10
  /// Accepted points before the iteration is given up: a likelihood with a maximum takes under 10, and on
  /// separated records `|Δβ_j| / se_j` falls below the tolerance too, though not before twice as many.
  static let mostIterations = 25
  /// Firth's take more: the information is not quite the curvature of its objective, so steps shrink by a factor.
  static let mostFirthIterations = 60
  /// `max |Δβ_j| / se_j` at which the last step is taken.
  static let tolerance = 1e-10
  /// A pivot of the first Hessian below this share of its greatest diagonal element is an alias.
  static let aliasTolerance = 1e-11
  /// A pivot that falls to this share of the first Hessian's smallest means that weights vanish.
  static let separationTolerance = 1e-8

  /// A step that leaves the ranges is shortened to no less than this part of it.
  static let leastFraction = 1.0 / 16

  struct Point: Hashable, Sendable, Codable {
    let parameters: [Double]
    let objective: Double
    /// Newton's step from here, once it is known, and how fast the objective rises at its beginning.
    var step: [Double] = []
    var slope = 0.0
  }

  enum Result {
    case going
    case converged(FitResult)
  }

  /// Names of the parameters.
  let names: [String]
  /// λ of each parameter: 0 for the intercept.
  let penalties: [Double]
  let isFirth: Bool
  /// Where the next sum is asked.
  private(set) var trial: [Double]
  /// Firth's: of the information at the same point, whose first sum told it; nil before that.
  private(set) var inverse: [Double]?
  private var accepted: Point?
  /// The part of the accepted point's step that leads to `trial`.
  private var fraction = 1.0
  private var halvings = 0
  private var iterations = 0
  private var smallestFirstPivot: Double?
  private(set) var sums = 0

  /// - Parameters:
  ///   - columns: names after the intercept.
  ///   - intercept: where the common intercept begins; nil without one.
  init(columns: [String], intercept: Double?, lambda: Double, isFirth: Bool = false) {
    names = (intercept == nil ? [] : ["(intercept)"]) + columns
    penalties = (intercept == nil ? [] : [0]) + [Double](repeating: lambda, count: columns.count)
    trial = (intercept.map { [$0] } ?? []) + [Double](repeating: 0, count: columns.count)
    self.isFirth = isFirth
  }

  /// - Parameter rounding: greatest error of the log-likelihood by fixed point, `N · 2^-f`.
  mutating func absorb(
    _ evaluation: FitEvaluation, rounding: Double, shape: FitShape
  ) throws(FitFailure) -> Result {
    sums += 1
    let penalised = evaluation.information.addingToDiagonal(penalties)
    if inverse == nil {
      if let rejected = try rejects(evaluation, penalised, rounding) { return try shorten(rejected) }
      if isFirth {
        // Leverages rest on the inverse information, which no site knows: the same point again with it.
        inverse = try factor(penalised).inverse().upperTriangle
        return .going
      }
    }
    return try move(evaluation, penalised, shape)
  }

  /// The objective where it has fallen; else nil, and this is the point to go on from.
  private mutating func rejects(
    _ evaluation: FitEvaluation, _ penalised: SymmetricMatrix, _ rounding: Double
  ) throws(FitFailure) -> Double? {
    let penalty = zip(penalties, trial).reduce(0) { $0 + $1.0 * $1.1 * $1.1 / 2 }
    var objective = evaluation.logLikelihood - penalty
    if isFirth { objective += try factor(penalised).logDeterminant / 2 }
    if let accepted, objective < accepted.objective - rounding - 1e-12 * accepted.objective.magnitude {
      return objective
    }
    let step = accepted?.step ?? []
    accepted = Point(parameters: trial, objective: objective, step: step)
    halvings = 0
    iterations += 1
    guard iterations <= (isFirth ? Self.mostFirthIterations : Self.mostIterations) else {
      throw separation
    }
    try checkPivots(of: penalised)
    return nil
  }

  private mutating func move(
    _ evaluation: FitEvaluation, _ penalised: SymmetricMatrix, _ shape: FitShape
  ) throws(FitFailure) -> Result {
    let factor = try factor(penalised)
    let score = trial.indices.map { index in
      evaluation.gradient[index] + (evaluation.firth?[index] ?? 0) - penalties[index] * trial[index]
    }
    let step = factor.solve(score)
    let covariance = factor.inverse()
    accepted?.step = step
    accepted?.slope = zip(score, step).reduce(0) { $0 + $1.0 * $1.1 }
    let move = zip(step, covariance.diagonal).reduce(0) { max($0, $1.0.magnitude / $1.1.squareRoot()) }
    guard move.isFinite else { throw separation }
    fraction = 1
    while shape.outOfRange(beyond(step)) != nil {
      fraction /= 2
      guard fraction >= Self.leastFraction else { throw separation }
    }
    let next = beyond(step)
    if move <= Self.tolerance {
      return .converged(
        FitResult(
          parameters: next, covariance: covariance, information: evaluation.information,
          logLikelihood: evaluation.logLikelihood, objective: accepted?.objective ?? .nan))
    }
    (trial, inverse) = (next, nil)
    return .going
  }

  private func factor(_ information: SymmetricMatrix) throws(FitFailure) -> CholeskyFactor {
    do {
      return try CholeskyFactor(information)
    } catch {
      throw separation
    }
  }

  private func beyond(_ step: [Double]) -> [Double] { zip(trial, step).map { $0 + fraction * $1 } }

  /// Goes back to where a parabola through both objectives and the first slope is highest, by a half at least and to
  /// a tenth at most (Dennis and Schnabel, Numerical Methods for Unconstrained Optimization, 6.3.2).
  private mutating func shorten(_ rejected: Double) throws(FitFailure) -> Result {
    guard let accepted else { return .going }
    halvings += 1
    guard halvings <= Self.mostHalvings else {
      throw FitFailure(
        error: AnalysisError(
          .notConverged, "the likelihood does not rise along Newton's direction",
          advice: "use a ridge penalty, or name fewer predictors"), column: nil)
    }
    let rise = fraction * accepted.slope
    let highest = fraction * rise / (2 * (rise - (rejected - accepted.objective)))
    fraction = min(max(highest.isNaN ? 0 : highest, fraction / 10), fraction / 2)
    trial = zip(accepted.parameters, accepted.step).map { $0 + fraction * $1 }
    return .going
  }

  private mutating func checkPivots(of information: SymmetricMatrix) throws(FitFailure) {
    let greatest = information.diagonal.max() ?? 0
    let pivoted: PivotedCholesky
    do {
      pivoted = try PivotedCholesky(
        information,
        tolerance: smallestFirstPivot == nil ? Self.aliasTolerance * greatest : 0)
    } catch {
      throw separation
    }
    let smallest = pivoted.pivots.prefix(pivoted.rank).min() ?? 0
    guard let first = smallestFirstPivot else {
      if pivoted.rank < pivoted.order { throw alias(pivoted) }
      smallestFirstPivot = smallest
      return
    }
    if pivoted.rank < pivoted.order || smallest <= Self.separationTolerance * first {
      throw separation
    }
  }

  /// The column that moves fastest: on separated records the one that separates goes on and on.
  private var fastest: String? {
    let step = accepted?.step ?? []
    return step.indices.filter { names[$0] != "(intercept)" }
      .max { step[$0].magnitude < step[$1].magnitude }.map { names[$0] }
  }

  private func alias(_ pivoted: PivotedCholesky) -> FitFailure {
    let column = pivoted.permutation[pivoted.rank]
    let others = pivoted.dependence(of: column)
      .filter { $0.coefficient.magnitude > 1e-6 && names[$0.column] != "(intercept)" }
      .map { "“\(names[$0.column])”" }
    return FitFailure(
      error: AnalysisError(
        .aliased,
        "“\(names[column])” is determined by "
          + (others.isEmpty ? "the other columns" : others.joined(separator: ", ")),
        advice: "leave one of them out of the plan, or use a ridge penalty"),
      column: names[column] == "(intercept)" ? nil : names[column])
  }

  private var separation: FitFailure {
    let column = fastest
    return FitFailure(
      error: AnalysisError(
        .separation,
        "“\(column ?? names.first ?? "")” separates the outcome: its coefficient has no finite estimate",
        advice: "write “penalty: firth” or a ridge penalty, leave it out, or merge rare levels"),
      column: column)
  }
}
