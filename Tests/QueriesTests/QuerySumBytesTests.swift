import KonsilTesting
import Queries
import Testing

@Suite("The bytes of a sum")
struct QuerySumBytesTests {
  private static func query() throws -> Query {
    Query(
      name: "mixed", parameters: [],
      segments: [
        try .reals("reals", length: 3, bound: 1e6, sites: 3), .words("words", length: 2, width: .full),
        try .reals("none", length: 0, bound: 1, sites: 3),
      ], isVerified: false)
  }

  @Test("are eight an element, and give the sum back")
  func roundTrip() throws {
    let query = try Self.query()
    var random = SeededRandom(seed: 5)
    for _ in 0..<100 {
      let elements = (0..<query.length).map { $0 < 3 ? random.next() >> 30 : random.next() }
      let sum = try #require(QuerySum(elements: elements, for: query))
      #expect(sum.bytes.count == 8 * query.length)
      #expect(QuerySum(bytes: sum.bytes, for: query) == sum)
    }
  }

  @Test("are of no sum when they are too few, too many, or beyond a bound")
  func refused() throws {
    let query = try Self.query()
    let sum = try #require(QuerySum(elements: [1, 2, 3, 4, 5], for: query))
    #expect(QuerySum(bytes: Array(sum.bytes.dropLast()), for: query) == nil)
    #expect(QuerySum(bytes: sum.bytes + [0], for: query) == nil)
    for real in [Double.nan, .infinity, 1e7] {
      let bits = withUnsafeBytes(of: real.bitPattern.littleEndian) { Array($0) }
      #expect(QuerySum(bytes: bits + sum.bytes.dropFirst(8), for: query) == nil)
    }
  }
}
