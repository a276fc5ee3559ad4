import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Regression
import Testing

/// A logistic regression over the sites of a table whose integers are added up in the clear: the twin of masked
/// aggregation.
struct ClearFederation {
  let frame: Preparation.Frame
  private(set) var program: LogisticProgram
  private(set) var sites: [LogisticComputation]
  /// Every query so far, and its sum.
  private(set) var steps: [(query: Query, sum: QuerySum)] = []

  init(
    _ table: SmallTable, penalty: LogisticSpecification.Penalty = .none, predictors: [String]? = nil
  ) throws {
    let design = DesignSpecification(
      dictionary: table.dictionary, outcome: SmallTable.outcome,
      predictors: predictors ?? table.predictors)
    let frame = Preparation.Frame(
      design: design, sites: table.cohorts.count, leastRows: 1, mostRowsPerSite: 1 << 20)
    self.frame = frame
    program = try LogisticProgram(frame, penalty: penalty)
    sites = try table.cohorts.map { cohort in
      let rows = DesignRows(
        design, cohort: cohort, filter: CohortFilter([]), dictionary: table.dictionary)
      return LogisticComputation(frame, rows: try #require(rows))
    }
  }

  /// What the program asks; nil when it has finished.
  var query: Query? { if case .ask(let query) = program.next() { query } else { nil } }

  var model: LogisticModel? { if case .finished(let model) = program.next() { model } else { nil } }

  /// The integers that the sites send for the query, and their sum.
  mutating func answer(_ query: Query) throws -> (elements: [[UInt64]], sum: QuerySum) {
    var total = [UInt64](repeating: 0, count: query.length)
    var all: [[UInt64]] = []
    for index in sites.indices {
      try sites[index].check(query)
      guard let values = sites[index].answer(query), let contribution = Contribution(values, for: query)
      else { throw FixtureError() }
      let elements = contribution.take()
      for place in total.indices { total[place] &+= elements[place] }
      all.append(elements)
    }
    return (all, try #require(QuerySum(elements: total, for: query)))
  }

  /// One step; false when there is none.
  mutating func step() throws -> Bool {
    guard let query else { return false }
    try absorb(query, answer(query).sum)
    return true
  }

  mutating func absorb(_ query: Query, _ sum: QuerySum) throws {
    steps.append((query, sum))
    if query.isVerified { for index in sites.indices { try sites[index].absorb(sum) } }
    try program.absorb(sum)
  }

  mutating func fit() throws -> LogisticModel {
    while try step() {}
    return try #require(model)
  }

  mutating func advance(to name: String) throws -> Query {
    while let query, query.name != name { _ = try step() }
    return try #require(query)
  }

  /// The Newton queries so far.
  var newton: [(query: Query, sum: QuerySum)] { steps.filter { $0.query.name == "newton" } }
}
