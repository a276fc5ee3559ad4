import Foundation
import LinearAlgebra
import Testing

@Suite("A symmetric matrix")
struct SymmetricMatrixTests {
  @Test("keeps its upper triangle row by row and reads it from both sides")
  func layout() throws {
    let matrix = try #require(SymmetricMatrix(order: 3, upperTriangle: [1, 2, 3, 4, 5, 6]))
    let rows = (0..<3).map { i in (0..<3).map { j in matrix[i, j] } }
    #expect(rows == [[1, 2, 3], [2, 4, 5], [3, 5, 6]])
    #expect(matrix.diagonal == [1, 4, 6])
    #expect(matrix.multiply([1, 10, 100]) == [321, 542, 653])
  }

  @Test("sets both entries at once")
  func setting() {
    var matrix = SymmetricMatrix(order: 3)
    matrix[2, 0] = 7
    #expect(matrix[0, 2] == 7)
    #expect(matrix.upperTriangle == [0, 0, 7, 0, 0, 0])
  }

  @Test("adds to its diagonal alone")
  func diagonal() throws {
    let matrix = try #require(SymmetricMatrix(order: 2, upperTriangle: [1, 2, 3]))
    #expect(matrix.addingToDiagonal([10, 20]).upperTriangle == [11, 2, 23])
  }

  @Test(
    "is not made of a triangle of another order",
    arguments: [(2, 2), (2, 4), (0, 1), (-1, 0), (Int.max, 0), (Int.min, 1)])
  func wrongLength(order: Int, count: Int) {
    let triangle = [Double](repeating: 1, count: count)
    #expect(SymmetricMatrix(order: order, upperTriangle: triangle) == nil)
  }

  @Test("survives encoding and is not decoded from a triangle of another order")
  func coding() throws {
    let matrix = try #require(SymmetricMatrix(order: 2, upperTriangle: [0.1, -2e-300, 3]))
    let data = try JSONEncoder().encode(matrix)
    #expect(try JSONDecoder().decode(SymmetricMatrix.self, from: data) == matrix)
    let short = Data(#"{"order": 2, "upperTriangle": [1, 2]}"#.utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SymmetricMatrix.self, from: short)
    }
  }
}
