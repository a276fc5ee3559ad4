import LinearAlgebra
import Preprocessing

/// From coefficients of standardised columns to those of the columns as they are: `b_j = β_j / s_j`,
/// `b_0 = β_0 - Σ β_j m_j / s_j`, a linear map that the covariance follows.
struct OriginalScale {
  private let standardisation: Standardisation
  private let hasIntercept: Bool

  init(_ standardisation: Standardisation, hasIntercept: Bool) {
    self.standardisation = standardisation
    self.hasIntercept = hasIntercept
  }

  /// The map's rows, one for each coefficient on the original scale.
  var rows: [[Double]] {
    let columns = standardisation.deviations.indices
    let first = hasIntercept ? 1 : 0
    let slopes = columns.map { column in
      var row = [Double](repeating: 0, count: columns.count + first)
      row[column + first] = 1 / standardisation.deviations[column]
      return row
    }
    guard hasIntercept else { return slopes }
    return [[1] + columns.map { -standardisation.means[$0] / standardisation.deviations[$0] }] + slopes
  }

  func coefficients(_ parameters: [Double]) -> [Double] {
    rows.map { zip($0, parameters).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  func covariance(_ covariance: SymmetricMatrix) -> SymmetricMatrix {
    let rows = rows
    var mapped = SymmetricMatrix(order: rows.count)
    for column in rows.indices {
      let product = covariance.multiply(rows[column])
      for row in 0...column { mapped[row, column] = zip(rows[row], product).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    return mapped
  }
}
