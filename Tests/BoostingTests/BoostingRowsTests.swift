import Boosting
import Cohorts
import Dispatch
import KonsilTesting
import Testing

/// What a site holds of its rows.
struct BoostingRowsTests {
  private static let threads = Workers(count: 3) { parts, body in
    DispatchQueue.concurrentPerform(iterations: parts, execute: body)
  }

  private func rows(
    _ table: BoostingTable, _ conditions: [FilterCondition] = [], weight: String? = nil
  ) throws -> BoostingRows {
    var plan = InvarianceTests.specification(.logistic)
    plan.weight = weight
    let frame = try #require(
      BoostingFrame(
        plan, dictionary: table.dictionary, sites: ["site"], leastRows: 1, leastCount: 1,
        mostRowsPerSite: 1 << 20))
    return try #require(
      BoostingRows(
        frame, cohort: table.cohorts[0], filter: CohortFilter(conditions), dictionary: table.dictionary))
  }

  private func numbers(_ name: String, of cohort: Cohort) throws -> [Double] {
    guard case .numbers(let values) = try #require(cohort[name]) else { throw Unanswered(query: name) }
    return values
  }

  /// Where memory is counted, a cohort is not there twice.
  @Test func listsOfAllRowsAreTheCohortsOwn() throws {
    func place<Value>(_ list: [Value]) -> UnsafePointer<Value>? {
      list.withUnsafeBufferPointer(\.baseAddress)
    }
    let table = try BoostingTable.drawn(rows: 300, seed: 51)
    let (cohort, rows) = (table.cohorts[0], try rows(table, weight: "weight"))
    #expect(rows.count == 300)
    #expect(place(rows.outcome) == place(try numbers("ill", of: cohort)))
    #expect(place(rows.weights) == place(try numbers("weight", of: cohort)))
    #expect(place(rows.patients) == place(cohort.patients))
  }

  @Test(arguments: 61..<65)
  func aFilterLeavesTheRowsThatMeetIt(seed: UInt64) throws {
    let table = try BoostingTable.drawn(rows: 400, seed: seed)
    let cohort = table.cohorts[0]
    let condition = FilterCondition(variable: "b", test: .between(atLeast: -0.5, atMost: nil))
    let (some, all) = (try rows(table, [condition], weight: "weight"), try rows(table))
    let b = try numbers("b", of: cohort)
    let met = b.indices.filter { b[$0] >= -0.5 }
    #expect(some.count == met.count && !met.isEmpty && met.count < 400, "seed \(seed)")
    for (kept, column) in zip(some.columns, all.columns) {
      // NaN is no number's equal.
      #expect(kept.map(\.bitPattern) == met.map { column[$0].bitPattern }, "seed \(seed)")
    }
    let (ill, weights) = (try numbers("ill", of: cohort), try numbers("weight", of: cohort))
    #expect(some.outcome == met.map { ill[$0] }, "seed \(seed)")
    #expect(some.weights == met.map { weights[$0] }, "seed \(seed)")
    #expect(some.patients == met.map { cohort.patients[$0] }, "seed \(seed)")
  }

  @Test func aTableOfNoRowsOfTheCohortIsNone() throws {
    let table = try BoostingTable.drawn(rows: 20, seed: 71)
    for rows in [[0, 20], [-1]] {
      #expect(
        FeatureTable(
          [TreeFeature("b", .number)], cohort: table.cohorts[0], dictionary: table.dictionary, rows: rows)
          == nil)
    }
  }

  @Test func binsAreThoseOfEachColumnAlone() throws {
    let columns: [[Float]] = [
      [0, 2, .nan, 1, 5], [1, 0, 2, .nan, 7],
    ]
    let binning = Binning([
      FeatureBins(feature: 1, rule: .levels([1, nil, 0]), hasMissing: true),
      FeatureBins(feature: 0, rule: .cuts([1, 3]), hasMissing: true),
    ])
    for workers in [Workers.one, Self.threads] {
      let binned = BinnedRows(binning, columns: columns, rows: 5, workers: workers)
      #expect(binned.bins == [2, 1, 0, 2, 2] + [0, 1, 3, 1, 2])
    }
    #expect(binning.features.map { $0.binned(columns[$0.feature]) } == [[2, 1, 0, 2, 2], [0, 1, 3, 1, 2]])
    #expect(BinnedRows(binning, columns: [[], []], rows: 0).bins.isEmpty)
    #expect(BinnedRows(Binning([]), columns: [], rows: 3).bins.isEmpty)
  }

  /// Columns are sorted, binned and added up by parts; none of it shows.
  @Test(arguments: 81..<84)
  func threadsGrowTheTreesOfOne(seed: UInt64) throws {
    let table = try BoostingTable.drawn(rows: 700, seed: seed).split(2, seed: seed)
    let plan = InvarianceTests.specification(.logistic)
    var alone = try BoostingFederation(table, plan, leastCount: 5)
    var threaded = try BoostingFederation(table, plan, leastCount: 5, workers: Self.threads)
    let model = try alone.train()
    #expect(try threaded.train().trees == model.trees, "seed \(seed)")
    #expect(threaded.steps.map(\.sum) == alone.steps.map(\.sum), "seed \(seed)")
  }
}
