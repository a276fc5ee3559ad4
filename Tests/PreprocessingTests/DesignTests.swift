import Cohorts
import KonsilTesting
import Preprocessing
import Testing

@Suite("A design")
struct DesignTests {
  private static let levels = ["none", "a", "b"]

  private func table() throws -> SmallTable {
    try SmallTable(
      [
        (.number("age", 18, 110), .numbers([30, 40, .nan, 60, 70])),
        (.category("drug", Self.levels), .levels([0, 1, 2, -1, 2])),
        (.category("sex", ["F", "M"]), .levels([0, 1, 1, 0, 1])),
        (.binary("smoker"), .numbers([0, 1, 1, 0, .nan])),
      ], outcome: [0, 1, 0, 1, 1], rows: [5])
  }

  private func design(_ predictors: [String]) throws -> Design {
    Self.design(try table().dictionary, predictors)
  }

  private static func design(_ dictionary: StudyDictionary, _ predictors: [String]) -> Design {
    Design(
      dictionary: dictionary, outcome: "ill", terms: predictors.map { .predictor(PlannedPredictor($0)) })
  }

  @Test("has one column for a number and one for each level but the first, in the plan's order")
  func columns() throws {
    let design = try design(["smoker", "drug", "sex", "age"])
    #expect(design.columns.map(\.name) == ["smoker", "drug=a", "drug=b", "sex=M", "age"])
    #expect(
      design.columns.map(\.factors) == [
        [.value(variable: "smoker", .identity)], [.level(variable: "drug", indices: [1], label: "a")],
        [.level(variable: "drug", indices: [2], label: "b")],
        [.level(variable: "sex", indices: [1], label: "M")], [.value(variable: "age", .identity)],
      ])
    #expect(design.columns.map(\.range.upper) == [1, 1, 1, 1, 110])
    #expect(design.columns.map(\.isIndicator) == [true, true, true, true, false])
    #expect(design.outcome == "ill" && design.variables == ["smoker", "drug", "sex", "age"])
  }

  @Test("names the level that several columns of a category leave over, and none where one column is all")
  func references() throws {
    #expect(try design(["smoker", "drug", "sex", "age"]).references.map(\.name) == ["drug=none"])
    #expect(try design(["smoker", "sex"]).references == [])
  }

  @Test("takes the complete rows, in their order, and no other")
  func completeRows() throws {
    let table = try table()
    func rows(_ predictors: [String], _ filter: CohortFilter = CohortFilter([])) throws -> DesignRows {
      try #require(
        DesignRows(
          design(predictors), cohort: table.cohorts[0], filter: filter, dictionary: table.dictionary))
    }
    let all = try rows(["age", "drug", "smoker"])
    #expect(all.count == 2 && all.outcome == [0, 1])
    #expect(all.values == [[30, 40], [0, 1], [0, 0], [0, 1]])
    let drugs = try rows(["drug"])
    #expect(drugs.values == [[0, 1, 0, 0], [0, 0, 1, 1]] && drugs.outcome == [0, 1, 0, 1])
    let filtered = try rows(
      ["drug"],
      CohortFilter([
        FilterCondition(variable: "drug", test: .oneOf(["a", "b"])),
        FilterCondition(variable: "age", test: .between(atLeast: 41, atMost: nil)),
      ]))
    // The row whose age is missing does not meet a condition on age.
    #expect(filtered.values == [[0], [1]] && filtered.outcome == [1])
    let none = try rows(
      ["age"], CohortFilter([FilterCondition(variable: "age", test: .between(atLeast: 71, atMost: nil))]))
    #expect(none.count == 0 && none.values == [[]])
  }

  @Test("a row without an outcome is not complete")
  func outcome() throws {
    let table = try SmallTable(
      [(.binary("smoker"), .numbers([0, 1, 1]))], outcome: [0, .nan, 1], rows: [3])
    let design = Self.design(table.dictionary, ["smoker"])
    let rows = try #require(
      DesignRows(
        design, cohort: table.cohorts[0], filter: CohortFilter([]), dictionary: table.dictionary))
    #expect(rows.values == [[0, 1]] && rows.outcome == [0, 1])
  }

  @Test("takes no rows of a cohort that lacks a variable of the filter")
  func filterVariable() throws {
    let table = try table()
    let cohort = try #require(Cohort(rowCount: 1, columns: ["age": .numbers([40]), "ill": .numbers([1])]))
    let filter = CohortFilter([FilterCondition(variable: "smoker", test: .between(atLeast: 1, atMost: nil))])
    #expect(
      DesignRows(try design(["age"]), cohort: cohort, filter: filter, dictionary: table.dictionary) == nil)
    #expect(
      DesignRows(
        try design(["age"]), cohort: cohort, filter: CohortFilter([]), dictionary: table.dictionary) != nil)
  }

  @Test("takes no rows of a cohort that lacks a variable, or holds it as another type")
  func otherCohort() throws {
    let table = try table()
    let design = try design(["age", "drug"])
    let numbers = Column.numbers([1, 2])
    for columns in [
      ["age": numbers, "ill": numbers], ["age": numbers, "drug": numbers, "ill": numbers],
      ["age": .levels([0, 1]), "drug": .levels([0, 1]), "ill": numbers],
      ["age": numbers, "drug": .levels([0, 1]), "ill": .levels([0, 1])],
    ] as [[String: Column]] {
      let cohort = try #require(Cohort(rowCount: 2, columns: columns))
      #expect(
        DesignRows(
          design, cohort: cohort, filter: CohortFilter([]), dictionary: table.dictionary) == nil)
    }
  }
}
