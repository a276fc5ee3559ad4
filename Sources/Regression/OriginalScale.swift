import LinearAlgebra
import Preprocessing

/// From coefficients of standardised columns to those of the columns as they are: `b_j = β_j / s_j`,
/// `b_0 = β_0 - Σ β_j m_j / s_j`, a linear map that the covariance follows.
struct OriginalScale {
  private let standardisation: Standardisation

  init(_ standardisation: Standardisation) { self.standardisation = standardisation }

  func coefficients(_ parameters: [Double]) -> [Double] {
    let slopes = zip(parameters.dropFirst(), standardisation.deviations).map { $0 / $1 }
    let shift = zip(slopes, standardisation.means).reduce(0) { $0 + $1.0 * $1.1 }
    return [parameters[0] - shift] + slopes
  }

  func covariance(_ covariance: SymmetricMatrix) -> SymmetricMatrix {
    let order = covariance.order
    var mapped = SymmetricMatrix(order: order)
    for column in 0..<order {
      // Row 0 of the map times the covariance's column.
      var first = covariance[0, column]
      for other in 1..<max(order, 1) {
        first -= loading(other) * covariance[other, column]
      }
      mapped[0, column] = column == 0 ? 0 : first / standardisation.deviations[column - 1]
      for row in 1..<(column + 1) where column > 0 {
        mapped[row, column] =
          covariance[row, column]
          / (standardisation.deviations[row - 1] * standardisation.deviations[column - 1])
      }
    }
    mapped[0, 0] = interceptVariance(covariance)
    return mapped
  }

  private func loading(_ parameter: Int) -> Double {
    standardisation.means[parameter - 1] / standardisation.deviations[parameter - 1]
  }

  private func interceptVariance(_ covariance: SymmetricMatrix) -> Double {
    let map = [1] + (1..<max(covariance.order, 1)).map { -loading($0) }
    return zip(map, covariance.multiply(map)).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
