import LinearAlgebra
import Testing

@Suite("A pivoted Cholesky factor")
struct PivotedCholeskyTests {
  @Test("takes the largest pivot first and tells what is left after each")
  func byHand() throws {
    let matrix = try #require(SymmetricMatrix(order: 2, upperTriangle: [4, 6, 25]))
    let pivoted = try PivotedCholesky(matrix, tolerance: 0)
    #expect(pivoted.permutation == [1, 0])
    #expect(pivoted.rank == 2)
    // 4 - 6²/25 is left of the first column once the second is accounted for.
    for (pivot, expected) in zip(pivoted.pivots, [25, 2.56]) {
      #expect(abs(pivot - expected) < 1e-13)
    }
    #expect(pivoted.dependence(of: 0).isEmpty)
    #expect(pivoted.dependence(of: 2).isEmpty)
  }

  @Test("explains an alias by the columns it consists of", arguments: [14, 15, 16] as [UInt64])
  func alias(seed: UInt64) throws {
    // Columns 1 and 4 follow from the others; which of each set comes last is for the pivots.
    var numbers = SeededNumbers(seed: seed)
    var columns = numbers.columns(6, rows: 200)
    columns[1] = columns[0].indices.map { 2 * columns[0][$0] - columns[2][$0] / 2 }
    columns[4] = columns[3].map { -3 * $0 }
    let gram = Matrix(columns: columns).weightedGram([Double](repeating: 1, count: 200))
    let pivoted = try PivotedCholesky(gram, tolerance: 1e-9)

    #expect(pivoted.rank == 4)
    #expect(pivoted.pivots.count == 4)
    #expect(Set(pivoted.permutation) == Set(0..<6))
    let dependent = pivoted.permutation.dropFirst(4)
    #expect(dependent.contains(3) || dependent.contains(4))
    for column in dependent {
      let terms = pivoted.dependence(of: column)
      #expect(terms.map(\.column) == Array(pivoted.permutation.prefix(4)))
      for row in 0..<200 {
        let sum = terms.reduce(0) { $0 + $1.coefficient * columns[$1.column][row] }
        #expect(abs(sum - columns[column][row]) < 1e-7)
      }
      // Only the columns of its own set have a share.
      let set: Set<Int> = [3, 4].contains(column) ? [3, 4] : [0, 1, 2]
      for term in terms {
        #expect(set.contains(term.column) == (abs(term.coefficient) > 1e-3))
      }
    }
  }

  @Test("counts a pivot at the tolerance as none, the first one too")
  func tolerance() throws {
    let matrix = try #require(SymmetricMatrix(order: 3, upperTriangle: [9, 0, 0, 4, 0, 1]))
    for (tolerance, rank) in [(-1, 3), (0, 3), (1, 2), (3.9, 2), (4, 1), (9, 0), (100, 0)] {
      let pivoted = try PivotedCholesky(matrix, tolerance: Double(tolerance))
      #expect(pivoted.rank == rank)
      #expect(pivoted.pivots == Array([9, 4, 1].prefix(rank)))
    }
  }

  @Test("of zero has rank zero")
  func zero() throws {
    let pivoted = try PivotedCholesky(SymmetricMatrix(order: 3), tolerance: 0)
    #expect(pivoted.rank == 0)
    #expect(Set(pivoted.permutation) == [0, 1, 2])
    #expect(try PivotedCholesky(SymmetricMatrix(order: 0), tolerance: 0).rank == 0)
  }

  @Test("finds the rank beyond LAPACK's own block of columns", arguments: [17, 18] as [UInt64])
  func manyColumns(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var columns = numbers.columns(150, rows: 400)
    for column in 100..<150 {
      columns[column] = columns[column].indices.map {
        columns[column - 100][$0] + columns[column - 50][$0]
      }
    }
    let gram = Matrix(columns: columns).weightedGram([Double](repeating: 1, count: 400))
    let pivoted = try PivotedCholesky(gram, tolerance: 1e-8)
    #expect(pivoted.rank == 100)
    for column in pivoted.permutation.dropFirst(100) {
      let terms = pivoted.dependence(of: column)
      for row in stride(from: 0, to: 400, by: 50) {
        let sum = terms.reduce(0) { $0 + $1.coefficient * columns[$1.column][row] }
        #expect(abs(sum - columns[column][row]) < 1e-7)
      }
    }
  }
}
