import PooledReference
import Testing

@Suite("A pooled design")
struct PooledDesignTests {
  private static let text = """
    age,smoker,crp,ill
    30,no,1.5,0
    40,former,,1
    50,yes,2e1,1
    60,no,NA,0
    70,former,4,0
    """

  private static let terms: [PooledDesign.Term] = [
    .numeric("age"), .categorical("smoker", levels: ["no", "former", "yes"]),
  ]

  private func design(
    _ text: String = text, _ terms: [PooledDesign.Term] = terms, outcome: String = "ill"
  ) throws(PooledReferenceError) -> PooledDesign {
    try PooledDesign(
      PooledTable(texts: [("a.csv", text)]), terms: terms, outcome: outcome)
  }

  @Test("has the intercept, the numbers and a column a level but the reference")
  func columns() throws {
    let design = try design()
    #expect(
      design.columnNames == ["(intercept)", "age", "smoker=former", "smoker=yes"])
    #expect(
      design.predictors == [[30, 40, 50, 60, 70], [0, 1, 0, 0, 1], [0, 0, 1, 0, 0]])
    #expect(design.outcome == [0, 1, 1, 0, 0])
    #expect(design.rowCount == 5)
    #expect(design.incompleteRowCount == 0)
  }

  @Test("drops a row that misses a value it uses, and no other")
  func completeCases() throws {
    let design = try design(Self.text, Self.terms + [.numeric("crp")])
    #expect(design.predictors[0] == [30, 50, 70])
    #expect(design.predictors[3] == [1.5, 20, 4])
    #expect(design.outcome == [0, 1, 0])
    #expect(design.incompleteRowCount == 2)
  }

  @Test(
    "names the place of a value it cannot use",
    arguments: [
      ("age,smoker,ill\n30,no,0\nold,no,1\n", .notANumber(file: "a.csv", row: 3, column: "age")),
      ("age,smoker,ill\n30,no,0\nnan,no,1\n", .notANumber(file: "a.csv", row: 3, column: "age")),
      ("age,smoker,ill\n1,No,0\n", .unknownLevel(file: "a.csv", row: 2, column: "smoker")),
      ("age,smoker,ill\n1,no,2\n", .outcomeNotBinary(file: "a.csv", row: 2, column: "ill")),
      ("age,smoker,ill\n1,no,yes\n", .notANumber(file: "a.csv", row: 2, column: "ill")),
      ("age,smoker,ill\n1,no,1\n2,yes,1\n", .oneClass(outcome: "ill")),
      ("age,smoker,ill\n,no,1\n", .noCompleteRow),
      ("age,smoker,ill\n", .noCompleteRow),
      ("age,ill\n1,0\n", .missingColumn(file: "a.csv", column: "smoker")),
    ] as [(String, PooledReferenceError)])
  func unusable(text: String, error: PooledReferenceError) {
    #expect(throws: error) { try design(text) }
  }

  @Test("needs a reference level")
  func noLevels() {
    #expect(throws: PooledReferenceError.noReferenceLevel(column: "smoker")) {
      try design(Self.text, [.categorical("smoker", levels: [])])
    }
  }

  @Test("never repeats a value of a record in an error")
  func noValueInErrors() {
    let text = "age,smoker,ill\n30,no,0\nSENTINEL,no,1\n"
    let inLevel = "age,smoker,ill\n30,no,0\n30,SENTINEL,1\n"
    for text in [text, inLevel] {
      do throws(PooledReferenceError) {
        _ = try design(text)
        Issue.record("a design was made of text that is no number or no level")
      } catch {
        #expect(!error.description.contains("SENTINEL"))
        #expect(error.description.contains("a.csv, row 3, column '"))
      }
    }
  }
}
