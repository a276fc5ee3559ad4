import Cohorts
import Federation
import Foundation
import KonsilTesting
import PooledReference
import Regression
import Testing

@Suite("A range far wider than a column's spread")
struct WideRangeTests {
  /// `wide` has a standard deviation of about 1 in a range of `width`, away from its middle.
  private static func columns(width: Double, rows: Int) -> (
    wide: [Double], plain: [Double], outcome: [Double]
  ) {
    var random = SeededRandom(seed: 10)
    var columns: (wide: [Double], plain: [Double], outcome: [Double]) = ([], [], [])
    for _ in 0..<rows {
      // A sum of twelve uniform numbers: mean 6, deviation 1. Multiples of 1/64 are exact near 10^7.
      let drawn = (0..<12).reduce(0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } - 6
      let wide = (drawn * 64).rounded() / 64
      let plain = Double(Int.random(in: 0...9, using: &random))
      let probability = 1 / (1 + exp(-(0.8 * wide + 0.2 * (plain - 4.5))))
      columns.wide.append((width / 3).rounded() + wide)
      columns.plain.append(plain)
      columns.outcome.append(Double.random(in: 0..<1, using: &random) < probability ? 1 : 0)
    }
    return columns
  }

  @Test(
    "costs one more query above 2^12 deviations, and no precision up to 2^24",
    arguments: [(width: 3e3, isRefined: false), (6e3, true), (1e5, true), (1.5e7, true)])
  func refinement(width: Double, isRefined: Bool) throws {
    let (wide, plain, outcome) = Self.columns(width: width, rows: 400)
    let table = try SmallTable(
      [(.number("wide", 0, width), .numbers(wide)), (.number("plain", 0, 9), .numbers(plain))],
      outcome: outcome, rows: [100, 150, 150])
    let federation = try SmallStudy(table).federation()
    let model = try federation.fittedModel()
    #expect(federation.queryNames.contains("refinement") == isRefined)

    let text = outcome.indices.map { "\(wide[$0]),\(plain[$0]),\(Int(outcome[$0]))\n" }.joined()
    let pooled = try LogisticFit(
      PooledDesign(
        PooledTable(texts: [(name: "pooled.csv", text: "wide,plain,ill\n" + text)]),
        terms: [.numeric("wide"), .numeric("plain")], outcome: "ill"))
    try model.expectEqual(pooled, "\(width)")
    #expect(model.newtonSteps <= 10)
  }

  @Test("ends the run above 2^24 deviations, and names the column")
  func tooWide() throws {
    let (wide, plain, outcome) = Self.columns(width: 6e7, rows: 60)
    let table = try SmallTable(
      [(.number("plain", 0, 9), .numbers(plain)), (.number("wide", 0, 6e7), .numbers(wide))],
      outcome: outcome, rows: [20, 20, 20])
    let failure = try SmallStudy(table).federation().failure()
    #expect(failure.code == "range-too-wide")
    #expect(failure.message == "the range of “wide” is over 2^24 times its standard deviation")
    #expect(failure.advice == "narrow its range in the study's dictionary")
  }
}
