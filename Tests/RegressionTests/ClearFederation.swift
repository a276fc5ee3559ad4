import Cohorts
import Foundation
import KonsilTesting
import Preprocessing
import Queries
import Regression
import Testing

/// A logistic regression over the sites of a table whose integers are added up in the clear: the twin of masked
/// aggregation.
struct ClearFederation {
  /// What a study says beside the plan.
  struct Limits {
    var leastRows = 1
    var leastCount = 1
    var support = SupportRule.columns
    var mostRowsPerPatient = 1
  }

  let frame: LogisticFrame
  private let table: SmallTable
  private(set) var program: LogisticProgram
  private(set) var sites: [LogisticComputation]
  /// Every query so far, and its sum.
  private(set) var steps: [(query: Query, sum: QuerySum)] = []

  init(
    _ table: SmallTable, penalty: LogisticSpecification.Penalty = .none, predictors: [String]? = nil
  ) throws {
    try self.init(
      table,
      LogisticSpecification(
        outcome: SmallTable.outcome, predictors: predictors ?? table.predictors, penalty: penalty))
  }

  init(_ table: SmallTable, _ specification: LogisticSpecification, limits: Limits = Limits()) throws {
    frame = LogisticFrame(
      specification, preparation: Self.preparation(table, specification, limits),
      sites: table.cohorts.indices.map { "site-\($0)" })
    self.table = table
    program = try LogisticProgram(frame)
    sites = []
    sites = try table.cohorts.indices.map(computation)
  }

  private func computation(_ site: Int) throws -> LogisticComputation {
    let records = SiteRecords(
      cohort: table.cohorts[site], filter: CohortFilter([]), dictionary: table.dictionary)
    return try #require(LogisticComputation(frame, site: frame.sites[site], records: records))
  }

  /// A site that has forgotten everything but the verified sums.
  func restarted(_ site: Int) throws -> LogisticComputation {
    var computation = try computation(site)
    for step in steps where step.query.isVerified { try computation.absorb(step.sum) }
    return computation
  }

  /// The rule by which a site refuses a query; nil when it does not.
  func rule(_ query: Query, site: Int = 0) -> QueryRefusal.Rule? {
    do throws(QueryRefusal) {
      try sites[site].check(query)
      return nil
    } catch {
      return error.rule
    }
  }

  /// Each site's answer; nil where it withholds.
  mutating func answers(_ query: Query) throws -> [[[Double]]?] {
    try sites.indices.map { index in
      try sites[index].check(query)
      return sites[index].answer(query)
    }
  }

  private static func preparation(
    _ table: SmallTable, _ specification: LogisticSpecification, _ limits: Limits
  ) -> Preparation.Frame {
    let weight = specification.weights?.variable
    var frame = Preparation.Frame(
      design: Design(
        dictionary: table.dictionary, outcome: specification.outcome, terms: specification.terms,
        missing: specification.missing, weight: weight),
      sites: table.cohorts.count, leastRows: limits.leastRows, mostRowsPerSite: 1 << 20)
    frame.leastCount = limits.leastCount
    frame.rare = specification.rare
    frame.support = limits.support
    frame.hasSiteIntercepts = specification.intercept == .site
    if case .continuous(let range)? = weight.flatMap(table.dictionary.variable(named:))?.kind {
      frame.greatestWeight = range.upper
    }
    if specification.standardErrors == .cluster { frame.mostRowsPerPatient = limits.mostRowsPerPatient }
    return frame
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
      guard let values = sites[index].answer(query) else { throw Withheld(site: index, query: query.name) }
      guard let contribution = Contribution(values, for: query) else { throw FixtureError() }
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

  /// Lets the program go on from a copy.
  mutating func resume(_ program: LogisticProgram) { self.program = program }

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

/// A site that gave no answer.
struct Withheld: Error, Equatable {
  let site: Int
  let query: String
}

/// A program as a store keeps it.
struct SavedProgram {
  private let data: Data

  init(_ program: LogisticProgram) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    data = try encoder.encode(program)
  }

  func program() throws -> LogisticProgram {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(LogisticProgram.self, from: data)
  }
}
