import Cohorts
import Foundation
import KonsilTesting
import Queries
import Regression
import Testing

@Suite("A site's answer to a Newton query")
struct SiteAnswerTests {
  private static let rows = [700, 1300, 40]

  private static func table(_ seed: UInt64, rows: [Int] = rows) throws -> SmallTable {
    var random = SeededRandom(seed: seed)
    let count = rows.reduce(0, +)
    // Skewed, so that single rows weigh a lot.
    let x = (0..<count).map { _ in pow(Double.random(in: 0...1, using: &random), 8) * 100 }
    let b = (0..<count).map { _ in Double.random(in: 0...1, using: &random) < 0.3 ? 1.0 : 0 }
    let y = (0..<count).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    return try SmallTable(
      [(.number("x", 0, 100), .numbers(x)), (.binary("b"), .numbers(b))], outcome: y, rows: rows)
  }

  /// The query at other parameters, with the bound that the rule gives there.
  private static func query(
    _ base: Query, at parameters: [Double], rows: Double, sites: Int
  ) throws -> Query {
    let magnitude = parameters.reduce(0) { $0 + $1.magnitude }
    let likelihood = try Segment.reals(
      "log-likelihood", length: 1, bound: 2 * rows * (0.6931471805599453 + magnitude), sites: sites)
    return Query(
      name: "newton", parameters: [0, 0] + parameters, segments: [likelihood] + base.segments.dropFirst(),
      isVerified: false)
  }

  @Test("is the same integers every time, in this process and from other memory")
  func deterministic() throws {
    let table = try Self.table(1)
    var first = try ClearFederation(table)
    let query = try first.advance(to: "newton")
    let elements = try first.answer(query).elements
    for _ in 1...20 {
      // Memory of another size before it, so that its buffers lie elsewhere.
      let shift = [Double](repeating: 1, count: Int.random(in: 1...5000))
      var again = try ClearFederation(table)
      #expect(try again.advance(to: "newton") == query)
      #expect(try again.answer(query).elements == elements)
      #expect(try first.answer(query).elements == elements)
      #expect(shift.count > 0)
    }
  }

  @Test(
    "stays within its bounds at any parameters within their ranges, or is withheld", arguments: UInt64(1)...20
  )
  func withinBounds(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var federation = try ClearFederation(Self.table(seed, rows: [30, 20, 25, 1]))
    let base = try federation.advance(to: "newton")
    var sums = 0
    for _ in 1...20 {
      let isExtreme = Bool.random(using: &random)
      let parameters = [60.0, 30, 30].map { greatest in
        isExtreme
          ? (Bool.random(using: &random) ? greatest : -greatest)
          : Double.random(in: -greatest...greatest, using: &random)
      }
      let query = try Self.query(base, at: parameters, rows: 76, sites: 4)
      // `answer` throws where a site's value or the sum is beyond its bound.
      do {
        let sum = try federation.answer(query).sum
        #expect(sum.values[0][0] <= 0 && sum.values[2][0] >= 0, "seed \(seed), \(parameters)")
        sums += 1
      } catch is Withheld {}
    }
    #expect(sums >= 5, "seed \(seed)")
  }

  @Test("is the likelihood, its gradient and its Hessian")
  func derivatives() throws {
    var federation = try ClearFederation(Self.table(2))
    let base = try federation.advance(to: "newton")
    func values(_ parameters: [Double]) throws -> [[Double]] {
      let query = try Self.query(base, at: parameters, rows: 2040, sites: 3)
      return try federation.answer(query).sum.values
    }
    let point = [0.3, -0.5, 0.7]
    let here = try values(point)
    // Central differences: their error is of the order of the square of the distance.
    let distance = 1e-4
    var place = 0
    for row in 0..<3 {
      var (up, down) = (point, point)
      up[row] += distance
      down[row] -= distance
      let (above, below) = (try values(up), try values(down))
      let slope = (above[0][0] - below[0][0]) / (2 * distance)
      #expect(abs(slope - here[1][row]) <= 1e-3, "gradient \(row)")
      for column in row..<3 {
        let curvature = -(above[1][column] - below[1][column]) / (2 * distance)
        #expect(abs(curvature - here[2][place]) <= 1e-3, "Hessian \(row), \(column)")
        place += 1
      }
    }
    // Far from the values that agree: a wrong sign or place would show.
    #expect(here[1].allSatisfy { abs($0) > 1 } && here[2].allSatisfy { abs($0) > 1 })
  }

  @Test("of no rows is nothing")
  func noRows() throws {
    var federation = try ClearFederation(Self.table(3, rows: [40, 40, 40, 0]))
    let query = try federation.advance(to: "newton")
    #expect(try federation.answer(query).elements[3] == [UInt64](repeating: 0, count: query.length))
    #expect(try federation.fit().rows == 120)
  }

  @Test("is refused, with the rule, to a query that does not come now")
  func refused() throws {
    var federation = try ClearFederation(Self.table(4, rows: [40, 40, 40]))
    let support = try #require(federation.query)
    let newton = try federation.advance(to: "newton")
    func at(_ parameters: [Double]) -> Query {
      Query(name: "newton", parameters: [0, 0] + parameters, segments: newton.segments, isVerified: false)
    }
    #expect(federation.rule(newton) == nil)
    #expect(federation.rule(support) == .outOfOrder)
    #expect(
      federation.rule(at([0, 0])) == .doesNotFollow && federation.rule(at([0, 0, 0, 0])) == .doesNotFollow)
    for parameters in [[60.1, 0, 0], [0, -30.1, 0], [0, 0, .nan], [.infinity, 0, 0], [0, 0, 1e308]] {
      #expect(federation.rule(at(parameters)) == .parameterOutOfRange, "\(parameters)")
    }
  }
}
