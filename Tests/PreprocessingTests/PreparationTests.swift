import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

@Suite("Preparation")
struct PreparationTests {
  /// Three sites of two rows; `x` has mean 4 and deviation √(28/6), `b` mean 1/2.
  private func table(_ range: (Double, Double) = (0, 10)) throws -> SmallTable {
    try SmallTable(
      [
        (.number("x", range.0, range.1), .numbers([1, 3, 3, 4, 5, 8])),
        (.binary("b"), .numbers([0, 1, 1, 0, 0, 1])),
      ], outcome: [0, 1, 0, 1, 1, 0], rows: [2, 2, 2])
  }

  @Test("asks where columns vary, then counts and sums, then squares, each verified and at its own bound")
  func queries() throws {
    var prepared = try PreparedTable(table(), mostRowsPerSite: 1000)
    let support = try #require(try prepared.preparation.query())
    #expect(support.name == "support" && support.isVerified && support.parameters == [])
    #expect(support.segments == [.counts("sites-where-it-varies", length: 3, bound: 3)])
    #expect(try prepared.step().values == [[3, 3, 3]])
    #expect(
      try prepared.preparation.query()
        == Query(
          name: "counts", parameters: [],
          segments: [
            .counts("rows", length: 1, bound: 3000), .counts("events", length: 1, bound: 3000),
            .counts("column-rows", length: 1, bound: 3000), .counts("column-events", length: 1, bound: 3000),
          ], isVerified: true))
    #expect(try prepared.step().values == [[6], [3], [3], [1]])
    // Over the rows that are there, from here on.
    #expect(
      try prepared.preparation.query()
        == Query(
          name: "moments", parameters: [], segments: [try .reals("sums", length: 2, bound: 6, sites: 3)],
          isVerified: true))
    let sums = try prepared.step().values
    // (1 + 3 + 3 + 4 + 5 + 8) / 10, and the three ones.
    #expect(abs(sums[0][0] - 2.4) < 1e-13 && sums[0][1] == 3)
    let spread = try #require(try prepared.preparation.query())
    // Over the rows that are there: N times the most a site may have would cost precision.
    #expect(
      spread
        == Query(
          name: "spread", parameters: [],
          segments: [try .reals("squares", length: 2, bound: 6, sites: 3)], isVerified: true))
    try prepared.step()
    #expect(try prepared.preparation.query() == nil)
  }

  @Test(
    "ends with the means and deviations of all rows, whatever the range",
    arguments: [(0.0, 10.0), (-100, 1e3)])
  func moments(range: (Double, Double)) throws {
    var prepared = try PreparedTable(table(range))
    let (queries, known) = try prepared.finish()
    #expect(queries == ["support", "counts", "moments", "spread"])
    #expect(known.rows == 6 && known.events == 3)
    // Three sums of u were rounded to multiples of 2^-40, and so lie within 1.5 · 2^-40 together.
    #expect(abs(known.means[0] - 4) <= (range.1 - range.0) * 0x1p-40 && known.means[1] == 0.5)
    #expect(abs(known.deviations[0] - (28.0 / 6).squareRoot()) <= 1e-9)
    #expect(abs(known.deviations[1] - 0.5) <= 1e-15)
  }

  @Test("asks a third time for columns of a wide range alone, and is then as precise as for narrow ones")
  func refinement() throws {
    var random = SeededRandom(seed: 1)
    // Multiples of 1/8 around 3 · 10^6 in a range of 10^7: about 2^22 deviations.
    let values = (0..<300).map { _ in 3e6 + Double(Int.random(in: -16...16, using: &random)) / 8 }
    let outcome = (0..<300).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    let plain = (0..<300).map { _ in Double(Int.random(in: 0...9, using: &random)) }
    var prepared = try PreparedTable(
      SmallTable(
        [(.number("plain", 0, 9), .numbers(plain)), (.number("wide", 0, 1e7), .numbers(values))],
        outcome: outcome, rows: [100, 100, 100]))
    let narrow = values.map { $0 - 3e6 }
    let mean = narrow.reduce(0, +) / 300
    let deviation = (narrow.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300).squareRoot()
    for _ in 1...4 { try prepared.step() }
    guard case .refinement(_, let rough, columns: [1])? = Optional(prepared.preparation.stage) else {
      Issue.record("no refinement of column 1 alone")
      return
    }
    // Two passes alone would not do: this is what the third is for.
    #expect(abs(rough.deviations[1] - deviation) > 1e-9 * deviation)
    let query = try #require(try prepared.preparation.query())
    #expect(query.segments.map(\.length) == [1, 1] && query.segments.map(\.bound) == [600, 600])
    #expect(query.isVerified)
    try prepared.step()
    let known = try #require(prepared.preparation.standardisation)
    #expect(abs(known.means[1] - 3e6 - mean) <= 1e-9)
    #expect(abs(known.deviations[1] - deviation) <= 1e-13 * deviation)
    #expect(known.means[0] == rough.means[0] && known.deviations[0] == rough.deviations[0])
  }

  @Test(
    "takes three sites that share a column as enough, and two as too few", arguments: [0, 1, 2],
    RareRule.allCases)
  func support(place: Int, rare: RareRule) throws {
    var counts: [UInt64] = [3, 3, 3]
    var enough = try PreparedTable(table()) { $0.rare = rare }
    let query = try #require(try enough.preparation.query())
    try enough.preparation.absorb(try #require(QuerySum(elements: counts, for: query)))
    #expect(enough.preparation.stage == .counts && enough.notes == [])
    counts[place] = 2
    let name = ["x", "b", "ill"][place]
    var few = try PreparedTable(table()) { $0.rare = rare }
    let sum = try #require(QuerySum(elements: counts, for: query))
    if name == "ill" || rare == .refuse {
      let error = #expect(throws: AnalysisError.self) { try few.preparation.absorb(sum) }
      let subject = name == "ill" ? "“ill”" : "“\(name)”: “\(name)”"
      #expect(error?.message == "\(subject) varies at 2 of 3 sites; at least 3 must share it")
      #expect(error?.code == .tooFewSites)
      // It stays where it was, and says the same again.
      #expect(few.preparation == Preparation(few.frame))
    } else {
      try few.preparation.absorb(sum)
      #expect(few.notes == ["left-out \(name)"])
      #expect(few.preparation.design.columns.map(\.name) == ["x", "b"].filter { $0 != name })
      // What is left is asked about once more.
      #expect(few.preparation.stage == .support)
    }
  }

  @Test("counts a site for a column only where its own complete rows differ in it")
  func varies() throws {
    let table = try SmallTable(
      [(.category("drug", ["none", "a", "b"]), .levels([0, 1, 2, 1, 2, 2, 1, 0]))],
      outcome: [0, 0, 1, 0, 1, 0, 1, 1], rows: [2, 2, 2, 2])
    let prepared = try PreparedTable(table)
    let answers = prepared.rows.map { prepared.preparation.answer($0)[0] }
    // drug=a, drug=b, the rows that neither marks, the outcome.
    #expect(answers == [[1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1], [1, 0, 1, 0]])
    #expect(try prepared.preparation.query()?.length == 7)
    // Where the levels occur, though they do not vary.
    let occurring = prepared.rows.map { prepared.preparation.answer($0)[1] }
    #expect(occurring == [[1, 0, 1], [1, 1, 0], [0, 1, 0], [1, 0, 1]])
  }

  @Test("gives nothing for a site without a row")
  func emptySite() throws {
    let table = try SmallTable(
      [(.number("x", 0, 10), .numbers([1, 2, 3, 4, 5, 6]))], outcome: [0, 1, 0, 1, 0, 1], rows: [2, 2, 2, 0])
    var prepared = try PreparedTable(table)
    for expected in [[[0, 0]], [[0], [0]], [[0]], [[0]]] as [[[Double]]] {
      #expect(prepared.preparation.answer(prepared.rows[3]) == expected)
      try prepared.step()
    }
    #expect(prepared.preparation.standardisation?.rows == 6)
  }

  @Test("ends with too few rows, or with not more rows than parameters")
  func rows() throws {
    func error(leastRows: Int, columns: Int) throws -> AnalysisError? {
      let coin = Column.numbers([0, 1, 1, 0, 0, 1])
      var prepared = try PreparedTable(
        SmallTable(
          (0..<columns).map { (.binary("b\($0)"), coin) }, outcome: [0, 1, 0, 1, 1, 0], rows: [2, 2, 2]),
        leastRows: leastRows)
      try prepared.step()
      do { try prepared.step() } catch let error as AnalysisError { return error }
      return nil
    }
    #expect(try error(leastRows: 6, columns: 4) == nil)
    #expect(try error(leastRows: 7, columns: 4)?.message == "6 complete rows over all sites; 7 are needed")
    #expect(try error(leastRows: 6, columns: 5)?.message == "6 parameters on 6 complete rows")
    #expect(try error(leastRows: 6, columns: 5)?.code == .moreParametersThanRows)
  }

  @Test("refuses sums that no records give")
  func impossibleSums() throws {
    func error(_ segments: [[Double]], at name: String) throws -> AnalysisError? {
      var prepared = try PreparedTable(table())
      let query = try prepared.advance(to: name)
      let elements = try zip(segments, query.segments).flatMap { values, segment in
        try values.map { try #require(segment.scale.encode($0)) }
      }
      let sum = try #require(QuerySum(elements: elements, for: query))
      let error = #expect(throws: AnalysisError.self) { try prepared.preparation.absorb(sum) }
      #expect(error?.code == .inconsistentSum, "\(segments)")
      return error
    }
    let counts: [[[Double]]] = [
      [[-6], [3], [3], [1]], [[6], [7], [3], [1]], [[6], [-1], [3], [1]], [[6], [3], [7], [1]],
      [[6], [3], [-1], [0]], [[6], [3], [3], [4]], [[6], [3], [3], [-1]],
    ]
    for sums in counts {
      #expect(try error(sums, at: "counts")?.message == "the verified counts are such as no records give")
    }
    for sums in [[-6, 3], [2, -4]] as [[Double]] {
      #expect(try error([sums], at: "moments")?.message == "the verified means are such as no records give")
    }
    #expect(
      try error([[-4, 1]], at: "spread")?.message == "the verified squares are such as no records give")
  }

  @Test("refuses a sum of another query's shape, and does not trap")
  func otherShape() throws {
    var prepared = try PreparedTable(table())
    let support = try #require(try prepared.preparation.query())
    let sum = try #require(QuerySum(elements: [3, 3, 3], for: support))
    try prepared.preparation.absorb(sum)
    for _ in 1...3 {
      let error = #expect(throws: AnalysisError.self) { try prepared.preparation.absorb(sum) }
      #expect(error?.code == .inconsistentSum)
      try prepared.step()
    }
    // Where all is known there is nothing to absorb.
    let known = prepared.preparation
    try prepared.preparation.absorb(sum)
    #expect(prepared.preparation == known)
  }

  @Test("changes with the split of the rows by rounding alone")
  func split() throws {
    var random = SeededRandom(seed: 2)
    let values = (0..<200).map { _ in Double(Int.random(in: 0...1000, using: &random)) / 8 }
    let outcome = (0..<200).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    var results: [Standardisation] = []
    for rows in [[100, 50, 50], [20, 30, 40, 50, 60], [66, 1, 66, 67]] {
      var prepared = try PreparedTable(
        SmallTable([(.number("x", 0, 500), .numbers(values))], outcome: outcome, rows: rows))
      results.append(try prepared.finish().standardisation)
    }
    for result in results.dropFirst() {
      #expect(result.rows == 200 && result.events == results[0].events)
      #expect(abs(result.means[0] - results[0].means[0]) <= 1e-12 * results[0].deviations[0])
      #expect(abs(result.deviations[0] - results[0].deviations[0]) <= 1e-11 * results[0].deviations[0])
    }
  }
}
