import CBLAS

extension Matrix {
  /// Rows a block of `weightedGram`. Part of the arithmetic: another value rounds otherwise.
  package static let gramBlockRows = 512

  /// `Xᵀ diag(w) X` (BLAS `dsyrk`), for one weight `w >= 0` a row; a negative weight gives NaN.
  ///
  /// Blocks of `gramBlockRows` rows are scaled by `√w` into one buffer and added up in order, so the
  /// memory does not grow with the rows. With weights of 1 and integers for entries the result is
  /// exact while every partial sum stays under 2^53.
  package func weightedGram(_ weights: [Double]) -> SymmetricMatrix {
    precondition(weights.count == rows, "the weights need one number a row")
    // One cache line more than the block, since columns a power of two apart share cache sets.
    let stride = AlignedBuffer.leadingDimension(rows: Self.gramBlockRows + 1)
    let block = AlignedBuffer(count: stride * columns)
    let sumStride = AlignedBuffer.leadingDimension(rows: columns)
    let sum = AlignedBuffer(count: sumStride * columns)
    let roots = AlignedBuffer(count: Self.gramBlockRows)

    for first in Swift.stride(from: 0, to: rows, by: Self.gramBlockRows) {
      let count = min(Self.gramBlockRows, rows - first)
      for row in 0..<count {
        roots.start[row] = weights[first + row].squareRoot()
      }
      for column in 0..<columns {
        let source = storage.start + (column * leadingDimension + first)
        let target = block.start + column * stride
        let factors = roots.start
        for row in 0..<count {
          target[row] = source[row] * factors[row]
        }
      }
      ExclusiveBLAS.call {
        cblas_dsyrk(
          CblasColMajor, CblasUpper, CblasTrans, Int32(columns), Int32(count), 1, block.start,
          Int32(stride), 1, sum.start, Int32(sumStride))
      }
    }
    return SymmetricMatrix(order: columns, denseUpper: sum)
  }
}
