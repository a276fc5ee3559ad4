import LinearAlgebra
import Testing

@Suite("A Cholesky factor")
struct CholeskyFactorTests {
  /// UᵀU of U = [[2, 6, -8], [0, 1, 5], [0, 0, 3]], so its determinant is 36.
  private func known() throws -> SymmetricMatrix {
    try #require(SymmetricMatrix(order: 3, upperTriangle: [4, 12, -16, 37, -43, 98]))
  }

  @Test("solves, inverts and gives the determinant, as worked out by hand")
  func byHand() throws {
    let factor = try CholeskyFactor(known())
    for (value, expected) in zip(factor.solve([-20, -43, 192]), [1.0, 2, 3]) {
      #expect(abs(value - expected) < 1e-11)
    }
    // The cofactors over the determinant.
    let inverse = [1777.0, -488, 76, 136, -20, 4].map { $0 / 36 }
    for (value, expected) in zip(factor.inverse().upperTriangle, inverse) {
      #expect(abs(value - expected) < 1e-11)
    }
    // python3 -c 'import math; print(math.log(36))'
    #expect(abs(factor.logDeterminant - 3.58351893845611) < 1e-14)
  }

  @Test("solves and inverts any order", arguments: [1, 7, 8, 33, 70], [11, 12] as [UInt64])
  func anyOrder(order: Int, seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let gram = Matrix(columns: numbers.columns(order, rows: 3 * order + 5))
      .weightedGram([Double](repeating: 1, count: 3 * order + 5))
    let factor = try CholeskyFactor(gram)
    let x = numbers.vector(order)
    for (value, expected) in zip(factor.solve(gram.multiply(x)), x) {
      #expect(abs(value - expected) < 1e-11)
    }
    let inverse = factor.inverse()
    for j in 0..<order {
      let column = gram.multiply((0..<order).map { inverse[$0, j] })
      for i in 0..<order {
        #expect(abs(column[i] - (i == j ? 1 : 0)) < 1e-11)
      }
    }
  }

  @Test("of order zero solves nothing and has the determinant 1")
  func orderZero() throws {
    let factor = try CholeskyFactor(SymmetricMatrix(order: 0))
    #expect(factor.solve([]) == [])
    #expect(factor.inverse() == SymmetricMatrix(order: 0))
    #expect(factor.logDeterminant == 0)
  }

  @Test(
    "does not exist where a leading minor is not positive, which is named",
    arguments: [
      ([1, 2, 0, 1, 0, 1], 1), ([1, 0, 1, 1, 1, 2], 2), ([0, 0, 0, 1, 0, 1], 0),
      ([1, 0, 0, 1, 0, -1], 2),
    ] as [([Double], Int)])
  func notPositiveDefinite(upperTriangle: [Double], index: Int) throws {
    let matrix = try #require(SymmetricMatrix(order: 3, upperTriangle: upperTriangle))
    #expect(throws: CholeskyError.notPositiveDefinite(index: index)) {
      try CholeskyFactor(matrix)
    }
  }

  @Test(
    "does not exist for an entry that is not finite, which is named",
    arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    var matrix = try known()
    matrix[2, 1] = value
    #expect(throws: CholeskyError.notFinite(row: 1, column: 2)) { try CholeskyFactor(matrix) }
    #expect(throws: CholeskyError.notFinite(row: 1, column: 2)) {
      try PivotedCholesky(matrix, tolerance: 0)
    }
  }

  @Test("does not exist where its entries overflow on the way")
  func overflow() throws {
    // The entry (2, 3) of the factor is ∞ - ∞, so its last diagonal entry is no number.
    let matrix = try #require(
      SymmetricMatrix(
        order: 4, upperTriangle: [1, 0, 1e150, 1e200, 1, 1e150, -1e200, 3e300, 0, 1]))
    #expect(throws: CholeskyError.notPositiveDefinite(index: 3)) { try CholeskyFactor(matrix) }
  }
}
