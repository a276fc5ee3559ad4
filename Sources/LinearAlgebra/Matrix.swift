/// A dense matrix of doubles stored column by column, unchangeable once made.
///
/// The storage is aligned to 64 bytes and so is each column, so that the same entries give the same
/// bits in every process (see `AlignedBuffer`). The number of rows and of columns must fit in an
/// `Int32`, the integer of BLAS; more is a programming error.
package final class Matrix: @unchecked Sendable {
  package let rows: Int
  package let columns: Int

  let leadingDimension: Int
  let storage: AlignedBuffer

  /// The matrix of `element(row, column)`, both counted from 0.
  package convenience init(rows: Int, columns: Int, _ element: (Int, Int) -> Double) {
    let stride = AlignedBuffer.leadingDimension(rows: rows)
    let storage = AlignedBuffer(count: stride * columns)
    for column in 0..<columns {
      for row in 0..<rows {
        storage.start[column * stride + row] = element(row, column)
      }
    }
    self.init(rows: rows, columns: columns, storage: storage)
  }

  /// The matrix whose columns `fill` writes: it gets each one's place and its `rows` entries, 0 at first.
  package convenience init(
    rows: Int, columns: Int, fill: (Int, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let stride = AlignedBuffer.leadingDimension(rows: rows)
    let storage = AlignedBuffer(count: stride * columns)
    for column in 0..<columns {
      fill(column, UnsafeMutableBufferPointer(start: storage.start + column * stride, count: rows))
    }
    self.init(rows: rows, columns: columns, storage: storage)
  }

  /// The matrix of these columns, which must all have `rows` entries (by default, those of the
  /// first).
  package convenience init(columns: [[Double]], rows: Int? = nil) {
    let rows = rows ?? columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rows }, "columns of unequal length")
    self.init(rows: rows, columns: columns.count) { row, column in columns[column][row] }
  }

  /// Adopts a buffer of `columns` columns of `leadingDimension(rows:)` doubles each.
  init(rows: Int, columns: Int, storage: consuming AlignedBuffer) {
    let stride = AlignedBuffer.leadingDimension(rows: rows)
    precondition(
      rows >= 0 && columns >= 0 && stride <= Int32.max && columns <= Int32.max,
      "a matrix beyond the integers of BLAS")
    precondition(storage.count == stride * columns, "a buffer of another shape")
    self.rows = rows
    self.columns = columns
    self.leadingDimension = stride
    self.storage = storage
  }

  /// The entry at a row and column counted from 0; outside the matrix is a programming error.
  package subscript(row: Int, column: Int) -> Double {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns, "index outside the matrix")
    return storage.start[column * leadingDimension + row]
  }
}
