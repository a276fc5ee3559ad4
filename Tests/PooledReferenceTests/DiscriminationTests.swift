import Foundation
import PooledReference
import Testing

@Suite("Discrimination and cross-validation of the pooled reference")
struct DiscriminationTests {
  /// Scores with many ties, in three groups.
  private static let scores = (0..<60).map { Double($0 * 17 % 11) }
  private static let outcome = (0..<60).map { $0 * 7 % 5 < 2 ? 1.0 : 0 }
  private static let groups = (0..<60).map { ["a", "b", "c"][$0 * 13 % 3] }

  @Test("is the share of pairs in the right order", arguments: [false, true])
  func pairs(isWithin: Bool) throws {
    var (right, all) = (0.0, 0.0)
    for i in Self.scores.indices where Self.outcome[i] == 1 {
      for j in Self.scores.indices where Self.outcome[j] == 0 {
        if isWithin && Self.groups[i] != Self.groups[j] { continue }
        all += 1
        right += Self.scores[i] > Self.scores[j] ? 1 : Self.scores[i] == Self.scores[j] ? 0.5 : 0
      }
    }
    let area = areaUnderCurve(
      Self.scores, outcome: Self.outcome, within: isWithin ? Self.groups : nil)
    #expect(try abs(#require(area) - right / all) < 1e-15)
  }

  @Test("is nothing where all are alike")
  func oneClass() {
    #expect(areaUnderCurve([1, 2], outcome: [1, 1]) == nil)
    #expect(areaUnderCurve([1, 2], outcome: [1, 0], within: ["a", "b"]) == nil)
  }

  @Test("Brier score and log loss are their definitions, by weight")
  func scores() {
    let score = [log(3.0), -log(4.0)]
    // p is 3/4 and 1/5; both are ill.
    let brier = brierScore(score, outcome: [1, 1], weights: [1, 3])
    #expect(abs(brier - (1.0 / 16 + 3 * 16.0 / 25) / 4) < 1e-15)
    let loss = logLoss(score, outcome: [1, 1], weights: [1, 3])
    #expect(abs(loss + (log(0.75) + 3 * log(0.2)) / 4) < 1e-15)
  }

  @Test("predicts a row by the fit of the rows of other folds, with their means")
  func crossValidation() throws {
    let lines = DrawnRecords.csv.split(separator: "\n").map(String.init)
    let gaps = lines.enumerated().map { place, line in
      place % 10 == 3 ? "," + line.split(separator: ",").dropFirst().joined(separator: ",") : line
    }
    let table = try PooledTable(texts: [("gaps.csv", gaps.joined(separator: "\n"))])
    let terms: [PooledDesign.Term] = [.numeric("age"), .numeric("dose")]
    let folds = (0..<table.rowCount).map { $0 % 3 }
    let validated = try CrossValidation(folds: folds, count: 3) { training throws(PooledReferenceError) in
      try PooledDesign(
        table, terms: terms, outcome: "ill", missing: .meanAndIndicator, training: training)
    } fit: { design throws(PooledReferenceError) in
      try LogisticFit(design).coefficients
    }
    #expect(validated.tableRows == Array(0..<150))

    // The second fold again, from a table of the other rows alone.
    let others = [lines[0]] + gaps.dropFirst().enumerated().filter { $0.offset % 3 != 1 }.map(\.element)
    let rest = try PooledDesign(
      PooledTable(texts: [("others.csv", others.joined(separator: "\n"))]), terms: terms,
      outcome: "ill", missing: .meanAndIndicator)
    let fit = try LogisticFit(rest)
    let ages = rest.predictors[0]
    let present = zip(ages, rest.predictors[1]).filter { $0.1 == 0 }.map(\.0)
    let mean = present.reduce(0, +) / Double(present.count)
    for row in stride(from: 1, to: 150, by: 3) {
      let fields = gaps[row + 1].split(separator: ",", omittingEmptySubsequences: false)
      let age = Double(fields[0])
      let eta =
        fit.coefficients[0] + fit.coefficients[1] * (age ?? mean)
        + fit.coefficients[2] * (age == nil ? 1 : 0) + fit.coefficients[3] * (Double(fields[1]) ?? .nan)
      #expect(abs(validated.linearPredictors[row] - eta) < 1e-11)
    }
  }
}
