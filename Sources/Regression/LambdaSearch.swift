import Evaluation
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A penalty and the deviance on rows that its fits had not seen.
package struct LambdaPoint: Hashable, Sendable, Codable {
  package let lambda: Double
  /// Twice the negative log-likelihood of the held-out rows, over all of them.
  package let deviance: Double
}

/// `lambda: auto`: the penalty of the least cross-validated deviance over the first repeat's parts, all parts and
/// penalties in one vector.
struct LambdaSearch: Hashable, Sendable, Codable {
  /// Half decades, as far as the fits of so many parts fit in a query.
  static let lambdas = (-4...8).map { pow(10, Double($0) / 2) }
  static let queryName = "deviance"

  private(set) var batch: FitBatch
  init(_ sets: FitSets) {
    let parts = sets.dealing?.parts ?? 0
    let wanted = Self.lambdas.flatMap { lambda in
      (0..<parts).map { (set: sets.trainingSet(repeat: 0, part: $0), lambda: lambda) }
    }
    batch = FitBatch(sets, wanted, isFirth: false)
  }

  func query(_ shape: FitShape) throws(AnalysisError) -> Query {
    batch.isDone ? try Self.deviance(fitted, shape) : try batch.query(shape)
  }

  /// The fits that have an estimate.
  private var fitted: [FitPoint] {
    batch.fits.compactMap { fit in fit.parameters.map { FitPoint(set: fit.set, parameters: $0) } }
  }

  /// - Returns: one element a point: the deviance of the rows outside of its training set, each at most
  ///   `2 (log 2 + 60 + Σ 30 |z|)`, bounded by what the ranges of parameters and the rows allow.
  static func deviance(_ points: [FitPoint], _ shape: FitShape) throws(AnalysisError) -> Query {
    let most = 4 * shape.weight * (0.6931471805599453 + SiteScores.mostLogit)
    return Query(
      name: queryName, parameters: NewtonQuery.encode(points),
      segments: [try .reals("deviance", length: points.count, bound: most, sites: shape.sites)],
      isVerified: false)
  }

  /// - Returns: the path, once all is known.
  mutating func absorb(_ sum: QuerySum, _ shape: FitShape) throws(AnalysisError) -> [LambdaPoint]? {
    guard batch.isDone else {
      try batch.absorb(sum, shape)
      if batch.isDone, let failure = batch.fits.lazy.compactMap(\.failure).first, fitted.isEmpty {
        throw failure.error
      }
      return nil
    }
    var path: [LambdaPoint] = []
    var rest = sum.values[0][...]
    for lambda in Self.lambdas {
      let fits = batch.fits.filter { $0.lambda == lambda }
      let deviances = fits.map { $0.result == nil ? Double.infinity : rest.removeFirst() }
      let total = deviances.reduce(0, +)
      if total.isFinite { path.append(LambdaPoint(lambda: lambda, deviance: total)) }
    }
    return path
  }
}
