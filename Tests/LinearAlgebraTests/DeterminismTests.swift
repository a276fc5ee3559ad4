import LinearAlgebra
import Testing

/// All that the package computes from one set of numbers, as bit patterns.
private func everyBit(_ columns: [[Double]], _ weights: [Double]) -> [UInt64] {
  let matrix = Matrix(columns: columns)
  let gram = matrix.weightedGram(weights)
  let gradient = matrix.transposedMultiply(weights)
  var numbers = gram.upperTriangle + gradient + matrix.multiply(gradient)
  if let factor = try? CholeskyFactor(gram) {
    numbers += factor.solve(gradient) + factor.inverse().upperTriangle + [factor.logDeterminant]
  }
  if let pivoted = try? PivotedCholesky(gram, tolerance: 1e-9) {
    numbers += pivoted.pivots
  }
  return numbers.map(\.bitPattern)
}

@Suite("The same numbers give the same bits")
struct DeterminismTests {
  @Test("wherever the memory happens to lie", arguments: [7, 8, 9] as [UInt64])
  func anyAddress(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let columns = numbers.columns(13, rows: 1301)
    let weights = numbers.vector(1301, 0..<1)
    let expected = everyBit(columns, weights)
    var held: [[Double]] = []
    for size in 1...40 {
      held.append([Double](repeating: 0, count: 37 * size))
      #expect(everyBit(columns, weights) == expected)
    }
    #expect(held.count == 40)
  }

  @Test("on many threads at once")
  func manyThreads() async {
    var numbers = SeededNumbers(seed: 10)
    let columns = numbers.columns(40, rows: 2000)
    let weights = numbers.vector(2000, 0..<1)
    let expected = everyBit(columns, weights)
    let different = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<200).count { _ in everyBit(columns, weights) != expected }
        }
      }
      var different = 0
      for await count in group {
        different += count
      }
      return different
    }
    #expect(different == 0)
  }
}
