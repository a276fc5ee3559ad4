/// Why a symmetric matrix has no Cholesky factor. Every index counts from 0.
package enum CholeskyError: Error, Equatable, Sendable {
  /// The entry at this place is infinite or not a number.
  case notFinite(row: Int, column: Int)
  /// The leading minor that ends in this row and column is not positive, or overflows: the column is
  /// a combination of those before it, or the matrix is indefinite.
  case notPositiveDefinite(index: Int)
  /// More rows than the integers of LAPACK count.
  case tooLarge(order: Int)
  /// LAPACK refused its argument at this position, counted from 1 as in its manual: a fault of ours.
  case invalidArgument(routine: String, position: Int)
}

extension CholeskyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFinite(let row, let column):
      "the matrix has no finite number at row \(row), column \(column)"
    case .notPositiveDefinite(let index):
      "the matrix is not positive definite: its column \(index) adds nothing to those before it"
    case .tooLarge(let order):
      "a matrix of \(order) rows is beyond LAPACK's 32-bit integers"
    case .invalidArgument(let routine, let position):
      "\(routine) refused its argument \(position)"
    }
  }
}
