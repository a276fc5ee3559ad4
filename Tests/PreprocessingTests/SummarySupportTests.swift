import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

@Suite("What a summary asks and shows")
struct SummarySupportTests {
  /// Sites of twenty rows, of which the first ones are in these states; the others in the first.
  private static func table(_ sites: [[Int32]], levels: [String]) throws -> SmallTable {
    let column = sites.flatMap { $0 + [Int32](repeating: 0, count: 20 - $0.count) }
    let outcome = column.indices.map { Double($0 % 2) }
    return try SmallTable(
      [(.category("drug", levels), .levels(column))], outcome: outcome,
      rows: [Int](repeating: 20, count: sites.count))
  }

  @Test("a level at two sites is merged with the next rarest, the later one of several")
  func merged() throws {
    // b at two sites; a and c at three.
    let sites: [[Int32]] = [[1, 1, 2, 3, 3], [1, 1, 2, 3, 3], [1, 1, 3, 3], []]
    var federation = try SummaryFederation(Self.table(sites, levels: ["none", "a", "b", "c"]))
    let model = try federation.finish()
    #expect(model.variables[0].levels.map(\.name) == ["none", "a", "other"])
    #expect(model.variables[0].levels.map(\.levels) == [["none"], ["a"], ["b", "c"]])
    #expect(model.variables[0].levels.map(\.count.rows) == [66, 6, 8])
    #expect(
      model.notes == [
        SummaryNote(
          subject: "drug", kind: .merged,
          detail: "“b”, “c” are counted as one: alone, fewer than 3 sites share one of them")
      ])
  }

  @Test("two levels at two sites each become one, where they are enough together")
  func twoMerged() throws {
    let sites: [[Int32]] = [[1, 3], [1, 3], [2, 3], [2]]
    var federation = try SummaryFederation(Self.table(sites, levels: ["none", "a", "b", "c"]))
    let levels = try federation.finish().variables[0].levels
    #expect(levels.map(\.levels) == [["none"], ["c"], ["a", "b"]])
    #expect(levels.map(\.count.rows) == [73, 3, 4])
  }

  @Test("where too few sites miss a value, neither how many do nor how many do not is asked")
  func missingLevel() throws {
    let sites: [[Int32]] = [[-1, 1, 1], [1, 1], [1, 1], [1]]
    var federation = try SummaryFederation(Self.table(sites, levels: ["0", "1"]))
    let table = try federation.finish().variables[0]
    #expect(table.missing == .hidden && table.present == .hidden)
    // The level that as many sites share and comes later goes with the missing ones.
    #expect(table.levels.map(\.name) == ["0", "1 or missing"])
    #expect(table.levels.map(\.count.rows) == [72, 8])
    #expect(federation.steps.first { $0.query.name == "counts" }?.sum.values[2] == [72, 8])
  }

  /// Four sites of 30 rows with a number; nil: missing.
  private static func number(_ isMissing: (Int, Int) -> Bool) throws -> (table: SmallTable, values: [Double])
  {
    let values = (0..<120).map { isMissing($0 / 30, $0 % 30) ? .nan : Double($0 % 30 + $0 / 30) }
    return (
      try SmallTable(
        [(.number("x", 0, 64), .numbers(values))], outcome: values.indices.map { Double($0 % 2) },
        rows: [30, 30, 30, 30]), values
    )
  }

  @Test("numbers that few sites miss are completed there, and their number is not shown")
  func completed() throws {
    // The row is the one in the middle, and its site's others have its value as their median.
    let (table, values) = try Self.number { site, row in site == 1 && row == 15 }
    var federation = try SummaryFederation(table, leastCount: 5)
    let model = try federation.finish()
    let x = model.variables[0]
    #expect(x.missing == .hidden && x.present == .hidden && model.notes.map(\.kind) == [.completed])
    #expect(federation.steps.first { $0.query.name == "counts" }?.sum.values[2] == [120])
    let whole = values.enumerated().map { $1.isNaN ? Double($0 % 30 + $0 / 30) : $1 }
    let mean = whole.reduce(0, +) / 120
    let number = try #require(x.number)
    #expect(number.isCompleted && abs(number.mean - mean) <= 1 / 120.0)
    let median = try #require(number.quantiles.first { $0.share == 0.5 })
    #expect(abs((median.value ?? 0) - mean) <= 1)
  }

  @Test("a number that nobody has at one site, and few miss elsewhere, is not shown")
  func nobody() throws {
    var federation = try SummaryFederation(Self.number { site, _ in site == 2 }.table, leastCount: 5)
    let model = try federation.finish()
    #expect(model.variables[0].number == nil && model.variables[0].present == .hidden)
    #expect(model.notes.map(\.kind) == [.notShown])
    #expect(federation.steps.map(\.query.name) == ["support", "counts"])
  }

  @Test("a number that differs at two sites alone is never summed")
  func twoSites() throws {
    // At the other two, one row has it.
    var federation = try SummaryFederation(
      Self.number { site, row in site > 1 && row > 0 || site < 2 && row > 20 }.table, leastCount: 5)
    let model = try federation.finish()
    #expect(model.variables[0].number == nil && model.variables[0].present.rows == 44)
    #expect(model.notes.map(\.kind) == [.notShown])
    #expect(!federation.steps.contains { $0.query.name == "sums" })
  }

  @Test("a mean is rounded where the number of its rows is not shown, since it could be told from it")
  func rounded() throws {
    // One at each site: three are under the least count.
    let (table, values) = try Self.number { site, row in site < 3 && row == 7 }
    var federation = try SummaryFederation(table, leastCount: 5)
    let model = try federation.finish()
    let x = model.variables[0]
    #expect(x.missing == .hidden && x.present == .hidden && model.notes.map(\.kind) == [.rounded])
    let present = values.filter { !$0.isNaN }
    let mean = present.reduce(0, +) / 117
    let number = try #require(x.number)
    // A deviation of about nine is told to tenths.
    #expect(abs(number.mean - mean) <= 0.05 && number.mean == (mean * 10).rounded() / 10)
    #expect(number.deviation.map { $0 == ($0 * 10).rounded() / 10 } == true)
  }

  @Test("the least and the greatest value are not shown")
  func ends() throws {
    let (table, values) = try Self.number { _, _ in false }
    var federation = try SummaryFederation(table, leastCount: 5)
    let quantiles = try #require(try federation.finish().variables[0].number?.quantiles)
    for quantile in quantiles {
      // Five rows at least are in the interval that is told.
      let inside = values.count { quantile.lower <= $0 && $0 <= quantile.upper }
      #expect(inside >= 5)
    }
    #expect(quantiles.first?.lower == 0 && quantiles.count == 5)
  }

  /// Forty rows a site: 22 with p, 18 with q or, at the first two sites, r; one variable applies to p, one to q.
  private static func hanging() throws -> SmallTable {
    let diseases = ["p", "q", "r"]
    func variable(_ name: String, _ disease: String) -> Variable {
      Variable(
        name: name, label: "", kind: .categorical(levels: ["a", "b"]), unit: nil, codes: [:], missing: [],
        appliesWhen: FilterCondition(variable: "disease", test: .oneOf([disease])))
    }
    let disease = (0..<160).map { row -> Int32 in row % 40 < 22 ? 0 : row < 80 && row % 40 > 37 ? 2 : 1 }
    func states(_ applies: Int32) -> [Int32] {
      // Of those that have one, every sixth misses it.
      disease.indices.map { disease[$0] != applies || $0 % 6 == 0 ? -1 : Int32($0 / 2 % 2) }
    }
    return try SmallTable(
      [
        (.category("disease", diseases), .levels(disease)), (variable("site", "p"), .levels(states(0))),
        (variable("score", "q"), .levels(states(1))),
      ], outcome: disease.indices.map { $0 % 5 < 2 ? 1 : 0 }, rows: [40, 40, 40, 40])
  }

  @Test("rows that are not applicable are counted where what tells them is, and with the missing elsewhere")
  func notApplicable() throws {
    for variables in [["disease", "site", "score"], ["score", "site"]] {
      var federation = try SummaryFederation(Self.hanging(), variables: variables, leastCount: 5)
      let model = try federation.finish()
      let tables = model.variables.reduce(into: [:]) { $0[$1.variable.name] = $1 }
      #expect(model.variables.map(\.variable.name) == variables)
      if let disease = tables["disease"] {
        #expect(
          disease.levels.map(\.name) == ["p", "other"] && disease.levels.map(\.count.rows) == [88, 72])
      }
      // q and r are counted as one, and so those to whom neither p nor what is for it applies.
      let site = try #require(tables["site"])
      #expect(site.notApplicable.rows == 72 && site.missing.rows == 15 && site.present.rows == 73)
      // p and r are not, lest r be had by subtraction.
      let score = try #require(tables["score"])
      #expect(score.notApplicable == .hidden && score.missing == .hidden && score.present.rows == 57)
      #expect(score.levels.compactMap(\.count.rows).reduce(0, +) == 57)
      #expect(model.notes.map(\.subject).filter { $0 != "disease" } == ["score"])
      let named = model.notes.first { $0.subject == "score" }?.detail.hasPrefix(
        "missing, not applicable are counted as one")
      #expect(named == true)
    }
  }
}
