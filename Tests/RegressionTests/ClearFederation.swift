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
    let dictionary = table.dictionary
    let names = table.cohorts.indices.map { "site-\($0)" }
    frame = LogisticFrame(
      specification, preparation: Self.preparation(table, specification, limits), sites: names)
    program = try LogisticProgram(frame)
    sites = []
    for (name, cohort) in zip(names, table.cohorts) {
      let records = SiteRecords(cohort: cohort, filter: CohortFilter([]), dictionary: dictionary)
      sites.append(try #require(LogisticComputation(frame, site: name, records: records)))
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
