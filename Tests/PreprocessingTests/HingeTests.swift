import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

/// Differences of hinges are 0 outside of the rows between them: three of them around one patient would be an indicator
/// of that patient in the published model.
@Suite("Hinges of a variable")
struct HingeTests {
  private static let (sites, rows) = (4, 30)

  /// Ages of 20 to 79 at every site, and at the last one a patient of 91.
  private static func table(of others: [Double] = []) throws -> SmallTable {
    var age = (0..<sites * rows).map { Double(20 + $0 * 7 % 60) }
    for (place, value) in ([91] + others).enumerated() { age[age.count - 1 - place] = value }
    return try SmallTable(
      [
        (.number("age", 18, 110), .numbers(age)),
        (.binary("mark"), .numbers(age.indices.map { $0 % 4 == 0 ? 1 : 0 })),
      ], outcome: age.indices.map { Double($0 / 3 % 2) }, rows: Array(repeating: rows, count: sites))
  }

  private static func terms(_ knots: [Double], _ others: [PlannedTerm] = []) -> [PlannedTerm] {
    knots.map { .predictor(PlannedPredictor("age", transformation: .hinge($0))) } + others
  }

  private func prepared(
    _ table: SmallTable, _ terms: [PlannedTerm], rare: RareRule = .merge,
    filter: CohortFilter = CohortFilter([])
  ) throws -> PreparedTable {
    var prepared = try PreparedTable(table, terms: terms, filter: filter) {
      $0.leastCount = 5
      $0.rare = rare
    }
    try prepared.finish()
    return prepared
  }

  private func names(_ prepared: PreparedTable) -> [String] {
    prepared.preparation.design.columns.map(\.name)
  }

  @Test("around one patient are left out, and nobody has counted the rows between them")
  func onePatient() throws {
    let terms = Self.terms([50, 90.1, 91, 91.9], [.predictor(PlannedPredictor("age"))])
    let found = try prepared(Self.table(), terms)
    #expect(names(found) == ["hinge(age, 50)", "age"])
    #expect(
      found.preparation.design.notes.map { "\($0.subject) \($0.detail)" } == [
        "hinge(age, 90.1) not made: varies at 1 of 4 sites",
        "hinge(age, 91) not made: varies at 0 of 4 sites",
        "hinge(age, 91.9) not made: varies at 0 of 4 sites",
      ])
    let counted = found.steps.filter { $0.query.name == "counts" }
    #expect(counted.count == 1)
    let counts = try #require(found.preparation.counts)
    #expect(Set(counts.indicators.keys) == ["age up to 50.0", "age above 50.0"])
  }

  @Test("stay where each interval between them has three sites and the least count of rows")
  func stay() throws {
    #expect(try names(prepared(Self.table(), Self.terms([40, 60]))) == ["hinge(age, 40)", "hinge(age, 60)"])
    // 76 to 79 are four ages of two rows each at all sites.
    #expect(
      try names(prepared(Self.table(), Self.terms([40, 76.5, 77]))) == ["hinge(age, 40)", "hinge(age, 77)"])
    #expect(throws: AnalysisError.self) {
      try prepared(Self.table(), Self.terms([40, 90.1]), rare: .refuse)
    }
  }

  @Test("are 0 at their knots: rows there do not stand for rows above")
  func knots() throws {
    let found = try prepared(Self.table(), Self.terms([40, 79]))
    #expect(names(found) == ["hinge(age, 40)"])
    // Rows below the only one, here at two sites, stand in no sum by themselves; those above must be enough.
    #expect(try names(prepared(Self.table(), Self.terms([20]))) == ["hinge(age, 20)"])
    #expect(throws: AnalysisError.self) { try prepared(Self.table(of: [91, 91]), Self.terms([90])) }
  }

  @Test("times an indicator have enough rows where they are not 0")
  func products() throws {
    let mark = PlannedTerm.predictor(PlannedPredictor("mark"))
    let interaction = PlannedTerm.interaction("age", "mark")
    let wide = try prepared(Self.table(), Self.terms([40], [mark, interaction]))
    #expect(names(wide) == ["hinge(age, 40)", "mark", "hinge(age, 40)*mark"])
    // Of those above 70 three are marked, at three sites.
    var age = (0..<Self.sites * Self.rows).map { Double(20 + $0 % 50) }
    for site in 0..<Self.sites {
      for row in 0..<6 { age[site * Self.rows + row] = row == 0 && site == 3 || row == 4 ? 60 : 80 }
    }
    let marked = age.indices.map { $0 % Self.rows == 0 || $0 % Self.rows > 5 && $0 % 2 == 0 ? 1.0 : 0 }
    let table = try SmallTable(
      [(.number("age", 18, 110), .numbers(age)), (.binary("mark"), .numbers(marked))],
      outcome: age.indices.map { Double($0 / 3 % 2) },
      rows: Array(repeating: Self.rows, count: Self.sites))
    let narrow = try prepared(table, Self.terms([70], [mark, interaction]))
    #expect(names(narrow) == ["hinge(age, 70)", "mark"])
    #expect(
      narrow.preparation.design.notes.map(\.detail)
        == ["not made: rows with “hinge(age, 70)*mark not 0” are under 5"])
  }
}
