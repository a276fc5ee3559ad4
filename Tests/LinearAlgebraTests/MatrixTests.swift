import LinearAlgebra
import Testing

@Suite("A matrix")
struct MatrixTests {
  @Test("has the entries it was made of, by rule or by columns")
  func entries() {
    let byRule = Matrix(rows: 3, columns: 2) { row, column in Double(10 * row + column) }
    let byColumns = Matrix(columns: [[0, 10, 20], [1, 11, 21]])
    for matrix in [byRule, byColumns] {
      #expect(matrix.rows == 3)
      #expect(matrix.columns == 2)
      for row in 0..<3 {
        for column in 0..<2 {
          #expect(matrix[row, column] == Double(10 * row + column))
        }
      }
    }
  }

  @Test("multiplies a vector from the right and, transposed, from the left")
  func productsByHand() {
    let matrix = Matrix(columns: [[1, 2, 3], [4, 5, 6]])
    #expect(matrix.multiply([10, 1]) == [14, 25, 36])
    #expect(matrix.transposedMultiply([1, 10, 100]) == [321, 654])
  }

  @Test("gives zeros where it has no rows or no columns")
  func emptyShapes() {
    let noRows = Matrix(columns: [[], []])
    #expect(noRows.multiply([1, 2]) == [])
    #expect(noRows.transposedMultiply([]) == [0, 0])
    let noColumns = Matrix(columns: [], rows: 3)
    #expect(noColumns.multiply([]) == [0, 0, 0])
    #expect(noColumns.transposedMultiply([1, 2, 3]) == [])
    #expect(noColumns.weightedGram([1, 1, 1]) == SymmetricMatrix(order: 0))
  }

  @Test(
    "multiplies as the definition says, up to rounding",
    arguments: [1, 7, 8, 9, 63, 1000], [1, 2, 13] as [UInt64])
  func productsOfAnySize(rows: Int, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let columns = numbers.columns(Int(seed) + 2, rows: rows)
    let right = numbers.vector(columns.count)
    let left = numbers.vector(rows)
    let matrix = Matrix(columns: columns)

    let forward = matrix.multiply(right)
    for row in 0..<rows {
      let expected = tripleProduct(
        columns.map { $0[row] }, right, columns.map { _ in 1 })
      #expect(abs(forward[row] - expected.sum) <= 1e-14 * expected.size)
    }
    let backward = matrix.transposedMultiply(left)
    for (column, value) in zip(columns, backward) {
      let expected = tripleProduct(column, left, left.map { _ in 1 })
      #expect(abs(value - expected.sum) <= 1e-13 * expected.size)
    }
  }
}
