import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

/// Tables of four sites of 20 rows each, whose rare values stand where a test puts them.
private struct Rare {
  var levels = ["none", "a", "b", "c"]
  /// Rows that have the last level: site and row there.
  var last: [(Int, Int)] = []
  /// Rows in which the binary variable is 1.
  var marked: [(Int, Int)] = []
  /// Rows that lack `x`, and those that lack `y` and `z`.
  var gaps: [(Int, Int)] = []
  var otherGaps: [(Int, Int)] = []
  var sitesWithBothClasses = 4

  private static func place(_ entry: (Int, Int)) -> Int { 20 * entry.0 + entry.1 }

  /// - Parameter nobody: a level whose rows have the first one instead.
  func table(nobody: Int32? = nil) throws -> SmallTable {
    var random = SeededRandom(seed: 3)
    let count = 80
    let usual = levels.count - 1
    var drug = (0..<count).map { Int32($0 % usual) }
    for entry in last { drug[Self.place(entry)] = Int32(usual) }
    if let nobody { drug = drug.map { $0 == nobody ? 0 : $0 } }
    var mark = [Double](repeating: 0, count: count)
    for entry in marked { mark[Self.place(entry)] = 1 }
    func numbers(_ gaps: [(Int, Int)]) -> [Double] {
      var numbers = (0..<count).map { _ in Double.random(in: 0...10, using: &random) }
      for entry in gaps { numbers[Self.place(entry)] = .nan }
      return numbers
    }
    let (x, y, z) = (numbers(gaps), numbers(otherGaps), numbers(otherGaps))
    let outcome = (0..<count).map { $0 / 20 < sitesWithBothClasses ? Double($0 / 3 % 2) : 0 }
    return try SmallTable(
      [
        (.category("drug", levels), .levels(drug)), (.binary("mark"), .numbers(mark)),
        (.number("x", 0, 10), .numbers(x)), (.number("y", 0, 10), .numbers(y)),
        (.number("z", 0, 10), .numbers(z)),
      ], outcome: outcome, rows: [20, 20, 20, 20])
  }

  func prepared(
    _ variables: [String], interactions: [[String]] = [], missing: MissingRule = .completeCase,
    _ change: (inout Preparation.Frame) -> Void = { _ in }
  ) throws -> PreparedTable {
    try PreparedTable(
      table(),
      terms: variables.map { .predictor(PlannedPredictor($0)) }
        + interactions.map { .interaction($0[0], $0[1]) },
      missing: missing
    ) {
      $0.leastCount = 5
      change(&$0)
    }
  }

  static func everywhere(_ rows: Int, sites: Range<Int> = 0..<4) -> [(Int, Int)] {
    sites.flatMap { site in (0..<rows).map { (site, 5 * $0 + site) } }
  }
}

@Suite("What is rare")
struct RareTests {
  private func error(_ prepared: PreparedTable) throws -> AnalysisError? {
    var prepared = prepared
    return #expect(throws: AnalysisError.self) { try prepared.finish() }
  }

  private func names(_ prepared: PreparedTable) -> [String] {
    prepared.preparation.design.columns.map(\.name)
  }

  @Test("a level at two sites is merged with the next rarest, and never counted alone")
  func twoSites() throws {
    var prepared = try Rare(last: Rare.everywhere(4, sites: 0..<2)).prepared(["drug"])
    try prepared.finish()
    // All other levels are at all sites: the later of equals joins it.
    #expect(names(prepared) == ["drug=a", "drug=other"] && prepared.notes == ["merged drug"])
    let note = try #require(prepared.preparation.design.notes.first)
    #expect(
      note.detail == "levels b, c are one, “other”: c is at under 3 sites")
    let counts = try #require(prepared.preparation.counts)
    #expect(Set(counts.indicators.keys) == ["drug=none", "drug=a", "drug=other"])
    #expect(
      prepared.steps.map(\.query.name) == ["support", "support", "counts", "cells", "moments", "spread"])
  }

  @Test("a level under the least count is merged once it was counted")
  func fewRows() throws {
    var prepared = try Rare(last: Rare.everywhere(1)).prepared(["drug"])
    try prepared.finish()
    // The four rows were of the reference, which is the next rarest by that.
    #expect(names(prepared) == ["drug=b", "drug=other"] && prepared.notes == ["merged drug"])
    #expect(prepared.preparation.design.notes[0].detail.hasSuffix("c is in under 5 rows"))
  }

  @Test("several rare levels are merged with each other alone where that is enough")
  func several() throws {
    var rare = Rare(last: Rare.everywhere(4, sites: 0..<2))
    rare.levels = ["none", "a", "b", "c", "d"]
    var prepared = try rare.prepared(["drug"])
    try prepared.finish()
    #expect(names(prepared) == ["drug=a", "drug=b", "drug=other"])
  }

  @Test("what is merged joins a dictionary's level “other”")
  func otherLevel() throws {
    var rare = Rare(last: Rare.everywhere(4, sites: 0..<2))
    rare.levels = ["none", "other", "a", "b", "c"]
    var prepared = try rare.prepared(["drug"])
    try prepared.finish()
    #expect(Set(names(prepared)) == ["drug=a", "drug=other"])
    let other = try #require(prepared.preparation.design.columns.first { $0.name == "drug=other" })
    #expect(other.factors == [.level(variable: "drug", indices: [1, 3, 4], label: "other")])
    let rows = try #require(prepared.preparation.counts?.indicators["drug=other"]?.rows)
    #expect(rows == (0..<80).count { [1, 3].contains($0 % 4) } + 8 - 4)
  }

  @Test("a merged reference leaves the first level that stands for itself")
  func reference() throws {
    var prepared = try PreparedTable(
      Rare(last: Rare.everywhere(4, sites: 0..<2)).table(),
      terms: [.predictor(PlannedPredictor("drug", reference: "c"))])
    try prepared.finish()
    #expect(names(prepared) == ["drug=a", "drug=other"])
  }

  @Test("a level that the filter excludes, or that nobody has, goes by itself and merges with none")
  func emptyLevels() throws {
    var rare = Rare(last: Rare.everywhere(4))
    rare.levels = ["none", "a", "nobody", "b", "c"]
    let table = try rare.table(nobody: 2)
    func prepared(_ levels: [String], rule: RareRule = .merge, reference: String? = nil) throws
      -> PreparedTable
    {
      try PreparedTable(
        table, terms: [.predictor(PlannedPredictor("drug", reference: reference))],
        filter: CohortFilter([FilterCondition(variable: "drug", test: .oneOf(levels))])
      ) {
        $0.leastCount = 5
        $0.rare = rule
      }
    }
    for rule in RareRule.allCases {
      var all = try prepared(rare.levels, rule: rule)
      try all.finish()
      #expect(names(all) == ["drug=a", "drug=b", "drug=c"] && all.notes == ["left-out drug"])
      #expect(all.preparation.design.notes[0].detail == "no row has nobody")
      // Not even the planned reference stays without rows.
      var filtered = try prepared(["a", "b", "c"], rule: rule, reference: "none")
      try filtered.finish()
      #expect(names(filtered) == ["drug=b", "drug=c"] && filtered.notes == ["left-out drug"])
      #expect(filtered.preparation.design.notes[0].detail == "no row has none, nobody")
      #expect(filtered.preparation.design.unseenLevels == ["drug": ["none", "nobody"]])
    }
    let one = try error(prepared(["a"]))
    #expect(one?.message.hasPrefix("no predictor varies") == true)
    let refused = try error(prepared(["a"], rule: .refuse))
    #expect(refused?.message.hasPrefix("“drug”: all rows have the same level") == true)
  }

  @Test("one of two levels cannot be merged: the variable is left out")
  func twoLevels() throws {
    for entries in [Rare.everywhere(4, sites: 0..<2), Rare.everywhere(1)] {
      var rare = Rare(last: entries)
      rare.levels = ["no", "yes"]
      var prepared = try rare.prepared(["drug", "x"])
      try prepared.finish()
      #expect(names(prepared) == ["x"] && prepared.notes == ["left-out drug"])
    }
  }

  @Test("drop leaves the variable out, refuse ends the run, and both name it", arguments: [true, false])
  func dropAndRefuse(isAtTwoSites: Bool) throws {
    let rare = Rare(last: isAtTwoSites ? Rare.everywhere(4, sites: 0..<2) : Rare.everywhere(1))
    var dropped = try rare.prepared(["drug", "x"]) { $0.rare = .drop }
    try dropped.finish()
    #expect(names(dropped) == ["x"] && dropped.notes == ["left-out drug"])
    let error = try error(rare.prepared(["drug", "x"]) { $0.rare = .refuse })
    #expect(error?.code == .tooFewSites)
    #expect(
      error?.message.hasPrefix(
        "“drug”: its level c is " + (isAtTwoSites ? "at under 3 sites" : "in under 5 rows")) == true)
  }

  @Test(
    "a binary variable with few ones, or few zeros, is left out", arguments: [true, false], [true, false])
  func binary(isAtTwoSites: Bool, isComplement: Bool) throws {
    let few = isAtTwoSites ? Rare.everywhere(3, sites: 0..<2) : Rare.everywhere(1)
    let all = (0..<4).flatMap { site in (0..<20).map { (site, $0) } }
    let rest = all.filter { entry in !few.contains { $0 == entry } }
    var prepared = try Rare(marked: isComplement ? rest : few).prepared(["mark", "x"])
    try prepared.finish()
    #expect(names(prepared) == ["x"] && prepared.notes == ["left-out mark"])
    // At two sites it is never counted.
    #expect(
      prepared.steps.filter { $0.query.name == "counts" }.map { $0.query.length }
        == (isAtTwoSites ? [2] : [4, 2]))
  }

  @Test("an interaction at two sites, or with few rows, is not made")
  func interaction() throws {
    // The mark falls on the last level at two sites alone, or in four rows.
    for (marked, isAtTwoSites) in [
      (Rare.everywhere(4, sites: 0..<2) + [(2, 0), (2, 1), (3, 0), (3, 1)], true),
      ((0..<4).map { ($0, $0) } + Rare.everywhere(2).map { ($0.0, $0.1 + 1) }, false),
    ] {
      let rare = Rare(last: Rare.everywhere(4), marked: marked)
      var prepared = try rare.prepared(["drug", "mark"], interactions: [["drug", "mark"]])
      try prepared.finish()
      #expect(!names(prepared).contains("drug=c*mark"), "\(isAtTwoSites)")
      #expect(prepared.notes.contains("left-out drug=c*mark"), "\(isAtTwoSites)")
      #expect(names(prepared).contains("drug=c") && names(prepared).contains("mark"))
    }
  }

  @Test("rows that lack a value at one or two sites, or in few rows, are left out, and no indicator is made")
  func missing() throws {
    for (gaps, counted) in [
      ([(1, 2)], false), (Rare.everywhere(4, sites: 1..<3), false), (Rare.everywhere(1), true),
    ] {
      var prepared = try Rare(gaps: gaps).prepared(["x", "mark"], missing: .meanAndIndicator)
      try prepared.finish()
      #expect(!names(prepared).contains("x:missing"))
      #expect(prepared.notes.contains("rows-left-out x"))
      #expect(prepared.preparation.counts?.rows == 80 - gaps.count)
      let asked = prepared.steps.contains { step in
        step.query.segments.contains { $0.name == "rows-that-lack-it" }
      }
      #expect(asked == counted)
    }
    var enough = try Rare(gaps: Rare.everywhere(2)).prepared(["x"], missing: .meanAndIndicator)
    try enough.finish()
    #expect(names(enough) == ["x", "x:missing"] && enough.preparation.counts?.missing == ["x": 8])
  }

  @Test("with refuse, too few rows for a missing indicator end the run, and the variable is named")
  func refuseIndicator() throws {
    for (gaps, reason) in [
      ([(1, 2)], "are at 1 of 4 sites"), (Rare.everywhere(4, sites: 1..<3), "are at 2 of 4 sites"),
      (Rare.everywhere(1), "are under 5"),
    ] {
      let error = try error(
        Rare(marked: Rare.everywhere(4), gaps: gaps).prepared(["x", "mark"], missing: .meanAndIndicator) {
          $0.rare = .refuse
        })
      #expect(error?.code == .tooFewRows)
      #expect(error?.message == "“x”: the rows that lack it \(reason), too few for a missing indicator")
    }
    // What nobody lacks, and what enough lack, is no reason.
    var enough = try Rare(marked: Rare.everywhere(4), gaps: Rare.everywhere(2)).prepared(
      ["x", "mark"], missing: .meanAndIndicator
    ) { $0.rare = .refuse }
    try enough.finish()
    #expect(names(enough) == ["x", "x:missing", "mark"])
  }

  @Test("an indicator that is the same as another is not made")
  func sameIndicator() throws {
    var prepared = try Rare(gaps: Rare.everywhere(2), otherGaps: Rare.everywhere(3))
      .prepared(["x", "y", "z"], missing: .meanAndIndicator)
    try prepared.finish()
    #expect(names(prepared) == ["x", "x:missing", "y", "y:missing", "z"])
    #expect(prepared.notes.contains("not-made z:missing"))
    // Its rows stay in.
    #expect(prepared.preparation.counts?.rows == 80)
  }

  @Test("missing values end the run where the plan says refuse")
  func refuseMissing() throws {
    #expect(try error(Rare(gaps: [(1, 2)]).prepared(["x"], missing: .refuse))?.code == .tooFewRows)
    var none = try Rare().prepared(["x"], missing: .refuse)
    try none.finish()
    #expect(names(none) == ["x"])
  }

  @Test("a cell of two columns that few rows fill is named, or merged away where the study says pairs")
  func cells() throws {
    // Of ten marked rows two have the last level.
    let rare = Rare(
      last: Rare.everywhere(4), marked: [(0, 0), (1, 1)] + Rare.everywhere(2).map { ($0.0, $0.1 + 1) })
    var named = try rare.prepared(["drug", "mark"])
    try named.finish()
    #expect(names(named) == ["drug=a", "drug=b", "drug=c", "mark"])
    let note = try #require(named.preparation.design.notes.first { $0.subject == "drug=c and mark" })
    #expect(note.kind == .fewInCell && note.detail == "under 5 rows have both")
    var pairs = try rare.prepared(["drug", "mark"]) { $0.support = .pairs }
    try pairs.finish()
    let design = pairs.preparation.design
    #expect(design != named.preparation.design && !design.notes.isEmpty)
    expectFullCells(pairs)
  }

  /// Of two columns of different variables each of the four cells is empty, or has enough rows and sites.
  private func expectFullCells(_ prepared: PreparedTable, least: Int = 5, _ note: Comment? = nil) {
    let columns = prepared.preparation.design.columns
    for first in columns.indices where columns[first].isIndicator {
      for second in columns.indices.dropFirst(first + 1)
      where columns[second].isIndicator && columns[first].variables != columns[second].variables {
        for cell in [(1.0, 1.0), (1, 0), (0, 1), (0, 0)] {
          let found = prepared.rows.map { rows in
            zip(rows.values[first], rows.values[second]).count { $0 == cell.0 && $1 == cell.1 }
          }
          let rows = found.reduce(0, +)
          #expect(rows == 0 || rows >= least && found.count { $0 > 0 } >= 3, note)
        }
      }
    }
  }

  @Test(
    "a cell of two columns that two sites have is not counted, whichever of the four it is", arguments: 0..<4)
  func cellOfTwoSites(which: Int) throws {
    // A mark at half of the rows, and none in one cell with the level but at two sites.
    let (level, mark) = (which < 2, which % 2 == 0)
    let count = 80
    let drug = (0..<count).map { Int32($0 / 2 % 2) }
    var marked = (0..<count).map { Double($0 % 2) }
    for row in 0..<count where row / 20 > 1 && (drug[row] == 1) == level { marked[row] = mark ? 0 : 1 }
    let table = try SmallTable(
      [(.category("drug", ["none", "a"]), .levels(drug)), (.binary("mark"), .numbers(marked))],
      outcome: (0..<count).map { Double($0 / 3 % 2) }, rows: [20, 20, 20, 20])
    func prepared(_ rule: SupportRule) throws -> PreparedTable {
      var prepared = try PreparedTable(table) {
        $0.leastCount = 2
        $0.support = rule
      }
      try prepared.finish()
      return prepared
    }
    #expect(try names(prepared(.columns)) == ["drug=a", "mark"])
    let pairs = try prepared(.pairs)
    #expect(names(pairs).count == 1)
    #expect(!pairs.steps.map(\.query.name).contains("cells"))
    expectFullCells(pairs, least: 2)
  }

  @Test("patients are told apart from rows only where three sites have several rows of one")
  func patients() throws {
    for repeating in 0...4 {
      let patients = (0..<80).map { $0 / 20 < repeating ? $0 / 2 * 2 : $0 }
      let table = try SmallTable(
        [(.number("x", 0, 10), .numbers((0..<80).map { Double($0 * 7 % 11) }))],
        outcome: (0..<80).map { Double($0 / 3 % 2) }, rows: [20, 20, 20, 20], patients: patients)
      var prepared = try PreparedTable(table) { $0.mostRowsPerPatient = 2 }
      try prepared.finish()
      let counts = try #require(prepared.preparation.counts)
      #expect(counts.patients == (repeating < 3 ? 80 : 80 - 10 * repeating), "\(repeating)")
      #expect(prepared.notes == ((1...2).contains(repeating) ? ["method patients"] : []), "\(repeating)")
      let asked = try #require(prepared.steps.first { $0.query.name == "counts" })
      #expect(asked.query.segments.contains { $0.name == "patients" } == (repeating >= 3))
      #expect(prepared.preparation.leastSupport == (repeating == 3 ? 3 : 4))
    }
  }

  @Test("a weight that one or two sites alone have to differ, or lack in some row, ends the run")
  func weights() throws {
    func failure(_ weights: [Double]) throws -> String? {
      let table = try SmallTable(
        [
          (.number("x", 0, 10), .numbers((0..<80).map { Double($0 * 7 % 11) })),
          (.number("w", 0, 10), .numbers(weights)),
        ], outcome: (0..<80).map { Double($0 / 3 % 2) }, rows: [20, 20, 20, 20])
      var prepared = try PreparedTable(table, terms: [.predictor(PlannedPredictor("x"))], weight: "w") {
        $0.greatestWeight = 10
      }
      do {
        try prepared.finish()
        #expect(prepared.steps.first?.query.segments.last?.length == 3)
        return nil
      } catch let error as AnalysisError {
        #expect(error.code == .tooFewSites && prepared.steps.map(\.query.name) == ["support"])
        return error.message
      }
    }
    let varying = (0..<80).map { Double(1 + $0 % 3) }
    #expect(try failure(varying) == nil)
    #expect(try failure((0..<80).map { _ in 1 }) == nil)
    #expect(
      try failure(varying.enumerated().map { $0 < 60 ? 1 : $1 })
        == "“w” differs between rows at 1 of 4 sites; at least 3 must share it")
    // Each site's own number would tell how many rows it has.
    #expect(
      try failure((0..<80).map { Double(1 + $0 / 20) })
        == "“w” is the same for all rows of each site, and not 1 everywhere")
    for (sites, isRefused) in [(0, false), (1, true), (2, true), (3, false), (4, false)] {
      let gaps = varying.enumerated().map { $0 / 20 < sites && $0 % 20 == 7 ? ($0 % 2 == 0 ? 0 : .nan) : $1 }
      #expect(
        try failure(gaps)
          == (isRefused
            ? "“w” leaves rows out, for they have none above 0, at \(sites) of 4 sites; at least 3 must share it"
            : nil))
    }
  }

  @Test(
    "an outcome at two sites ends the run, and beside site intercepts those with both classes alone count")
  func outcome() throws {
    #expect(try error(Rare(sitesWithBothClasses: 2).prepared(["x"]))?.code == .tooFewSites)
    // The mark is at all four sites, but two of them have one class.
    var rare = Rare(marked: Rare.everywhere(3, sites: 1..<4), sitesWithBothClasses: 3)
    var common = try rare.prepared(["x", "mark"])
    try common.finish()
    #expect(names(common) == ["x", "mark"])
    var own = try rare.prepared(["x", "mark"]) { $0.hasSiteIntercepts = true }
    try own.finish()
    #expect(names(own) == ["x"])
    rare.sitesWithBothClasses = 2
    #expect(try error(rare.prepared(["x"]) { $0.hasSiteIntercepts = true })?.code == .tooFewSites)
  }
}
