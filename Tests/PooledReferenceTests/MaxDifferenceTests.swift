import PooledReference
import Testing

@Suite("The largest difference")
struct MaxDifferenceTests {
  @Test("is in units of the coefficient or of its standard error, whichever is larger")
  func units() throws {
    #expect(
      try maxDifference(coefficients: [8.5], reference: [8], standardErrors: [0.1]) == 0.0625)
    #expect(
      try maxDifference(coefficients: [0.5], reference: [-0.5], standardErrors: [4]) == 0.25)
  }

  @Test("is the largest of all entries")
  func largest() throws {
    let difference = try maxDifference(
      coefficients: [1, 3, 5], reference: [1, 2, 4], standardErrors: [1, 1, 1])
    #expect(difference == 0.5)
  }

  @Test("is zero for equal numbers and for none")
  func zero() throws {
    #expect(try maxDifference(coefficients: [], reference: [], standardErrors: []) == 0)
    #expect(try maxDifference(coefficients: [0], reference: [0], standardErrors: [0]) == 0)
  }

  @Test("is not a number where any is not, wherever it stands", arguments: 0..<3, 0..<2)
  func notANumber(list: Int, entry: Int) throws {
    var lists: [[Double]] = [[1, 2], [3, 4], [5, 6]]
    lists[list][entry] = .nan
    let difference = try maxDifference(
      coefficients: lists[0], reference: lists[1], standardErrors: lists[2])
    #expect(difference.isNaN)
  }

  @Test("needs one number of each kind")
  func counts() {
    let error = PooledReferenceError.unequalCounts(
      coefficients: 2, reference: 1, standardErrors: 1)
    #expect(throws: error) {
      try maxDifference(coefficients: [1, 2], reference: [1], standardErrors: [1])
    }
  }
}
