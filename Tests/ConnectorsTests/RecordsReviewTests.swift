import Cohorts
import Connectors
import Testing

@Suite struct RecordsReviewTests {
  /// Columns of `rows` rows; the outcome is 1 in every third.
  private struct Table {
    var columns: [(name: String, kind: Variable.Kind, unit: String?, cells: [String])] = []
    var keys: [String]
    var outcome: [String]
    var extra: [(name: String, cells: [String])] = []

    init(rows: Int) {
      keys = (0..<rows).map { "p\($0)" }
      outcome = (0..<rows).map { $0 % 3 == 0 ? "1" : "0" }
    }

    mutating func add(
      _ name: String, _ kind: Variable.Kind, _ unit: String? = nil, _ cell: (Int) -> String
    ) {
      columns.append((name, kind, unit, keys.indices.map(cell)))
    }

    func review(_ rule: OnError = .refuse, leastCount: Int = 5) throws -> RecordsReview {
      let variables = columns.map {
        Variable(name: $0.name, label: $0.name, kind: $0.kind, unit: $0.unit, codes: [:], missing: [])
      }
      let dictionary = StudyDictionary(
        name: "s", title: "S", purpose: "P", variables: variables,
        outcomes: [Outcome(name: "y", label: "Y", definition: "D")])
      let names = ["id"] + columns.map(\.name) + ["y"] + extra.map(\.name)
      let rows = keys.indices.map { row in
        [keys[row]] + columns.map { $0.cells[row] } + [outcome[row]] + extra.map { $0.cells[row] }
      }
      let reader = CohortReader(
        dictionary: dictionary, recordKey: "id", mostRows: 100_000, mostRowsPerPatient: 2, onError: rule)
      let reading = try reader.inspect(Array(text([names] + rows).utf8), file: "r.csv")
      return RecordsReview(reading, dictionary: dictionary, recordKey: "id", leastCount: leastCount)
    }

    func findings(_ kind: Finding.Kind, _ rule: OnError = .refuse) throws -> [String] {
      try review(rule).findings.filter { $0.kind == kind }.map { "\($0.column ?? "-"): \($0.finding)" }
    }
  }

  private func continuous(_ lower: Double, _ upper: Double) throws -> Variable.Kind {
    .continuous(try #require(ValueRange(lower: lower, upper: upper)))
  }

  /// Spread evenly, and not in the order of the outcome.
  private func even(_ row: Int, _ lower: Int, _ upper: Int) -> String {
    "\(lower + (row * 37 + 11) % (upper - lower))"
  }

  @Test func cleanRecordsGiveNothingToLookAt() throws {
    var table = Table(rows: 200)
    table.add("age", try continuous(18, 110), "a") { even($0, 20, 80) }
    table.add("sex", .categorical(levels: ["F", "M"])) { $0 % 2 == 0 ? "F" : "M" }
    #expect(try table.review().findings == [])
  }

  @Test func columnsAreSummarised() throws {
    var table = Table(rows: 5)
    table.add("x", try continuous(0, 10)) { ["4", "1", "", "2", "10"][$0] }
    table.add("sex", .categorical(levels: ["F", "M", "X"])) { ["F", "M", "F", "", "F"][$0] }
    let columns = try table.review().columns
    let x = try #require(columns.first)
    // python3 -c "import numpy; x=[4,1,2,10]; print(numpy.quantile(x,[0,.25,.5,.75,1]), numpy.mean(x), numpy.std(x, ddof=1))"
    let expected: [Double] = [1, 1.75, 3, 5.5, 10, 4.25, 4.031128874149275]
    let spread = try #require(x.spread)
    #expect(
      [
        spread.least, spread.lowerQuartile, spread.median, spread.upperQuartile, spread.greatest, spread.mean,
      ] == Array(expected.dropLast()))
    #expect(abs(spread.deviation - expected[6]) < 1e-14)
    #expect(x.values == 4 && x.missing == 1 && x.range == [0, 10])
    #expect(columns[1].levels?.map(\.rows) == [3, 1, 0])
    #expect(columns[2].isOutcome && columns[2].levels?.map(\.rows) == [3, 2])
  }

  /// Against a sort by comparison, for numbers of every sign and size.
  @Test(arguments: 0..<40)
  func quantilesAreThoseOfTheSortedColumn(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 1...300, using: &random)
    let values = (0..<count).map { _ in
      switch UInt8.random(in: 0...3, using: &random) {
      case 0: Double(Int.random(in: -5...5, using: &random))
      case 1: Double.random(in: -1...1, using: &random)
      case 2: Double.random(in: -1e9...1e9, using: &random)
      default: Double.random(in: 0...1e-9, using: &random)
      }
    }
    var table = Table(rows: count)
    table.add("x", try continuous(-1e9, 1e9)) { "\(values[$0])" }
    let spread = try #require(try table.review().columns.first?.spread)
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let place = Double(count - 1) * share
      let index = Int(place)
      return index + 1 < count
        ? sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index]) : sorted[index]
    }
    #expect(
      [spread.least, spread.lowerQuartile, spread.median, spread.upperQuartile, spread.greatest]
        == [0, 0.25, 0.5, 0.75, 1].map(quantile), "seed \(seed)")
  }

  @Test func valuesInAnotherUnitAreNamed() throws {
    var table = Table(rows: 90)
    table.add("albumin", try continuous(10, 70), "g/L") { row in
      row % 3 == 0 ? "4.\(row % 9)" : even(row, 30, 50)
    }
    #expect(
      try table.findings(.unit) == [
        "albumin: 30 of 30 values outside of 10 to 70 g/L would fit in g/dL (times 10)"
      ])
    table.columns = []
    table.add("haemoglobin", try continuous(30, 250), "g/L") { "8.\($0 % 9)" }
    #expect(
      try table.findings(.unit) == [
        "haemoglobin: 90 of 90 values outside of 30 to 250 g/L would fit in g/dL (times 10) or in mmol/L (times 16.114)"
      ])
    table.columns = []
    table.add("crp", try continuous(0, 500), "mg/L") { "\($0 % 4).\($0 % 9)" }
    #expect(
      try table.findings(.unit) == [
        "crp: all values are low for 0 to 500 mg/L; they would also fit in mg/dL (times 10)"
      ])
    table.columns = []
    for factor in [1, 3] {
      table.columns = []
      table.add("crp", try continuous(0, 500), "mg/L") { "\($0 % 40 * factor).5" }
      #expect(try table.findings(.unit) == [], "\(factor)")
    }
  }

  @Test func rowsThatAreTheSameAreNamed() throws {
    var table = Table(rows: 60)
    for name in ["a", "b", "c", "d"] { table.add(name, try continuous(0, 1000)) { "\(($0 % 58) * 7)" } }
    table.outcome[58] = table.outcome[0]
    table.outcome[59] = table.outcome[1]
    table.keys[58] = "p0"
    #expect(
      try table.findings(.duplicates) == [
        "id: 1 exact copy of another row of the same patient: line 60",
        "id: 1 row equals another in everything but the record key: line 61",
      ])
  }

  @Test func constantColumnsAreNamed() throws {
    var table = Table(rows: 30)
    table.add("x", try continuous(0, 10)) { _ in "3" }
    table.add("sex", .categorical(levels: ["F", "M"])) { _ in "F" }
    table.add("none", .binary) { _ in "" }
    table.outcome = table.outcome.map { _ in "0" }
    #expect(
      try table.findings(.constant) == [
        "x: has one value in all 30 rows", "sex: is “F” in all 30 rows", "none: has no value in any row",
        "y: is “0” in all 30 rows",
      ])
  }

  @Test func smallCellsAndEmptyLevelsAreNamed() throws {
    var table = Table(rows: 100)
    table.add("drug", .categorical(levels: ["a", "b", "c"])) { $0 % 50 == 7 ? "b" : "a" }
    table.add("x", try continuous(0, 100)) { $0 == 4 ? "" : even($0, 0, 99) }
    #expect(
      try table.findings(.smallCell) == [
        "drug: 2 rows with “b”, under the least count of 5",
        "x: 1 row without a value, under the least count of 5",
      ])
    #expect(try table.findings(.emptyLevel) == ["drug: no row has “c”"])
  }

  @Test func whatAloneSeparatesTheOutcomeIsNamed() throws {
    var table = Table(rows: 120)
    table.add("leak", try continuous(0, 1000)) { "\($0 % 3 == 0 ? 500 + $0 : $0)" }
    table.add("after", try continuous(0, 100)) { $0 % 3 == 0 ? even($0, 0, 99) : "" }
    table.add("often", try continuous(0, 100)) { $0 % 6 == 0 ? "" : even($0, 0, 99) }
    table.add("drug", .categorical(levels: ["a", "b"])) { $0 % 12 == 0 ? "b" : "a" }
    table.add("fine", .categorical(levels: ["a", "b"])) { $0 % 2 == 0 ? "b" : "a" }
    #expect(
      try table.findings(.separation) == [
        "leak: alone separates “y”", "after: whether it is missing separates “y”",
        "often: all 20 rows without a value have “y”", "drug: all 10 rows with “b” have “y”",
      ])
  }

  /// Ten events over 100 others: an event that lies under k of the others takes k / 1000 off the area, and from
  /// 0.99 on it is named.
  @Test func theAreaIsThatOfTheRanks() throws {
    for (below, isNamed) in [(9, true), (10, true), (11, false)] {
      var table = Table(rows: 110)
      table.outcome = (0..<110).map { $0 < 10 ? "1" : "0" }
      table.add("x", try continuous(0, 2000)) { row in
        row == 0 ? "\(10 * (100 - below) + 5)" : row < 10 ? "1500" : "\(10 * (row - 9))"
      }
      #expect(try table.findings(.separation).isEmpty != isNamed, "\(below)")
    }
  }

  @Test func aRowThatMakesMuchOfTheVarianceIsNamed() throws {
    var table = Table(rows: 200)
    table.add("x", try continuous(0, 100_000)) { $0 == 17 ? "90000" : even($0, 1, 100) }
    table.add("z", try continuous(0, 100_000)) { $0 == 18 ? "90000" : even($0, 0, 100) }
    let findings = try table.review().findings.filter { $0.kind == .outlier }
    #expect(
      findings.map(\.finding) == [
        "line 19 alone makes 99 % of the variance", "line 20 alone makes 99 % of the variance",
      ])
    #expect(findings.map { $0.advice.contains("log1p") } == [false, true])
    #expect(findings.allSatisfy { $0.advice.contains("log") })
  }

  @Test func datesInSeveralFormsAreNamed() throws {
    var table = Table(rows: 30)
    table.add("x", try continuous(0, 100)) { even($0, 0, 99) }
    table.extra = [
      ("index_date", (0..<30).map { ["2020-01-02", "02.01.2020", "01/02/2020"][$0 % 3] }),
      ("seen", (0..<30).map { _ in "2020-01-02" }),
    ]
    #expect(
      try table.findings(.unreadColumn) == [
        "index_date: has dates in 3 forms (year-month-day, day.month.year, with slashes); the study does not read it"
      ])
  }

  @Test func whatBecomesOfAFaultIsSaid() throws {
    var table = Table(rows: 40)
    table.add("x", try continuous(0, 100)) { $0 < 12 ? "101" : even($0, 0, 99) }
    #expect(
      try table.findings(.fault) == [
        "x: is outside of the dictionary's range, expected a number from 0 to 100, with a decimal point (12 cells: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more)"
      ])
    #expect(try table.review().findings.first?.severity == .bad)
    #expect(try table.findings(.fault, .missing).first?.contains("; counts as missing (12 cells") == true)
    #expect(try table.findings(.fault, .excludeRow).first?.contains("; left out (12 cells") == true)
  }

  /// A value that stands nowhere but in one cell is in nothing that is said.
  @Test func noFindingHoldsAValueOfACell() throws {
    var table = Table(rows: 100)
    table.add("x", try continuous(0, 1000)) { $0 == 50 ? "7777.125" : even($0, 0, 99) }
    table.add("drug", .categorical(levels: ["a", "b"])) { $0 == 51 ? "S3NTINEL" : $0 % 2 == 0 ? "a" : "b" }
    table.keys[52] = "S3NTINEL-KEY"
    table.keys[53] = "S3NTINEL-KEY"
    table.keys[54] = "S3NTINEL-KEY"
    let review = try table.review()
    #expect(review.findings.count >= 3)
    #expect(!"\(review)".contains("S3NTINEL") && !"\(review)".contains("7777"))
  }
}
