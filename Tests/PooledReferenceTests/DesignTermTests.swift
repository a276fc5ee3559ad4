import Foundation
import PooledReference
import Testing

@Suite("The terms of a pooled design")
struct DesignTermTests {
  private static let text = """
    age,bmi,grade,sex,ill
    30,20,low,F,0
    40,,high,M,1
    50,30,middle,F,1
    60,35,,M,0
    """

  private func design(
    _ terms: [PooledDesign.Term], missing: PooledDesign.Missing = .meanAndIndicator,
    training: Set<Int>? = nil
  ) throws -> PooledDesign {
    try PooledDesign(
      PooledTable(texts: [("a.csv", Self.text)]), terms: terms, outcome: "ill", missing: missing,
      training: training)
  }

  @Test("transforms numbers and divides them")
  func transformations() throws {
    let design = try design([
      .transformed("age", .log, per: 1), .transformed("age", .log1p, per: 2),
      .transformed("age", .hinge(45), per: 10), .transformed("age", .identity, per: 10),
    ])
    let ages = [30.0, 40, 50, 60]
    #expect(
      design.predictors == [
        ages.map { log($0) }, ages.map { log1p($0) / 2 }, [0, 0, 0.5, 1.5], [3, 4, 5, 6],
      ])
    #expect(throws: PooledReferenceError.notPositive(file: "b.csv", row: 2, column: "x")) {
      try PooledDesign(
        PooledTable(texts: [("b.csv", "x,ill\n0,1\n1,0\n")]),
        terms: [.transformed("x", .log)], outcome: "ill")
    }
  }

  @Test("has Harrell's spline: a cubic between the outer knots, a line beyond them")
  func spline() throws {
    let text = "x,ill\n-1,0\n0,1\n1,0\n3,0\n4,1\n5,0\n"
    let design = try PooledDesign(
      PooledTable(texts: [("a.csv", text)]),
      terms: [.transformed("x", .spline(knots: [0, 1, 2]))], outcome: "ill")
    // ((x)³ - 2 (x - 1)³ + (x - 2)³) / 4, each cube of a positive part.
    #expect(design.predictors == [[-1, 0, 1, 3, 4, 5], [0, 0, 0.25, 3, 4.5, 6]])
    for knots in [[0, 1], [0, 1, 1], [2, 1, 3]] as [[Double]] {
      #expect(throws: PooledReferenceError.invalidKnots(column: "x")) {
        try PooledDesign(
          PooledTable(texts: [("a.csv", text)]),
          terms: [.transformed("x", .spline(knots: knots))], outcome: "ill")
      }
    }
  }

  @Test("puts the mean where a value is missing, and tells where")
  func imputation() throws {
    let design = try design([
      .numeric("bmi"), .ordinal("grade", levels: ["low", "middle", "high"]), .numeric("age"),
    ])
    #expect(design.columnNames == ["(intercept)", "bmi", "bmi:missing", "grade", "grade:missing", "age"])
    #expect(
      design.predictors == [
        [20, 85.0 / 3, 30, 35], [0, 1, 0, 0], [0, 2, 1, 1], [0, 0, 0, 1], [30, 40, 50, 60],
      ])
    #expect(design.incompleteRowCount == 0)
  }

  @Test("takes the mean from the training rows alone")
  func trainingMeans() throws {
    let design = try design([.transformed("bmi", .identity, per: 5)], training: [0, 1, 2])
    #expect(design.predictors[0] == [4, 5, 6, 7])
  }

  @Test("makes an indicator that equals an earlier column once")
  func sameIndicator() throws {
    let text = "a,b,c,ill\n1,2,3,0\n,,1,1\n3,1,,0\n4,4,4,1\n"
    let design = try PooledDesign(
      PooledTable(texts: [("a.csv", text)]), terms: [.numeric("a"), .numeric("b"), .numeric("c")],
      outcome: "ill", missing: .meanAndIndicator)
    #expect(design.columnNames == ["(intercept)", "a", "a:missing", "b", "c", "c:missing"])
  }

  @Test("multiplies the columns of two terms, and fills the product")
  func products() throws {
    let design = try design([
      .product(
        .transformed("bmi", .identity, per: 5), .categorical("sex", levels: ["F", "M"]))
    ])
    #expect(design.columnNames == ["(intercept)", "bmi*sex=M", "bmi:missing"])
    #expect(design.predictors[0] == [0, 7.0 / 3, 0, 7])
  }

  @Test("sites have intercepts without a penalty, and one of a single class is dropped")
  func sites() throws {
    let header = "x,ill\n"
    let table = try PooledTable(
      texts: [
        ("a", header + "1,0\n2,1\n3,0\n5,1\n"), ("b", header + "4,1\n1,1\n"),
        ("c", header + "1,1\n3,0\n2,1\n4,1\n"),
      ])
    let design = try PooledDesign(table, terms: [.sites, .numeric("x")], outcome: "ill")
    #expect(design.columnNames == ["(intercept)", "site=c", "x"])
    #expect(design.tableRows == [0, 1, 2, 3, 6, 7, 8, 9])
    let fit = try LogisticFit(design, ridge: 50)
    // Where the penalty does not pull, what is observed and what is expected are alike at each site.
    for site in [0, 1] {
      let rows = Array(design.tableRows.indices.dropFirst(4 * site).prefix(4))
      let expected = design.selecting(rows).linearPredictors(fit.coefficients)
        .reduce(0) { $0 + 1 / (1 + exp(-$1)) }
      #expect(abs(expected - design.selecting(rows).outcome.reduce(0, +)) < 1e-11)
    }
  }

  @Test("sites are what dummy columns of them are")
  func siteDummies() throws {
    let split = try DrawnRecords.sites()
    let bySite = try LogisticFit(
      PooledDesign(split, terms: [.sites, .numeric("age"), .numeric("dose")], outcome: "ill"))
    let byLevel = try LogisticFit(DrawnRecords.design())
    #expect(bySite.names == ["(intercept)", "site=b", "site=c", "age", "dose"])
    for (place, other) in [0, 3, 4, 1, 2].enumerated() {
      #expect(abs(bySite.coefficients[place] - byLevel.coefficients[other]) < 1e-12)
      #expect(abs(bySite.standardErrors[place] / byLevel.standardErrors[other] - 1) < 1e-11)
    }
  }
}
