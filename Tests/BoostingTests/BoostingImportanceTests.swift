import Boosting
import KonsilTesting
import Queries
import Testing

struct BoostingImportanceTests {
  private struct Case {
    let model: TreeModel
    let table: FeatureTable
    let outcomes: [Double]
    let patients: [UInt64]
    let sums: ImportanceSums

    init(_ objective: TreeModel.Objective, rows: Int, federation: Int? = nil, seed: UInt64) throws {
      var maker = TreeModelMaker(seed: seed)
      maker.hasSlopes = seed.isMultiple(of: 2)
      model = maker.model(objective, rounds: 4)
      table = try maker.table(rows: rows)
      outcomes = (0..<rows).map { Double($0 % 2) }
      patients = (0..<rows).map { UInt64($0 / 2) &* 0x9e37_79b9_7f4a_7c15 }
      sums = try ImportanceSums(model, seed: 3, rows: federation ?? rows, greatestOutcome: 1, sites: 3)
    }

    func answer(_ rows: [Int]) throws -> [[Double]] {
      let chosen = try #require(table.selecting(rows))
      let answer = sums.answer(
        chosen, outcomes: rows.map { outcomes[$0] }, exposures: nil, patients: rows.map { patients[$0] })
      return try #require(answer)
    }

    var query: Query { Query(name: "importance", parameters: [], segments: sums.segments, isVerified: false) }

    private static func elements(_ answer: [[Double]], _ query: Query) -> [UInt64]? {
      guard let contribution = Contribution(answer, for: query) else { return nil }
      return contribution.take()
    }

    /// What masked sums of the answers give.
    func importance(_ parts: [[Int]]) throws -> BoostingImportance {
      var total = [UInt64](repeating: 0, count: query.length)
      for part in parts {
        let answer = try answer(part)
        let elements = try #require(Self.elements(answer, query))
        for place in total.indices { total[place] &+= elements[place] }
      }
      let sum = try #require(QuerySum(elements: total, for: query))
      return try #require(sums.importance(sum))
    }
  }

  /// One site: the sums are those of its own Shapley values and losses.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func theMeansAreThoseOfTheRows(seed: UInt64) throws {
    let objectives: [TreeModel.Objective] = [
      .logistic, .softmax(classes: ["a", "b"]), .squaredError, .poisson(exposure: nil),
    ]
    let known = try Case(objectives[Int(seed - 1)], rows: 50, seed: seed)
    let importance = try known.importance([Array(0..<50)])
    #expect(importance.rows == 50)
    let losses = (0..<50).map {
      known.model.loss(known.model.score(known.table.row($0)), outcome: known.outcomes[$0])
    }
    #expect(abs(importance.loss - losses.reduce(0, +) / 50) < 1e-9, "seed \(seed)")
    for (place, use) in known.model.uses.enumerated() where use.splits == 0 && use.slopes == 0 {
      #expect(importance.permutation[place] == 0 && importance.meanShap.allSatisfy { $0[place] == 0 })
    }
    #expect(importance.meanShap.joined().contains { $0 > 0 })
    #expect(importance.permutation.contains { $0 != 0 })
  }

  /// Against a background of all rows, fewer than the most.
  @Test func magnitudesAreMeasuredAgainstTheSitesOwnRows() throws {
    let known = try Case(.logistic, rows: 30, seed: 9)
    let shap = try InterventionalShap(known.model, background: known.table)
    let wanted = shap.sumOfMagnitudes(over: known.table)[0].map { $0 / 30 }
    let found = try known.importance([Array(0..<30)]).meanShap[0]
    for (found, wanted) in zip(found, wanted) { #expect(abs(found - wanted) < 1e-9) }
  }

  @Test func whichRowsCountDoesNotDependOnTheSplit() throws {
    // Of so many rows over the federation one in four counts.
    let known = try Case(.logistic, rows: 900, federation: 8192, seed: 5)
    let whole = try known.importance([Array(0..<900)])
    let parts = (0..<3).map { part in (0..<900).filter { $0 / 2 % 3 == part } }
    let split = try known.importance(parts)
    #expect(split.rows == whole.rows && (100..<400).contains(whole.rows))
    #expect(abs(split.loss - whole.loss) < 1e-9)
    // Each against its own background and permuted within itself, so not the same, but near.
    #expect(split.meanShap != whole.meanShap)
    for (one, other) in zip(split.meanShap[0], whole.meanShap[0]) {
      #expect(abs(one - other) < 0.5 * max(one, 0.05))
    }
  }

  @Test func aSiteWithoutRowsAddsNothing() throws {
    let known = try Case(.softmax(classes: ["a", "b", "c"]), rows: 10, seed: 6)
    #expect(try known.answer([]).joined().allSatisfy { $0 == 0 })
    #expect(try known.importance([Array(0..<10), []]) == known.importance([Array(0..<10)]))
  }

  @Test func rowsThatDoNotFitAreNoAnswer() throws {
    let known = try Case(.logistic, rows: 10, seed: 6)
    #expect(known.sums.answer(known.table, outcomes: [], exposures: nil, patients: known.patients) == nil)
    let narrow = try #require(FeatureTable(rowCount: 10, columns: [[Float](repeating: 0, count: 10)]))
    #expect(
      known.sums.answer(narrow, outcomes: known.outcomes, exposures: nil, patients: known.patients) == nil)
  }
}
