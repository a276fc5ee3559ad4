import CBLAS

/// The Cholesky factorisation with complete pivoting `Pᵀ A P = Uᵀ U` of a positive semidefinite
/// matrix (LAPACK `dpstrf`), which tells its rank and what its dependent columns consist of.
///
/// At each step the row and column with the largest pivot goes next; a pivot is what is left of the
/// diagonal entry once the columns before it are accounted for (for a correlation matrix, 1 less the
/// squared multiple correlation with them).
package struct PivotedCholesky: Sendable {
  package let order: Int

  /// The columns of A in the order of their pivots, counted from 0: the first `rank` are
  /// independent, the others depend on them.
  package let permutation: [Int]

  /// The number of pivots above the tolerance.
  package let rank: Int

  /// The first `rank` pivots, in the order of `permutation`: the squared diagonal of U.
  package let pivots: [Double]

  /// U in the upper triangle of the first `rank` rows; nothing else has a meaning.
  private let factor: Matrix

  /// Ends at the first pivot that is at most `tolerance` (absolute, in the units of the diagonal of
  /// A; negative counts as 0). Throws `notFinite`, `tooLarge` or `invalidArgument`.
  package init(_ matrix: SymmetricMatrix, tolerance: Double) throws(CholeskyError) {
    if let (row, column) = matrix.firstNotFinite {
      throw .notFinite(row: row, column: column)
    }
    let size = try LAPACKSize(order: matrix.order)
    // A negative tolerance would mean LAPACK's own, which is relative.
    let tolerance = max(0, tolerance)
    let buffer = matrix.denseUpper()
    let work = AlignedBuffer(count: 2 * matrix.order)
    var places = [Int32](repeating: 0, count: matrix.order)
    var rank: Int32 = 0
    var status: Int32 = 0
    ExclusiveBLAS.call {
      dpstrf_(
        "U", [size.order], buffer.start, [size.leadingDimension], &places, &rank, [tolerance],
        work.start, &status, 1)
    }
    guard status >= 0 else {
      throw .invalidArgument(routine: "dpstrf", position: Int(-status))
    }
    let factor = Matrix(rows: matrix.order, columns: matrix.order, storage: buffer)
    // dpstrf compares every pivot with the tolerance but the first.
    pivots = (0..<Int(rank)).map { factor[$0, $0] * factor[$0, $0] }
      .prefix { $0 > tolerance }.map { $0 }
    self.rank = pivots.count
    permutation = places.map { Int($0) - 1 }
    order = matrix.order
    self.factor = factor
  }

  /// What a dependent column consists of: its coefficients on the independent columns, in the order
  /// of their pivots. Empty for an independent column and for one outside the matrix.
  ///
  /// A column without a share still has a coefficient of the size of rounding errors.
  package func dependence(of column: Int) -> [(column: Int, coefficient: Double)] {
    guard let place = permutation.firstIndex(of: column), place >= rank else { return [] }
    var coefficients = [Double](repeating: 0, count: rank)
    for i in (0..<rank).reversed() {
      var rest = factor[i, place]
      for j in i + 1..<rank {
        rest -= factor[i, j] * coefficients[j]
      }
      coefficients[i] = rest / factor[i, i]
    }
    return coefficients.indices.map { (permutation[$0], coefficients[$0]) }
  }
}
