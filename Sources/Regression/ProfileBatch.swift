import LinearAlgebra
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A coefficient's interval and test by the penalised likelihood ratio, on the original scale. An end is infinite
/// where the likelihood does not fall enough on that side.
package struct ProfileInterval: Hashable, Sendable, Codable {
  package let lower: Double
  package let upper: Double
  package let p: Double

  package init(lower: Double, upper: Double, p: Double) {
    self.lower = lower
    self.upper = upper
    self.p = p
  }
}

/// Likelihood-ratio tests and 95 % intervals of a Firth fit: three searches a coefficient, as many at once as a query
/// holds (Heinze and Schemper, Statistics in Medicine 2002;21:2409-2419).
///
/// Each moves by `δ = V (U + λ c)`, with the contrast c of the coefficient, the score U and the inverse
/// information V: for the test λ keeps `cᵀβ` at 0, for an end of the interval it leads to the likelihood
/// `ℓ - χ²/2` (Venzon and Moolgavkar, Applied Statistics 1988;37:87-94).
struct ProfileBatch: Hashable, Sendable, Codable {
  /// The 95 % quantile of χ² with one degree of freedom.
  private static let quantile = 3.841458820694124
  private static let mostSteps = 60
  private static let mostMove = 2.0
  /// In standard errors, for the search to end.
  private static let tolerance = 1e-8

  private enum Aim: Hashable, Sendable, Codable {
    case test
    case lower
    case upper

    /// What stands for a result that was not found.
    var unknown: Double {
      switch self {
      case .test: .nan
      case .lower: -.infinity
      case .upper: .infinity
      }
    }
  }

  private struct Search: Hashable, Sendable, Codable {
    let aim: Aim
    let contrast: [Double]
    var parameters: [Double]
    /// Of the information at `parameters`, which a sum without it told first.
    var inverse: [Double]?
    var steps = 0
    /// The end of the interval, or the test's likelihood ratio.
    var result: Double?
  }

  private var searches: [Search]
  private let best: FitResult
  private(set) var steps = 0

  /// - Parameter contrasts: one a coefficient, which is `cᵀβ`.
  init(_ best: FitResult, contrasts: [[Double]]) {
    self.best = best
    searches = contrasts.flatMap { contrast in
      [Aim.lower, .upper, .test].map { aim in
        Search(
          aim: aim, contrast: contrast, parameters: best.parameters, inverse: best.covariance.upperTriangle)
      }
    }
  }

  var isDone: Bool { searches.allSatisfy { $0.result != nil } }

  /// The searches that the next query holds.
  private func active(_ shape: FitShape) -> [Int] {
    let open = searches.indices.filter { searches[$0].result == nil }
    return Array(open.prefix(shape.fitting(open.lazy.map { _ in 0 }, withInverse: true)))
  }

  private func points(_ shape: FitShape) -> [FitPoint] {
    active(shape).map { FitPoint(set: 0, parameters: searches[$0].parameters, inverse: searches[$0].inverse) }
  }

  func query(_ shape: FitShape) throws(AnalysisError) -> Query { try NewtonQuery.make(points(shape), shape) }

  mutating func absorb(_ sum: QuerySum, _ shape: FitShape) throws(AnalysisError) {
    let evaluations = try NewtonQuery.evaluations(sum, points(shape), shape)
    steps += 1
    for (index, evaluation) in zip(active(shape), evaluations) { move(index, evaluation, shape) }
  }

  private mutating func move(_ index: Int, _ evaluation: FitEvaluation, _ shape: FitShape) {
    var search = searches[index]
    defer { searches[index] = search }
    guard let factor = try? CholeskyFactor(evaluation.information), search.steps < Self.mostSteps else {
      search.result = search.aim.unknown
      return
    }
    guard search.inverse != nil else {
      search.inverse = factor.inverse().upperTriangle
      return
    }
    search.steps += 1
    let likelihood = evaluation.logLikelihood + factor.logDeterminant / 2
    let score = zip(evaluation.gradient, evaluation.firth ?? []).map { $0 + $1 }
    let newton = factor.solve(score)
    let along = factor.solve(search.contrast)
    func dot(_ first: [Double], _ second: [Double]) -> Double {
      zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let curvature = dot(search.contrast, along)
    let multiplier: Double
    switch search.aim {
    case .test:
      multiplier = -(dot(search.contrast, search.parameters) + dot(search.contrast, newton)) / curvature
    case .lower, .upper:
      let target = best.objective - Self.quantile / 2
      let reach = max(0, 2 * (likelihood - target) + dot(score, newton)) / curvature
      multiplier = (search.aim == .lower ? -1 : 1) * reach.squareRoot()
    }
    var step = zip(newton, along).map { $0 + multiplier * $1 }
    let greatest = step.reduce(0) { max($0, $1.magnitude) }
    if greatest > Self.mostMove { step = step.map { $0 * Self.mostMove / greatest } }
    let covariance = factor.inverse()
    let move = zip(step, covariance.diagonal).reduce(0) { max($0, $1.0.magnitude / $1.1.squareRoot()) }
    let next = zip(search.parameters, step).map { $0 + $1 }
    guard shape.outOfRange(next) == nil else {
      search.result = search.aim.unknown
      return
    }
    if move <= Self.tolerance {
      search.result =
        search.aim == .test ? max(0, 2 * (best.objective - likelihood)) : dot(search.contrast, next)
    }
    (search.parameters, search.inverse) = (next, nil)
  }

  /// One a contrast, in units of `cᵀβ`.
  var intervals: [ProfileInterval] {
    stride(from: 0, to: searches.count, by: 3).map { first in
      let ratio = searches[first + 2].result ?? .nan
      return ProfileInterval(
        lower: searches[first].result ?? -.infinity, upper: searches[first + 1].result ?? .infinity,
        p: ratio.isNaN ? .nan : erfc((ratio / 2).squareRoot()))
    }
  }
}
