import LinearAlgebra
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Many fits at once, one vector a step: one that has converged leaves it.
struct FitBatch: Hashable, Sendable, Codable {
  struct Fit: Hashable, Sendable, Codable {
    let set: Int
    let lambda: Double
    var iteration: NewtonIteration
    var result: FitResult?
    var failure: AnalysisError?

    var isOpen: Bool { result == nil && failure == nil }
  }

  private(set) var fits: [Fit]
  /// Sums that were asked.
  private(set) var steps = 0

  /// - Parameter lambdas: λ of each set's fit.
  init(_ sets: FitSets, _ wanted: [(set: Int, lambda: Double)], isFirth: Bool) {
    fits = wanted.map { set, lambda in
      let weights = sets.weights(set)
      let start = sets.hasIntercept ? log(weights.events / (weights.rows - weights.events)) : nil
      return Fit(
        set: set, lambda: lambda,
        iteration: NewtonIteration(
          columns: sets.columns(set), intercept: start, lambda: lambda, isFirth: isFirth))
    }
  }

  var points: [FitPoint] {
    fits.filter(\.isOpen).map {
      FitPoint(set: $0.set, parameters: $0.iteration.trial, inverse: $0.iteration.inverse)
    }
  }

  var isDone: Bool { fits.allSatisfy { !$0.isOpen } }

  func query(_ shape: FitShape) throws(AnalysisError) -> Query { try NewtonQuery.make(points, shape) }

  /// A fit that fails ends alone: what that means is for its owner to say.
  mutating func absorb(_ sum: QuerySum, _ shape: FitShape) throws(AnalysisError) {
    let query = try query(shape)
    let evaluations = try NewtonQuery.evaluations(sum, points, shape)
    let rounding = NewtonQuery.rounding(query, sites: shape.sites)
    steps += 1
    for (index, evaluation) in zip(fits.indices.filter { fits[$0].isOpen }, evaluations) {
      do throws(AnalysisError) {
        let result = try fits[index].iteration.absorb(evaluation, rounding: rounding, shape: shape)
        if case .converged(let found) = result { fits[index].result = found }
      } catch {
        fits[index].failure = error
      }
    }
  }
}
