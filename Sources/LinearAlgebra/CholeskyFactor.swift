import CBLAS
import Glibc

/// The Cholesky factorisation `A = Uᵀ U` of a positive definite matrix (LAPACK `dpotrf`).
package struct CholeskyFactor: Sendable {
  package let order: Int

  /// U in the upper triangle; what stands below the diagonal has no meaning.
  private let factor: Matrix

  /// Throws what `CholeskyError` lists. A matrix that is singular up to rounding may still pass:
  /// `PivotedCholesky` tells the rank at a tolerance.
  package init(_ matrix: SymmetricMatrix) throws(CholeskyError) {
    if let (row, column) = matrix.firstNotFinite {
      throw .notFinite(row: row, column: column)
    }
    let size = try LAPACKSize(order: matrix.order)
    let buffer = matrix.denseUpper()
    var status: Int32 = 0
    ExclusiveBLAS.call {
      dpotrf_("U", [size.order], buffer.start, [size.leadingDimension], &status, 1)
    }
    guard status >= 0 else {
      throw .invalidArgument(routine: "dpotrf", position: Int(-status))
    }
    guard status == 0 else { throw .notPositiveDefinite(index: Int(status) - 1) }
    order = matrix.order
    factor = Matrix(rows: matrix.order, columns: matrix.order, storage: buffer)
  }

  /// The x with `A x = b` (LAPACK `dpotrs`). `b` must have `order` entries.
  package func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == order, "the right side needs one number a row")
    let solution = AlignedBuffer(b)
    let leadingDimension = Int32(factor.leadingDimension)
    var status: Int32 = 0
    ExclusiveBLAS.call {
      dpotrs_(
        "U", [Int32(order)], [1], factor.storage.start, [leadingDimension], solution.start,
        [leadingDimension], &status, 1)
    }
    // Beyond reach: dpotrs fails on invalid sizes alone, and these have passed dpotrf.
    precondition(status == 0, "dpotrs refused its argument \(-status)")
    return solution.array(order)
  }

  /// The inverse of A (LAPACK `dpotri`). Where A is singular up to rounding its entries are large,
  /// even infinite.
  package func inverse() -> SymmetricMatrix {
    let buffer = factor.storage.copy()
    var status: Int32 = 0
    ExclusiveBLAS.call {
      dpotri_("U", [Int32(order)], buffer.start, [Int32(factor.leadingDimension)], &status, 1)
    }
    // Beyond reach: dpotri fails on invalid sizes and on a zero in the diagonal, and dpotrf leaves
    // none there.
    precondition(status == 0, "dpotri ended with \(status)")
    return SymmetricMatrix(order: order, denseUpper: buffer)
  }

  /// The natural logarithm of the determinant of A, which is `2 Σ log U_ii`.
  package var logDeterminant: Double {
    (0..<order).reduce(0) { $0 + 2 * log(factor[$1, $1]) }
  }
}

/// The sizes of a square matrix with aligned columns, as LAPACK counts.
struct LAPACKSize {
  let order: Int32
  let leadingDimension: Int32

  init(order: Int) throws(CholeskyError) {
    guard let rows = Int32(exactly: order),
      let stride = Int32(exactly: AlignedBuffer.leadingDimension(rows: order))
    else { throw .tooLarge(order: order) }
    self.order = rows
    leadingDimension = stride
  }
}
