import CBLAS

extension Matrix {
  /// `X v`, one number a row (BLAS `dgemv`). `v` must have one number a column.
  package func multiply(_ v: [Double]) -> [Double] {
    precondition(v.count == columns, "a vector needs one number a column")
    return product(CblasNoTrans, v, resultCount: rows)
  }

  /// `Xᵀ v`, one number a column (BLAS `dgemv`). `v` must have one number a row.
  package func transposedMultiply(_ v: [Double]) -> [Double] {
    precondition(v.count == rows, "a vector needs one number a row")
    return product(CblasTrans, v, resultCount: columns)
  }

  private func product(
    _ transposition: CBLAS_TRANSPOSE, _ v: [Double], resultCount: Int
  ) -> [Double] {
    let factor = AlignedBuffer(v)
    let result = AlignedBuffer(count: resultCount)
    ExclusiveBLAS.call {
      cblas_dgemv(
        CblasColMajor, transposition, Int32(rows), Int32(columns), 1, storage.start,
        Int32(leadingDimension), factor.start, 1, 0, result.start, 1)
    }
    return result.array(resultCount)
  }
}
