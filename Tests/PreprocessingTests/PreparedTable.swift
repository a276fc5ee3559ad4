import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

/// The preparation of a table's sites, its sums added up in the clear.
struct PreparedTable {
  let rows: [DesignRows]
  let frame: Preparation.Frame
  var preparation: Preparation

  init(_ table: SmallTable, leastRows: Int = 1, mostRowsPerSite: Int = 1 << 20) throws {
    let design = DesignSpecification(
      dictionary: table.dictionary, outcome: SmallTable.outcome, predictors: table.predictors)
    frame = Preparation.Frame(
      design: design, sites: table.cohorts.count, leastRows: leastRows, mostRowsPerSite: mostRowsPerSite)
    preparation = Preparation(frame)
    rows = try table.cohorts.map { cohort in
      try #require(
        DesignRows(design, cohort: cohort, filter: CohortFilter([]), dictionary: table.dictionary))
    }
  }

  /// One step: every site answers, the integers are added in their ring, the sum is absorbed.
  @discardableResult
  mutating func step() throws -> QuerySum {
    let query = try #require(try preparation.query())
    var total = [UInt64](repeating: 0, count: query.length)
    for rows in rows {
      guard let contribution = Contribution(preparation.answer(rows), for: query) else {
        throw FixtureError()
      }
      let elements = contribution.take()
      for index in total.indices { total[index] &+= elements[index] }
    }
    let sum = try #require(QuerySum(elements: total, for: query))
    try preparation.absorb(sum)
    return sum
  }

  /// All steps.
  ///
  /// - Returns: their queries' names and the means and deviations that they end with.
  mutating func finish() throws -> (queries: [String], standardisation: Standardisation) {
    var names: [String] = []
    while let query = try preparation.query() {
      names.append(query.name)
      try step()
    }
    return (names, try #require(preparation.standardisation))
  }
}
