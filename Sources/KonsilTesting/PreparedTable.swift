import Cohorts
import Preprocessing
import Queries

/// The preparation of a table's sites, its sums added up in the clear.
package struct PreparedTable {
  private let table: SmallTable
  private let filter: CohortFilter
  /// Each site's, for the design as it stands.
  package private(set) var rows: [DesignRows]
  package let frame: Preparation.Frame
  package var preparation: Preparation
  /// Every query so far, and its sum.
  package private(set) var steps: [(query: Query, sum: QuerySum)] = []

  package init(
    _ table: SmallTable, leastRows: Int = 1, mostRowsPerSite: Int = 1 << 20, terms: [PlannedTerm]? = nil,
    missing: MissingRule = .completeCase, weight: String? = nil, filter: CohortFilter = CohortFilter([]),
    _ change: (inout Preparation.Frame) -> Void = { _ in }
  ) throws {
    let design = Design(
      dictionary: table.dictionary, outcome: SmallTable.outcome,
      terms: terms ?? table.predictors.map { .predictor(PlannedPredictor($0)) }, missing: missing,
      weight: weight)
    var frame = Preparation.Frame(
      design: design, sites: table.cohorts.count, leastRows: leastRows, mostRowsPerSite: mostRowsPerSite)
    change(&frame)
    self.table = table
    self.filter = filter
    self.frame = frame
    preparation = Preparation(frame)
    rows = []
    rows = try taken()
  }

  private func taken() throws -> [DesignRows] {
    try table.cohorts.map { cohort in
      try Self.found(
        DesignRows(preparation.design, cohort: cohort, filter: filter, dictionary: table.dictionary))
    }
  }

  /// One step: every site answers, the integers are added in their ring, the sum is absorbed.
  @discardableResult
  package mutating func step() throws -> QuerySum {
    let query = try Self.found(preparation.query())
    var total = [UInt64](repeating: 0, count: query.length)
    for rows in rows {
      guard let contribution = Contribution(preparation.answer(rows), for: query) else {
        throw FixtureError()
      }
      let elements = contribution.take()
      for index in total.indices { total[index] &+= elements[index] }
    }
    let sum = try Self.found(QuerySum(elements: total, for: query))
    steps.append((query, sum))
    let before = preparation.design
    try preparation.absorb(sum)
    if preparation.design != before { rows = try taken() }
    return sum
  }

  package mutating func advance(to name: String) throws -> Query {
    while let query = try preparation.query(), query.name != name { try step() }
    return try Self.found(preparation.query())
  }

  /// All steps.
  ///
  /// - Returns: their queries' names and the means and deviations that they end with.
  @discardableResult
  package mutating func finish() throws -> (queries: [String], standardisation: Standardisation) {
    while try preparation.query() != nil { try step() }
    return (steps.map(\.query.name), try Self.found(preparation.standardisation))
  }

  /// What became of the design, as lines of kind and subject.
  package var notes: [String] { preparation.design.notes.map { "\($0.kind.rawValue) \($0.subject)" } }

  private static func found<Found>(_ found: Found?) throws -> Found {
    guard let found else { throw FixtureError() }
    return found
  }
}
