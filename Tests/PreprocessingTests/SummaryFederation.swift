import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

/// A summary over the sites of a table whose integers are added up in the clear.
struct SummaryFederation {
  let frame: SummaryFrame
  let filter: CohortFilter
  private(set) var program: SummaryProgram
  private(set) var sites: [SummaryComputation]
  /// Every query so far, and its sum.
  private(set) var steps: [(query: Query, sum: QuerySum)] = []

  init(
    _ table: SmallTable, variables: [String]? = nil, leastRows: Int = 1, leastCount: Int = 1,
    filter: CohortFilter = CohortFilter([])
  ) throws {
    frame = SummaryFrame(
      specification: SummarySpecification(
        outcome: SmallTable.outcome, variables: variables ?? table.predictors),
      dictionary: table.dictionary, sites: table.cohorts.count, leastRows: leastRows, leastCount: leastCount,
      mostRowsPerSite: 1 << 20)
    self.filter = filter
    program = try SummaryProgram(frame)
    sites = []
    sites = try table.cohorts.map(computation)
  }

  /// A site's side, at the beginning.
  func computation(_ cohort: Cohort) throws -> SummaryComputation {
    SummaryComputation(frame, rows: try #require(SummaryRows(frame, cohort: cohort, filter: filter)))
  }

  var query: Query? { if case .ask(let query) = program.next() { query } else { nil } }

  var model: SummaryModel? { if case .finished(let model) = program.next() { model } else { nil } }

  /// One step; false when there is none.
  mutating func step() throws -> Bool {
    guard let query else { return false }
    var total = [UInt64](repeating: 0, count: query.length)
    for index in sites.indices {
      try sites[index].check(query)
      guard let values = sites[index].answer(query), let contribution = Contribution(values, for: query)
      else { throw FixtureError() }
      let elements = contribution.take()
      for place in total.indices { total[place] &+= elements[place] }
    }
    let sum = try #require(QuerySum(elements: total, for: query))
    #expect(query.isVerified)
    steps.append((query, sum))
    for index in sites.indices { try sites[index].absorb(sum) }
    try program.absorb(sum)
    return true
  }

  mutating func finish() throws -> SummaryModel {
    while try step() {}
    return try #require(model)
  }

  mutating func advance(to name: String) throws -> Query {
    while let query, query.name != name { _ = try step() }
    return try #require(query)
  }

  /// Lets the program go on from a copy.
  mutating func resume(_ program: SummaryProgram) { self.program = program }
}

/// A table of every kind of variable, as a seed determines it.
struct SummaryExample {
  static let levels = ["none", "a", "b", "c"]

  var numbers: [Double] = []
  var counts: [Double] = []
  var binary: [Double] = []
  var category: [Int32] = []
  /// Has a meaning where `category` is not `none`.
  var score: [Double] = []
  var outcome: [Double] = []
  let rows: [Int]

  func table() throws -> SmallTable {
    let range = try #require(ValueRange(lower: 0, upper: 20))
    let whole = Variable(
      name: "n", label: "n", kind: .count(range), unit: nil, codes: [:], missing: [])
    let scale = try #require(ValueRange(lower: -5, upper: 5))
    let hanging = Variable(
      name: "score", label: "score", kind: .continuous(scale), unit: nil, codes: [:], missing: [],
      appliesWhen: FilterCondition(variable: "drug", test: .oneOf(["a", "b", "c"])))
    return try SmallTable(
      [
        (.number("x", 0, 200), .numbers(numbers)), (whole, .numbers(counts)),
        (.binary("b"), .numbers(binary)), (.category("drug", Self.levels), .levels(category)),
        (hanging, .numbers(score)),
      ], outcome: outcome, rows: rows)
  }

  /// The rows in another order.
  func reordered(_ order: [Int], rows: [Int]) -> SummaryExample {
    SummaryExample(
      numbers: order.map { numbers[$0] }, counts: order.map { counts[$0] },
      binary: order.map { binary[$0] }, category: order.map { category[$0] },
      score: order.map { score[$0] }, outcome: order.map { outcome[$0] }, rows: rows)
  }
}

extension SummaryExample {
  /// - Parameter missing: the share of values that are.
  init(seed: UInt64, rows: [Int], missing: Double = 0.2) {
    var random = SeededRandom(seed: seed)
    self.init(rows: rows)
    for _ in 0..<rows.reduce(0, +) {
      func chance(_ share: Double) -> Bool { Double.random(in: 0...1, using: &random) < share }
      func unless(_ value: Double) -> Double { chance(missing) ? .nan : value }
      let uniform = Double.random(in: 0...1, using: &random)
      numbers.append(unless(uniform * uniform * 150))
      counts.append(unless(Double(Int.random(in: 0...3, using: &random))))
      binary.append(unless(chance(0.3) ? 1 : 0))
      category.append(chance(missing) ? -1 : Int32.random(in: 0...3, using: &random))
      score.append(category.last == 0 ? .nan : unless(Double.random(in: -5...5, using: &random)))
      outcome.append(chance(0.05) ? .nan : chance(0.4) ? 1 : 0)
    }
  }
}
