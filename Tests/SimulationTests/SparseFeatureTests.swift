import Boosting
import Cohorts
import Federation
import KonsilTesting
import Preprocessing
import SecureAggregation
import Simulation
import Testing

/// A cell of a histogram that one or two sites alone can fill would be those sites' own numbers.
@Suite("What fewer than three sites have of a variable")
struct SparseFeatureTests {
  private static let sites = 4
  private static let rows = 60

  /// A number and a category with an effect, as drawn before anything is missing.
  private struct Drawn {
    var x: [Double] = []
    var drug: [Int32] = []
    var outcome: [Double] = []

    init(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      for _ in 0..<SparseFeatureTests.sites * SparseFeatureTests.rows {
        let x = Double.random(in: 0...100, using: &random).rounded()
        let drug = Int32.random(in: 0...1, using: &random)
        let risk = 0.15 + 0.006 * x + 0.2 * Double(drug) * (x < 30 ? 1 : 0)
        self.x.append(x)
        self.drug.append(drug)
        outcome.append(Double.random(in: 0..<1, using: &random) < risk ? 1 : 0)
      }
    }

    /// Puts something else where a row is one of these sites', one row in three.
    mutating func change(at sites: [Int], x: Double? = nil, drug: Int32? = nil) {
      for row in outcome.indices where row % 3 == 0 && sites.contains(row / SparseFeatureTests.rows) {
        if let x { self.x[row] = x }
        if let drug { self.drug[row] = drug }
      }
    }

    func study(_ change: (inout BoostingSpecification) -> Void = { _ in }) throws -> SmallStudy {
      let table = try SmallTable(
        [
          (.number("x", 0, 100), .numbers(x)),
          (.category("drug", ["none", "oral", "other", "unused"]), .levels(drug)),
        ], outcome: outcome,
        rows: Array(repeating: SparseFeatureTests.rows, count: outcome.count / SparseFeatureTests.rows))
      var specification = BoostingSpecification(
        outcome: SmallTable.outcome, predictors: ["x", "drug"], objective: .logistic)
      specification.rounds = 8
      specification.maxDepth = 3
      change(&specification)
      return try SmallStudy(table).running(.boosting(specification))
    }
  }

  private static func model(_ study: SmallStudy) throws -> BoostingModel {
    let federation = try study.federation()
    federation.run()
    guard case .boosting(let model)? = federation.model else { throw FixtureError() }
    return model
  }

  private static func scores(_ model: BoostingModel, _ study: SmallStudy) throws -> [[Int64]] {
    try study.table.cohorts.flatMap { cohort in
      let table = try #require(
        FeatureTable(model.trees.features, cohort: cohort, dictionary: study.table.dictionary))
      return table.rows.map { model.trees.score($0) }
    }
  }

  @Test(
    "counts as other numbers of its site, or as a level that three sites have, in training and in the model",
    arguments: 1...4)
  func countsAsAnother(seed: UInt64) throws {
    var sparse = Drawn(seed: seed)
    sparse.change(at: [0], x: .nan)
    sparse.change(at: [1, 2], drug: 2)
    sparse.change(at: [3], drug: -1)
    // 20 gaps among the first site's 60 rows take every second of the 40 values, in order.
    var filled = sparse
    let present = sparse.x.prefix(Self.rows).filter { !$0.isNaN }
    for (number, row) in sparse.x.indices.filter({ sparse.x[$0].isNaN }).enumerated() {
      filled.x[row] = present[2 * number]
    }
    var whole = filled
    whole.change(at: [1, 2, 3], drug: 1)
    let (study, other) = (try sparse.study(), try whole.study())
    let (model, expected) = (try Self.model(study), try Self.model(other))
    #expect(try Self.scores(model, filled.study()) == Self.scores(expected, other), "seed \(seed)")
    #expect(model.bins == expected.bins, "seed \(seed)")
    #expect(
      model.notes.filter { $0.kind == .merged }.map { "\($0.subject): \($0.detail)" } == [
        "x: missing counts as the values of other rows of the site: under 3 sites lack it",
        "drug: missing counts as “oral”: under 3 sites lack it",
        "drug: “other” counts as “oral”: under 3 sites have it",
      ])
    #expect(expected.notes.isEmpty)
  }

  @Test("is a bin of its own where three have it")
  func ownBin() throws {
    var drawn = Drawn(seed: 5)
    drawn.x = drawn.x.map { $0 < 50 ? 10 : 60 }
    let bins = try Self.model(drawn.study()).bins
    drawn.change(at: [0, 1, 2], x: .nan, drug: 2)
    let model = try Self.model(drawn.study())
    #expect(model.notes.isEmpty)
    #expect(bins == ["x": 2, "drug": 2])
    #expect(model.bins == ["x": 3, "drug": 3])
  }

  @Test(
    "is not asked: where its values differ at two sites a variable is left out, though rows lack it elsewhere"
  )
  func leftOut() throws {
    var drawn = Drawn(seed: 6)
    for row in drawn.x.indices where row >= 2 * Self.rows { drawn.x[row] = row % 2 == 0 ? 50 : .nan }
    let model = try Self.model(drawn.study())
    #expect(model.bins.keys.sorted() == ["drug"])
    #expect(model.notes.map(\.detail) == ["varies at 2 sites"])
  }

  @Test("leaves a number out where a hospital has next to none: nothing could be in their place")
  func wholeHospital() throws {
    var drawn = Drawn(seed: 9)
    for row in 0..<Self.rows where row % 3 != 0 { drawn.x[row] = .nan }
    let model = try Self.model(drawn.study())
    #expect(model.bins.keys.sorted() == ["drug"])
    #expect(model.notes.map(\.detail) == ["is missing at under 3 sites, and at some in most rows"])
  }

  @Test("is counted in each group of sites that a validation leaves out")
  func groups() throws {
    let study = try SmallStudy.drawn(sites: 6).growing(rounds: 2, depth: 2)
    let names = study.roster.sites
    guard case .boosting(var specification) = study.plan.algorithm else { throw FixtureError() }
    specification.validation = .groups([Array(names[..<3]), Array(names[3...])])
    let federation = try study.running(.boosting(specification)).federation()
    federation.run()
    #expect(federation.model != nil)

    // The outcome varies at three sites, and of the first group at one alone.
    let outcome = study.table.cohorts.enumerated().flatMap { site, cohort in
      (0..<cohort.rowCount).map { [0, 3, 4].contains(site) && $0 % 3 == 0 ? 1.0 : 0 }
    }
    let ages = outcome.indices.map { Double(20 + $0 % 60) }
    let table = try SmallTable(
      [(.number("age", 0, 120), .numbers(ages))], outcome: outcome,
      rows: study.table.cohorts.map(\.rowCount))
    specification = BoostingSpecification(
      outcome: SmallTable.outcome, predictors: ["age"], objective: .logistic)
    specification.validation = .groups([Array(names[..<3]), Array(names[3...])])
    let failure = try SmallStudy(table).running(.boosting(specification)).federation().failure()
    #expect(failure.code == "too-few-sites")
    #expect(failure.message == "“ill” has different values at 1 sites of a group; at least 3 must share it")
  }

  @Test(
    "is what under three sites of a group have, where a validation leaves groups out",
    arguments: [false, true])
  func groupFeatures(isGrouped: Bool) throws {
    var drawn = Drawn(seed: 10)
    let more = Drawn(seed: 11)
    drawn.x += more.x.prefix(2 * Self.rows)
    drawn.drug += more.drug.prefix(2 * Self.rows)
    drawn.outcome += more.outcome.prefix(2 * Self.rows)
    drawn.change(at: [0, 3, 4], x: .nan, drug: 2)
    let study = try drawn.study()
    guard case .boosting(var specification) = study.plan.algorithm else { throw FixtureError() }
    let names = study.roster.sites
    if isGrouped { specification.validation = .groups([Array(names[..<3]), Array(names[3...])]) }
    let model = try Self.model(study.running(.boosting(specification)))
    #expect(
      model.notes.filter { $0.kind == .merged }.map { "\($0.subject): \($0.detail)" }
        == (isGrouped
          ? [
            "x: missing counts as the values of other rows of the site: under 3 sites of a group lack it",
            "drug: “other” counts as “oral”: under 3 sites of a group have it",
          ] : []))
    #expect(model.bins["drug"] == (isGrouped ? 2 : 3))
  }

  @Test("ends the run where it is the outcome")
  func outcome() throws {
    var drawn = Drawn(seed: 7)
    for row in drawn.x.indices where row >= 2 * Self.rows { drawn.outcome[row] = 0 }
    let failure = try drawn.study().federation().failure()
    #expect(failure.code == "too-few-sites")
    #expect(failure.message == "“ill” has different values at 2 sites; at least 3 must share it")
  }

  @Test("is as little a reason to ask as the rows of a small draw are")
  func draws() throws {
    func study(_ share: Double) throws -> SmallStudy { try Drawn(seed: 8).study { $0.subsample = share } }
    let failure = try study(0.2).federation().failure()
    #expect(failure.code == "too-few-rows")
    #expect(
      failure.message == "“subsample” draws about 48 of 240 rows for a round; 56 are needed")
    _ = try Self.model(study(0.24))
  }
}
