import KonsilTesting
import Queries
import Testing

@Suite("Contributions")
struct ContributionTests {
  private func query() throws -> Query {
    Query(
      name: "test", parameters: [],
      segments: [
        .counts("rows", length: 1, bound: 100), try .reals("sums", length: 2, bound: 8, sites: 4),
      ], isVerified: false)
  }

  private func elements(_ values: [[Double]]) throws -> [UInt64]? {
    let contribution = Contribution(values, for: try query())
    guard let contribution else { return nil }
    return contribution.take()
  }

  @Test("hold each segment's values at its scale, in order")
  func inOrder() throws {
    let scale = try #require(FixedPoint(bound: 8, sites: 4))
    #expect(scale.fractionBits == 58)
    #expect(try elements([[7], [0.5, -0.25]]) == [7, 1 << 57, UInt64(bitPattern: -(1 << 56))])
  }

  @Test("take values up to the bound, and none beyond it")
  func bound() throws {
    #expect(try elements([[100], [8, -8]]) != nil)
    #expect(try elements([[100], [8, (-8.0).nextDown]]) == nil)
    #expect(try elements([[100], [(8.0).nextUp, 0]]) == nil)
    #expect(try elements([[101], [0, 0]]) == nil)
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(try elements([[0], [0, value]]) == nil)
      #expect(try elements([[value], [0, 0]]) == nil)
    }
  }

  @Test(
    "need as many values as the query has elements",
    arguments: [
      [], [[1.0]], [[1], [0]], [[1], [0, 0, 0]], [[], [0, 0]], [[1], [0, 0], []], [[1, 0, 0]],
    ])
  func lengths(values: [[Double]]) throws {
    #expect(try elements(values) == nil)
  }

  @Test("of noise are the noise, element by element")
  func noise() throws {
    var random = SeededRandom(seed: 5)
    var same = SeededRandom(seed: 5)
    let contribution = Contribution(noise: { random.next() }, for: try query())
    let elements = contribution.take()
    #expect(elements == (0..<3).map { _ in same.next() })
  }
}

@Suite("Sums of a query")
struct QuerySumTests {
  private func query() throws -> Query {
    Query(
      name: "test", parameters: [],
      segments: [
        .counts("rows", length: 1, bound: 100), .counts("none", length: 0, bound: 1),
        try .reals("sums", length: 2, bound: 8, sites: 4),
      ], isVerified: false)
  }

  @Test("are reals, segment by segment")
  func segments() throws {
    let sum = QuerySum(elements: [7, 1 << 57, UInt64(bitPattern: -(1 << 56))], for: try query())
    #expect(sum?.values == [[7], [], [0.5, -0.25]])
  }

  @Test("have exactly the query's elements", arguments: [0, 1, 2, 4, 5])
  func lengths(count: Int) throws {
    #expect(QuerySum(elements: [UInt64](repeating: 1, count: count), for: try query()) == nil)
  }

  @Test("are refused beyond the bound, so that no rule rests on an impossible sum")
  func bound() throws {
    #expect(QuerySum(elements: [100, 8 << 58, 0], for: try query()) != nil)
    #expect(QuerySum(elements: [101, 0, 0], for: try query()) == nil)
    #expect(QuerySum(elements: [UInt64(bitPattern: -101), 0, 0], for: try query()) == nil)
    #expect(QuerySum(elements: [0, 9 << 58, 0], for: try query()) == nil)
    #expect(QuerySum(elements: [0, 0, UInt64(bitPattern: -(9 << 58))], for: try query()) == nil)
  }

  @Test("that were kept are checked against the query they are kept for")
  func fits() throws {
    let sum = try #require(QuerySum(elements: [7, 0, 0], for: try query()))
    #expect(sum.fits(try query()))
    let other = Query(
      name: "test", parameters: [], segments: [.counts("rows", length: 3, bound: 100)], isVerified: false)
    #expect(!sum.fits(other))
  }
}

@Suite("Queries")
struct QueryTests {
  @Test("an impossible bound is an error and no trap", arguments: [0, -1, Double.nan, .infinity])
  func bound(bound: Double) throws {
    let error = try #require(throws: AnalysisError.self) {
      try Segment.reals("sums", length: 1, bound: bound, sites: 4)
    }
    #expect(error.code == .boundNotFinite)
  }
}
