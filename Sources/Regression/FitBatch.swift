import LinearAlgebra
import Preprocessing
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Many fits at once, one vector a step, as many as a query holds: one that has converged leaves it.
struct FitBatch: Hashable, Sendable, Codable {
  struct Fit: Hashable, Sendable, Codable {
    let set: Int
    let lambda: Double
    /// Which of the set's parameters are fitted; the others stay at 0.
    let places: Places
    var iteration: NewtonIteration
    /// Of the fitted parameters.
    var result: FitResult?
    var failure: FitFailure?

    var isOpen: Bool { result == nil && failure == nil }

    /// All of the set's; nil where there is no estimate.
    var parameters: [Double]? { result.map { places.spread($0.parameters) } }

    var point: FitPoint {
      FitPoint(
        set: set, parameters: places.spread(iteration.trial),
        inverse: iteration.inverse.flatMap { places.spread(triangle: $0) })
    }
  }

  private(set) var fits: [Fit]
  /// Columns that the training sets are fitted without, since one of them has no estimate with it.
  private(set) var leftOut: [FitFailure] = []
  /// Sums that were asked.
  private(set) var steps = 0
  private let isFirth: Bool

  /// - Parameter lambdas: λ of each set's fit.
  init(_ sets: FitSets, _ wanted: [(set: Int, lambda: Double)], isFirth: Bool) {
    self.isFirth = isFirth
    fits = wanted.map { Self.fit($0.set, $0.lambda, sets, isFirth: isFirth, without: []) }
  }

  private static func fit(
    _ set: Int, _ lambda: Double, _ sets: FitSets, isFirth: Bool, without leftOut: Set<String>
  ) -> Fit {
    let weights = sets.weights(set)
    let start = sets.hasIntercept ? log(weights.events / (weights.rows - weights.events)) : nil
    let columns = sets.columns(set)
    let first = sets.hasIntercept ? 1 : 0
    return Fit(
      set: set, lambda: lambda,
      places: Places(
        order: first + columns.count,
        fitted: Array(0..<first)
          + columns.indices.filter { !leftOut.contains(columns[$0]) }.map { first + $0 }),
      iteration: NewtonIteration(
        columns: columns.filter { !leftOut.contains($0) }, intercept: start, lambda: lambda, isFirth: isFirth)
    )
  }

  /// The fits that the next query holds.
  private func active(_ shape: FitShape) -> [Int] {
    let open = fits.indices.filter { fits[$0].isOpen }
    return Array(open.prefix(shape.fitting(open.lazy.map { fits[$0].set }, withInverse: isFirth)))
  }

  private func points(_ shape: FitShape) -> [FitPoint] { active(shape).map { fits[$0].point } }

  var isDone: Bool { fits.allSatisfy { !$0.isOpen } }

  func query(_ shape: FitShape) throws(AnalysisError) -> Query { try NewtonQuery.make(points(shape), shape) }

  /// A fit that fails ends alone: what that means is for its owner to say.
  mutating func absorb(_ sum: QuerySum, _ shape: FitShape) throws(AnalysisError) {
    let query = try query(shape)
    let evaluations = try NewtonQuery.evaluations(sum, points(shape), shape)
    let rounding = NewtonQuery.rounding(query, sites: shape.sites)
    steps += 1
    for (index, evaluation) in zip(active(shape), evaluations) {
      do throws(FitFailure) {
        let evaluation = fits[index].places.taken(evaluation)
        let result = try fits[index].iteration.absorb(evaluation, rounding: rounding, shape: shape)
        if case .converged(let found) = result { fits[index].result = found }
      } catch {
        fits[index].failure = error
      }
    }
  }

  /// Fits the training sets anew without the columns for which some of them have no estimate: a column with β = 0 is
  /// a column that is not there.
  ///
  /// - Returns: false where nothing can be left out.
  mutating func leaveOutFailing(_ sets: FitSets) -> Bool {
    let failures = fits.filter { $0.set > 0 }.compactMap(\.failure)
    guard !failures.isEmpty, failures.allSatisfy({ $0.column != nil }) else { return false }
    let all =
      leftOut
      + failures.flatMap { failure in
        sets.design.withProducts(of: failure.column ?? "").map {
          FitFailure(error: failure.error, column: $0)
        }
      }
    let names = Set(all.compactMap(\.column))
    guard names.count < sets.columns(1).count else { return false }
    leftOut = all.reduce(into: []) { kept, failure in
      if !kept.contains(where: { $0.column == failure.column }) { kept.append(failure) }
    }
    fits = fits.map { fit in
      fit.set == 0 ? fit : Self.fit(fit.set, fit.lambda, sets, isFirth: isFirth, without: names)
    }
    return true
  }
}

/// The places of some of a fit's parameters among all of them.
struct Places: Hashable, Sendable, Codable {
  let order: Int
  /// Ascending.
  let fitted: [Int]

  /// A diagonal element that no sum tells from 0, so that a matrix of fewer parameters stays positive definite.
  private static let nothing = 1e-100

  private var isAll: Bool { fitted.count == order }

  /// The others are 0.
  func spread(_ parameters: [Double]) -> [Double] {
    var all = [Double](repeating: 0, count: order)
    for (place, value) in zip(fitted, parameters) { all[place] = value }
    return all
  }

  /// Of the fitted parameters' matrix; nil where it is none of theirs.
  func spread(triangle: [Double]) -> [Double]? {
    guard !isAll else { return triangle }
    guard let matrix = SymmetricMatrix(order: fitted.count, upperTriangle: triangle) else { return nil }
    var all = SymmetricMatrix(order: order).addingToDiagonal([Double](repeating: Self.nothing, count: order))
    for (row, place) in fitted.enumerated() {
      for (column, other) in fitted.enumerated().prefix(row + 1) { all[place, other] = matrix[row, column] }
    }
    return all.upperTriangle
  }

  func taken(_ evaluation: FitEvaluation) -> FitEvaluation {
    guard !isAll else { return evaluation }
    var information = SymmetricMatrix(order: fitted.count)
    for (row, place) in fitted.enumerated() {
      for (column, other) in fitted.enumerated().prefix(row + 1) {
        information[row, column] = evaluation.information[place, other]
      }
    }
    return FitEvaluation(
      logLikelihood: evaluation.logLikelihood, gradient: fitted.map { evaluation.gradient[$0] },
      information: information, firth: evaluation.firth.map { firth in fitted.map { firth[$0] } })
  }
}
