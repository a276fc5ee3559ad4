import LinearAlgebra
import Queries

/// The middle of the sandwich: `Σ s sᵀ` over patients, s the sum of a patient's `w (y - π) x` (Liang and Zeger,
/// Biometrika 1986;73:13-22); over rows with sampling weights.
enum ScoreProducts {
  static let name = "score-products"

  /// - Parameter most: the most rows of a patient times the greatest weight. By Cauchy–Schwarz no element is over
  ///   that many times the weight of all rows.
  static func query(_ parameters: [Double], most: Double, _ shape: FitShape) throws(AnalysisError) -> Query {
    Query(
      name: name, parameters: parameters,
      segments: [
        try .reals(
          "score-products", length: FitShape.triangle(shape.order(0)), bound: 2 * most * shape.weight,
          sites: shape.sites)
      ], isVerified: false)
  }

  /// - Parameter groups: equal numbers for rows that belong together.
  static func answer(_ likelihood: SiteLikelihood, groups: [UInt64], hasIntercept: Bool) -> [Double] {
    let columns = likelihood.design.columns
    // Beside an intercept of the site's own, a row counts by its distance from the site's weighted mean.
    let total = likelihood.information.reduce(0, +)
    let means =
      hasIntercept || total == 0
      ? [Double](repeating: 0, count: columns)
      : likelihood.design.transposedMultiply(likelihood.information).map { $0 / total }
    var place: [UInt64: Int] = [:]
    for group in groups where place[group] == nil { place[group] = place.count }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: place.count), count: columns)
    for row in groups.indices {
      let group = place[groups[row]] ?? 0
      for column in 0..<columns {
        sums[column][group] += likelihood.residuals[row] * (likelihood.design[row, column] - means[column])
      }
    }
    let matrix = Matrix(columns: sums, rows: place.count)
    return matrix.weightedGram([Double](repeating: 1, count: place.count)).upperTriangle
  }
}

extension SymmetricMatrix {
  /// `A B A`, times `factor`.
  func sandwich(_ middle: SymmetricMatrix, factor: Double) -> SymmetricMatrix {
    let columns = (0..<order).map { column in (0..<order).map { self[$0, column] } }
    var result = SymmetricMatrix(order: order)
    for column in 0..<order {
      let product = middle.multiply(columns[column])
      for row in 0...column {
        result[row, column] = factor * zip(columns[row], product).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return result
  }
}
