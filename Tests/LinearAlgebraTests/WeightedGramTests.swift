import LinearAlgebra
import Testing

@Suite("A weighted Gram matrix")
struct WeightedGramTests {
  private static let block = Matrix.gramBlockRows

  @Test("is the sum of w x xᵀ over the rows")
  func byHand() {
    let matrix = Matrix(columns: [[1, 1, 1], [2, 3, 5]])
    #expect(matrix.weightedGram([4, 1, 0]).upperTriangle == [5, 11, 25])
  }

  @Test(
    "is what the definition says for any number of rows, below, at and beyond the block's",
    arguments: [0, 1, block - 1, block, block + 1, 2 * block - 1, 2 * block, 2 * block + 7],
    [3, 4] as [UInt64])
  func anySize(rows: Int, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let columns = numbers.columns(6, rows: rows)
    let weights = numbers.vector(rows, 0..<1)
    let gram = Matrix(columns: columns).weightedGram(weights)
    for i in 0..<6 {
      for j in 0..<6 {
        let expected = tripleProduct(columns[i], columns[j], weights)
        #expect(abs(gram[i, j] - expected.sum) <= 1e-13 * expected.size)
      }
    }
  }

  @Test("is exact on whole numbers, however the rows are split", arguments: [5, 6] as [UInt64])
  func wholeNumbers(seed: UInt64) {
    let rows = 2 * Self.block + 100
    var numbers = SeededNumbers(seed: seed)
    let columns = (0..<5).map { _ in numbers.integers(rows, upTo: 1000) }
    let whole = Matrix(columns: columns).weightedGram([Double](repeating: 1, count: rows))
    for cut in [1, Self.block, rows - 1] {
      let first = Matrix(columns: columns.map { Array($0[..<cut]) })
        .weightedGram([Double](repeating: 1, count: cut))
      let second = Matrix(columns: columns.map { Array($0[cut...]) })
        .weightedGram([Double](repeating: 1, count: rows - cut))
      #expect(zip(first.upperTriangle, second.upperTriangle).map(+) == whole.upperTriangle)
    }
  }

  @Test("passes over a row of weight zero")
  func zeroWeight() {
    let with = Matrix(columns: [[3, 1e300, 4], [1, -1e300, 2]]).weightedGram([1, 0, 1])
    let without = Matrix(columns: [[3, 4], [1, 2]]).weightedGram([1, 1])
    #expect(with == without)
  }

  @Test("of a negative weight is not a number, which an encoder refuses")
  func negativeWeight() {
    #expect(Matrix(columns: [[1, 2]]).weightedGram([1, -1])[0, 0].isNaN)
  }
}
