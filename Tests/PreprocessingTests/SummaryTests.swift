import Cohorts
import Foundation
import KonsilTesting
import Preprocessing
import Queries
import Testing

@Suite("Summary")
struct SummaryTests {
  private static let rows = [120, 200, 90, 150]

  private static func order(_ seed: UInt64) -> [Int] {
    var random = SeededRandom(seed: seed)
    return Array(0..<rows.reduce(0, +)).shuffled(using: &random)
  }

  @Test("tells its rows over the federation once they were counted, by which a site bounds what it gives")
  func federatedRows() throws {
    var federation = try SummaryFederation(SummaryExample(seed: 1, rows: Self.rows).table())
    _ = try federation.advance(to: "counts")
    #expect(federation.sites.allSatisfy { $0.federatedRows == nil })
    _ = try federation.step()
    let rows = try #require(federation.steps.last).sum.values[0][0]
    #expect(rows > 0 && federation.sites.allSatisfy { $0.federatedRows == Int(rows) })
    let model = try federation.finish()
    #expect(federation.sites.allSatisfy { $0.federatedRows == model.rows })
  }

  @Test("is what the pooled rows give", arguments: UInt64(1)...20)
  func pooled(seed: UInt64) throws {
    let example = SummaryExample(seed: seed, rows: Self.rows)
    var federation = try SummaryFederation(example.table(), leastCount: 5)
    let model = try federation.finish()
    let kept = example.outcome.indices.filter { !example.outcome[$0].isNaN }
    func count(_ isMeant: (Int) -> Bool) -> SummaryCount {
      let rows = kept.filter(isMeant)
      return SummaryCount(rows: rows.count, events: rows.count { example.outcome[$0] == 1 })
    }
    #expect(model.rows == kept.count && model.sites == 4 && model.leastCount == 5, "seed \(seed)")
    #expect(model.events == count { _ in true }.events && model.notes.isEmpty, "seed \(seed)")
    try #require(model.variables.map(\.variable.name) == ["x", "n", "b", "drug", "score"])

    let none = count { _ in false }
    for (place, values) in [(0, example.numbers), (1, example.counts), (2, example.binary)] {
      let table = model.variables[place]
      #expect(table.present == count { !values[$0].isNaN }, "seed \(seed), \(place)")
      #expect(table.missing == count { values[$0].isNaN }, "seed \(seed), \(place)")
      #expect(table.notApplicable == none, "seed \(seed), \(place)")
    }
    let score = model.variables[4]
    #expect(score.notApplicable == count { example.category[$0] == 0 }, "seed \(seed)")
    #expect(score.missing == count { example.category[$0] != 0 && example.score[$0].isNaN }, "seed \(seed)")
    #expect(score.present == count { !example.score[$0].isNaN }, "seed \(seed)")
    #expect(model.variables[2].levels.map(\.name) == ["1", "0"], "seed \(seed)")
    for (value, level) in zip([1.0, 0], model.variables[2].levels) {
      #expect(level.count == count { example.binary[$0] == value }, "seed \(seed)")
    }
    let drug = model.variables[3]
    #expect(drug.levels.map(\.levels) == SummaryExample.levels.map { [$0] }, "seed \(seed)")
    for (place, level) in drug.levels.enumerated() {
      #expect(level.count == count { example.category[$0] == place }, "seed \(seed)")
    }
    #expect(drug.missing == count { example.category[$0] < 0 } && drug.number == nil, "seed \(seed)")

    for (place, values) in [(0, example.numbers), (1, example.counts), (4, example.score)] {
      let present = kept.map { values[$0] }.filter { !$0.isNaN }.sorted()
      let mean = present.reduce(0, +) / Double(present.count)
      let squares = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(present.count - 1)).squareRoot()
      let moments = try #require(model.variables[place].number)
      #expect(abs(moments.mean - mean) <= 1e-12 * deviation, "seed \(seed), \(place)")
      #expect(abs((moments.deviation ?? 0) - deviation) <= 1e-12 * deviation, "seed \(seed), \(place)")
      #expect(!moments.isCompleted && moments.quantiles.map(\.share) == SummaryQuantile.shares)
      for quantile in moments.quantiles {
        let rank = Int((quantile.share * Double(present.count)).rounded(.up))
        let exact = present[rank - 1]
        #expect(quantile.lower <= exact && exact <= quantile.upper, "seed \(seed), \(place)")
        let value = try #require(quantile.value, "seed \(seed), \(place), \(quantile.share)")
        if place == 1 { #expect(value == exact, "seed \(seed), \(quantile.share)") }
        // A cell holds fewer than three times the least count where values differ.
        let ranks = [present.count { $0 < value }, present.count { $0 <= value }]
        #expect(ranks[0] - 15 <= rank && rank <= ranks[1] + 15, "seed \(seed), \(place), \(quantile.share)")
      }
    }
  }

  @Test("tells the missing share over all, and with and without the event")
  func missingShare() throws {
    let example = SummaryExample(seed: 3, rows: Self.rows)
    var federation = try SummaryFederation(example.table())
    let model = try federation.finish()
    func share(_ outcomes: Set<Double>) -> Double {
      let meant = example.outcome.indices.filter {
        outcomes.contains(example.outcome[$0]) && example.category[$0] != 0
      }
      return Double(meant.count { example.score[$0].isNaN }) / Double(meant.count)
    }
    let score = model.variables[4]
    #expect(score.missingShare(of: model) == share([0, 1]))
    #expect(score.missingShare(of: model, withEvent: true) == share([1]))
    #expect(score.missingShare(of: model, withEvent: false) == share([0]))
  }

  @Test("does not depend on the order of the sites, and on the split of the rows by rounding alone")
  func split() throws {
    let example = SummaryExample(seed: 5, rows: Self.rows)
    var first = try SummaryFederation(example.table(), leastCount: 5)
    let model = try first.finish()
    // The last site first.
    let starts = Self.rows.indices.map { Self.rows[..<$0].reduce(0, +) }
    let reversed = Self.rows.indices.reversed().flatMap { Array(starts[$0]..<starts[$0] + Self.rows[$0]) }
    var other = try SummaryFederation(
      example.reordered(reversed, rows: Self.rows.reversed()).table(), leastCount: 5)
    #expect(try other.finish() == model)
    #expect(other.steps.map(\.sum) == first.steps.map(\.sum))

    var split = try SummaryFederation(
      example.reordered(Self.order(1), rows: [60, 100, 100, 100, 200]).table(), leastCount: 5)
    let moved = try split.finish()
    #expect(moved.rows == model.rows && moved.events == model.events)
    for (here, there) in zip(moved.variables, model.variables) {
      #expect(here.levels == there.levels && here.present == there.present && here.missing == there.missing)
      #expect(here.number?.quantiles == there.number?.quantiles)
      guard let number = there.number, let deviation = number.deviation else { continue }
      #expect(abs((here.number?.mean ?? 0) - number.mean) <= 1e-12 * deviation)
      #expect(abs((here.number?.deviation ?? 0) - deviation) <= 1e-12 * deviation)
    }
  }

  @Test("goes on elsewhere from any step as if it had not been saved")
  func resumed() throws {
    let table = try SummaryExample(seed: 6, rows: Self.rows).table()
    var plain = try SummaryFederation(table, leastCount: 5)
    let model = try plain.finish()
    var saved = try SummaryFederation(table, leastCount: 5)
    repeat {
      let data = try JSONEncoder().encode(saved.program)
      saved.resume(try JSONDecoder().decode(SummaryProgram.self, from: data))
    } while try saved.step()
    #expect(saved.model == model && saved.steps.map(\.query) == plain.steps.map(\.query))
    let data = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(SummaryModel.self, from: data) == model)
  }

  @Test("asks for support, counts, sums, squares and a level of halves at a time, each verified")
  func queries() throws {
    let table = try SummaryExample(seed: 7, rows: Self.rows).table()
    var federation = try SummaryFederation(table, leastCount: 5)
    let model = try federation.finish()
    let queries = federation.steps.map(\.query)
    #expect(queries.prefix(5).map(\.name) == ["support", "support", "counts", "sums", "squares"])
    #expect(queries.dropFirst(5).allSatisfy { $0.name == "quantiles" } && queries.count <= 5 + 16)
    #expect(queries.allSatisfy { $0.isVerified && $0.parameters.isEmpty })
    // The outcome, the rows; of each variable where its states occur, and where all but the last vary; where the
    // three numbers differ.
    #expect(queries[0].segments == [.counts("sites", length: 2 + 19 + 14 + 3, bound: 4)])
    #expect(queries[2].segments.map(\.bound) == [Double](repeating: 4 * 0x1p20, count: 4))
    let rows = Double(model.rows)
    #expect(queries[3].segments == [try .reals("sums", length: 3, bound: rows, sites: 4)])
    #expect(queries[4].segments == [try .reals("squares", length: 3, bound: rows, sites: 4)])
  }

  @Test("is refused, with the rule, to a query that does not come now")
  func refused() throws {
    let table = try SummaryExample(seed: 8, rows: Self.rows).table()
    var federation = try SummaryFederation(table, leastCount: 5)
    let support = try #require(federation.query)
    let sums = try federation.advance(to: "sums")
    func rule(_ query: Query) -> QueryRefusal.Rule? {
      do throws(QueryRefusal) {
        try federation.sites[0].check(query)
        return nil
      } catch {
        return error.rule
      }
    }
    #expect(rule(sums) == nil && rule(support) == .outOfOrder)
    let changed = [
      Query(name: "sums", parameters: [1], segments: sums.segments, isVerified: true),
      Query(name: "sums", parameters: [], segments: sums.segments, isVerified: false),
      Query(name: "sums", parameters: [], segments: [], isVerified: true),
      Query(
        name: "sums", parameters: [],
        segments: [.counts("sums", length: 3, bound: Int(sums.segments[0].bound))], isVerified: true),
    ]
    for query in changed { #expect(rule(query) == .doesNotFollow) }
    _ = try federation.finish()
    #expect(rule(sums) == .outOfOrder)
  }

  @Test("refuses sums that no records give, and stays where it was")
  func impossible() throws {
    let table = try SummaryExample(seed: 9, rows: Self.rows).table()
    for name in ["counts", "sums", "squares", "quantiles"] {
      var federation = try SummaryFederation(table, leastCount: 5)
      let query = try federation.advance(to: name)
      for segment in query.segments.indices {
        for value in [-5.0, query.segments[segment].bound] {
          var values = query.segments.map { [Double](repeating: 0, count: $0.length) }
          // All in the last element of the segment, so that what must add up does not.
          values[segment][values[segment].count - 1] = value
          let elements = try zip(values, query.segments).flatMap { values, segment in
            try values.map { try #require(segment.scale.encode($0)) }
          }
          let sum = try #require(QuerySum(elements: elements, for: query))
          var program = federation.program
          // A sum of u may be as great as the rows.
          guard !(name == "sums" || name == "squares") || value < 0 else { continue }
          let error = #expect(throws: AnalysisError.self) { try program.absorb(sum) }
          #expect(error?.code == .inconsistentSum, "\(name), segment \(segment), \(value)")
          guard case .ask(let again) = program.next() else { throw FixtureError() }
          #expect(again == query)
        }
      }
    }
  }

  @Test("refuses counts of which one is wrong by one")
  func wrongByOne() throws {
    let table = try SummaryExample(seed: 9, rows: Self.rows).table()
    var federation = try SummaryFederation(table, leastCount: 5)
    let query = try federation.advance(to: "counts")
    let before = federation.program
    _ = try federation.step()
    let honest = try #require(federation.steps.last).sum.values.flatMap { $0.map { UInt64($0) } }
    for place in honest.indices {
      var elements = honest
      elements[place] += 1
      let sum = try #require(QuerySum(elements: elements, for: query))
      var program = before
      let error = #expect(throws: AnalysisError.self) { try program.absorb(sum) }
      #expect(error?.code == .inconsistentSum, "element \(place)")
    }
  }

  @Test("corrects wide ranges by a third pass, and gives no deviation beyond 2^24")
  func wide() throws {
    var random = SeededRandom(seed: 1)
    let narrow = (0..<300).map { _ in Double(Int.random(in: -16...16, using: &random)) / 8 }
    let outcome = (0..<300).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    let values = Column.numbers(narrow)
    var federation = try SummaryFederation(
      SmallTable(
        [(.number("wide", -3e6, 7e6), values), (.number("wider", -3e8, 7e8), values)], outcome: outcome,
        rows: [100, 100, 100]))
    let model = try federation.finish()
    #expect(
      federation.steps.map(\.query).first { $0.name == "refinement" }?.segments.map(\.length) == [1, 1])
    let mean = narrow.reduce(0, +) / 300
    let deviation = (narrow.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 299).squareRoot()
    let wide = try #require(model.variables[0].number)
    #expect(abs(wide.mean - mean) <= 1e-13 * deviation)
    #expect(abs((wide.deviation ?? 0) - deviation) <= 1e-13 * deviation)
    let wider = try #require(model.variables[1].number)
    // Two passes alone would leave the mean like this.
    #expect(wider.deviation == nil && abs(wider.mean - mean) <= 1e-6 && wider.mean != wide.mean)
    #expect(model.notes.map(\.kind) == [.rangeTooWide] && model.notes[0].subject == "wider")
  }

  @Test("is of the rows that meet the filter")
  func filtered() throws {
    let example = SummaryExample(seed: 10, rows: Self.rows)
    let filter = CohortFilter([FilterCondition(variable: "drug", test: .oneOf(["a"]))])
    var federation = try SummaryFederation(example.table(), filter: filter)
    let model = try federation.finish()
    let kept = example.category.indices.filter { example.category[$0] == 1 && !example.outcome[$0].isNaN }
    #expect(model.rows == kept.count)
    #expect(model.variables[3].levels.map(\.count.rows) == [0, kept.count, 0, 0])
    #expect(model.variables[4].notApplicable == SummaryCount(rows: 0, events: 0))
  }

  @Test("ends where the outcome is at too few sites, or the rows are too few")
  func tooFew() throws {
    let values = Column.numbers([1, 2, 3, 4, 5, 6])
    func error(_ outcome: [Double], leastRows: Int, leastCount: Int) throws -> String? {
      var federation = try SummaryFederation(
        SmallTable([(.number("x", 0, 9), values)], outcome: outcome, rows: [2, 2, 2]), leastRows: leastRows,
        leastCount: leastCount)
      do { _ = try federation.finish() } catch let error as AnalysisError { return error.message }
      return nil
    }
    let coin = [0.0, 1, 0, 1, 0, 1]
    #expect(try error(coin, leastRows: 6, leastCount: 1) == nil)
    let few = "6 rows with the outcome over all sites; 7 are needed"
    #expect(try error(coin, leastRows: 7, leastCount: 1) == few)
    #expect(try error(coin, leastRows: 1, leastCount: 7) == few)
    #expect(
      try error([0, 1, 0, 1, 1, 1], leastRows: 1, leastCount: 1)
        == "“ill” varies at 2 of 3 sites; at least 3 must share it")
  }

  @Test("has no rows of a cohort that lacks a variable or holds it as another type")
  func otherCohort() throws {
    let table = try SummaryExample(seed: 11, rows: Self.rows).table()
    let federation = try SummaryFederation(table)
    let whole = table.cohorts[0]
    func fits(_ columns: [String: Column]) throws -> Bool {
      let cohort = try #require(Cohort(rowCount: whole.rowCount, columns: columns))
      return SummaryRows(federation.frame, cohort: cohort, filter: federation.filter) != nil
    }
    let columns = whole.columnNames.reduce(into: [:]) { $0[$1] = whole[$1] }
    #expect(try fits(columns))
    for (name, column) in columns {
      var others = columns
      others[name] = nil
      #expect(try !fits(others), "\(name)")
      others[name] =
        if case .numbers = column {
          .levels([Int32](repeating: 0, count: whole.rowCount))
        } else {
          .numbers([Double](repeating: 0, count: whole.rowCount))
        }
      #expect(try !fits(others), "\(name)")
    }
  }
}
