import Boosting
import Cohorts
import KonsilTesting
import Queries
import Testing

/// Boosted trees over sites whose integers are added up in the clear, each segment in its own ring: the twin
/// of masked aggregation.
struct BoostingFederation {
  let frame: BoostingFrame
  private let table: BoostingTable
  private let workers: Workers
  private(set) var program: BoostingProgram
  private(set) var sites: [BoostingComputation] = []
  /// Every query so far, and its sum.
  private(set) var steps: [(query: Query, sum: QuerySum)] = []

  init(
    _ table: BoostingTable, _ specification: BoostingSpecification, leastCount: Int = 1,
    workers: Workers = .one
  ) throws {
    self.table = table
    self.workers = workers
    frame = try #require(
      BoostingFrame(
        specification, dictionary: table.dictionary, sites: table.cohorts.indices.map { "site-\($0)" },
        leastRows: 1, leastCount: leastCount, mostRowsPerSite: 1 << 20))
    program = BoostingProgram(frame)
    sites = try table.cohorts.indices.map { try computation($0) }
  }

  private func computation(_ site: Int, leastCount: Int = 1) throws -> BoostingComputation {
    try #require(
      BoostingComputation(
        frame, site: frame.sites[site], cohort: table.cohorts[site], filter: CohortFilter([]),
        dictionary: table.dictionary, leastCount: leastCount, workers: workers))
  }

  /// Gives a site a least count of its own.
  mutating func raiseLeastCount(of site: Int, to leastCount: Int) throws {
    sites[site] = try computation(site, leastCount: leastCount)
  }

  /// A site that has forgotten everything but the verified sums and the queries.
  func restarted(_ site: Int) throws -> BoostingComputation {
    var computation = try computation(site)
    for step in steps {
      if step.query.isVerified { try computation.absorb(step.sum) } else { computation.follow(step.query) }
    }
    return computation
  }

  var query: Query? { if case .ask(let query) = program.next() { query } else { nil } }

  var model: BoostingModel? { if case .finished(let model) = program.next() { model } else { nil } }

  /// The rule by which a site refuses a query; nil when it does not.
  func rule(_ query: Query, site: Int = 0) -> QueryRefusal.Rule? {
    do throws(QueryRefusal) {
      try sites[site].check(query)
      return nil
    } catch {
      return error.rule
    }
  }

  mutating func sum(_ query: Query) throws -> QuerySum {
    var total = [UInt64](repeating: 0, count: query.length)
    for site in sites.indices {
      try sites[site].check(query)
      guard let contribution = sites[site].contribution(to: query) else {
        throw Unanswered(query: query.name)
      }
      let elements = contribution.take()
      for place in total.indices { total[place] &+= elements[place] }
    }
    query.cutToRings(&total)
    return try #require(QuerySum(elements: total, for: query))
  }

  /// One step; false when there is none.
  mutating func step() throws -> Bool {
    guard let query else { return false }
    let sum = try sum(query)
    steps.append((query, sum))
    if query.isVerified { for site in sites.indices { try sites[site].absorb(sum) } }
    try program.absorb(sum)
    return true
  }

  mutating func resume(_ program: BoostingProgram) { self.program = program }

  mutating func train() throws -> BoostingModel {
    while try step() {}
    return try #require(model)
  }

  mutating func advance(to name: String) throws -> Query {
    while let query, query.name != name { _ = try step() }
    return try #require(query)
  }
}

struct Unanswered: Error {
  let query: String
}

/// Rows with all kinds of variables, and how they lie at sites.
struct BoostingTable {
  let dictionary: StudyDictionary
  private(set) var cohorts: [Cohort]

  private let columns: [(name: String, column: Column)]
  private let patients: [UInt64]

  init(
    _ columns: [(Variable, Column)], outcome: (Variable, Column)? = nil, ill: [Double]? = nil,
    patients: [Int]? = nil
  )
    throws
  {
    let outcomes = ill.map { [("ill", Column.numbers($0))] } ?? []
    let all = columns + (outcome.map { [$0] } ?? [])
    dictionary = StudyDictionary(
      name: "small", title: "Small", purpose: "Tests.", variables: all.map(\.0),
      outcomes: [Outcome(name: "ill", label: "Ill", definition: "Ill within a year.")])
    self.columns = all.map { ($0.0.name, $0.1) } + outcomes
    let count = columns[0].1.count
    self.patients = (patients ?? Array(0..<count)).map { PatientNumber.of("patient \($0)") }
    cohorts = []
    cohorts = [try cohort(Array(0..<count))]
  }

  /// The same rows, each at one of some sites, in a random order.
  func split(_ sites: Int, seed: UInt64) throws -> BoostingTable {
    var random = SeededRandom(seed: seed)
    var places = [[Int]](repeating: [], count: sites)
    for row in patients.indices.shuffled(using: &random) {
      places[Int.random(in: 0..<sites, using: &random)].append(row)
    }
    var table = self
    table.cohorts = try places.map(cohort)
    return table
  }

  private func cohort(_ rows: [Int]) throws -> Cohort {
    let parts = columns.map { name, column -> (String, Column) in
      switch column {
      case .numbers(let values): (name, .numbers(rows.map { values[$0] }))
      case .levels(let places): (name, .levels(rows.map { places[$0] }))
      }
    }
    return try #require(
      Cohort(
        rowCount: rows.count, columns: Dictionary(parts, uniquingKeysWith: { $1 }),
        patients: rows.map { patients[$0] }))
  }

  /// Rows drawn from a seed: numbers, whole numbers, a binary, an ordinal and a categorical variable, some
  /// values missing, and outcomes of every kind.
  static func drawn(rows: Int, seed: UInt64) throws -> BoostingTable {
    var random = SeededRandom(seed: seed)
    func unit() -> Double { Double(UInt32.random(in: 0 ..< .max, using: &random)) / 0x1p32 }
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }
    var numbers = [[Double]](repeating: [], count: 5)
    var levels = [[Int32]](repeating: [], count: 2)
    var (ill, score, relapses, exposure, weight) = (
      [Double](), [Double](), [Double](), [Double](), [Double]()
    )
    var stage: [Int32] = []
    for _ in 0..<rows {
      let (a, b, whole, sex) = (normal(), normal(), (unit() * 30).rounded(.down), unit() < 0.4 ? 1.0 : 0)
      let (grade, site) = (Int32(unit() * 4), Int32(unit() * unit() * 6))
      let effect =
        a + (b > 0.5 ? 1 : -0.5) * sex + [0.0, 1, -1, 0.5, 0, -0.5][Int(site)] + 0.2 * Double(grade) - whole
        / 30
      numbers[0].append(unit() < 0.1 ? .nan : a)
      numbers[1].append(b)
      numbers[2].append(whole)
      numbers[3].append(sex)
      numbers[4].append(unit() < 0.3 ? .nan : (10 * b).rounded() / 10)
      levels[0].append(grade)
      levels[1].append(unit() < 0.05 ? -1 : site)
      ill.append(
        unit() < 1 / (1 + 2.718281828 * 2.718281828 / (1 + (effect + 3).magnitude * (effect + 3).magnitude))
          ? 1 : 0)
      score.append(min(max(20 + 3 * effect + normal(), 0), 40))
      relapses.append(min(10, (unit() * (2 + max(effect, -1.5))).rounded(.down)))
      exposure.append(0.5 + 2 * unit())
      weight.append(0.25 + 2 * unit())
      stage.append(effect > 1 ? 2 : effect > -0.5 ? (unit() < 0.7 ? 1 : 0) : 0)
    }
    return try BoostingTable(
      [
        (.number("a", -10, 10), .numbers(numbers[0])), (.number("b", -10, 10), .numbers(numbers[1])),
        (.whole("visits", 0, 40), .numbers(numbers[2])), (.binary("sex"), .numbers(numbers[3])),
        (.number("b-rounded", -100, 100), .numbers(numbers[4])),
        (.ordered("grade", ["0", "1", "2", "3"]), .levels(levels[0])),
        (.category("place", ["u", "v", "w", "x", "y", "z"]), .levels(levels[1])),
        (.number("score", 0, 40), .numbers(score)), (.whole("relapses", 0, 10), .numbers(relapses)),
        (.number("years", 0, 3), .numbers(exposure)), (.number("weight", 0, 3), .numbers(weight)),
      ], outcome: (.category("stage", ["early", "middle", "late"]), .levels(stage)), ill: ill)
  }

  static let predictors = ["a", "b", "visits", "sex", "b-rounded", "grade", "place"]
}

extension Variable {
  static func whole(_ name: String, _ lower: Double, _ upper: Double) throws -> Variable {
    Variable(
      name: name, label: name, kind: .count(try #require(ValueRange(lower: lower, upper: upper))), unit: "1",
      codes: [:],
      missing: [])
  }

  static func ordered(_ name: String, _ levels: [String]) -> Variable {
    Variable(name: name, label: name, kind: .ordinal(levels: levels), unit: nil, codes: [:], missing: [])
  }
}
