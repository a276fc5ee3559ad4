import Cohorts
import Federation
import KonsilTesting
import Preprocessing
import Regression
import Simulation
import Testing

@Suite("A run that cannot give a model ends with one error")
struct AnalysisErrorTests {
  private static let sites = 4
  private static let rows = 30

  /// Drawn columns of 30 rows at each of four sites.
  private struct Drawn {
    var random: SeededRandom
    let x: [Double]
    let outcome: [Double]

    init(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      x = (0..<AnalysisErrorTests.count).map { _ in Double(Int.random(in: 0...40, using: &random)) }
      outcome = x.map { Double.random(in: 0..<1, using: &random) < 0.2 + 0.015 * $0 ? 1 : 0 }
      self.random = random
    }

    mutating func coin(_ probability: Double = 0.5) -> [Double] {
      (0..<AnalysisErrorTests.count).map { _ in Double.random(in: 0..<1, using: &random) < probability ? 1 : 0
      }
    }
  }

  private static let count = sites * rows

  private static func site(of row: Int) -> Int { row / rows }

  private func failure(
    _ columns: [(Variable, Column)], _ outcome: [Double],
    penalty: LogisticSpecification.Penalty = .none, leastRows: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> RunFailure {
    let table = try SmallTable(
      columns, outcome: outcome,
      rows: Array(repeating: outcome.count / Self.sites, count: Self.sites))
    let federation = try SmallStudy(table, penalty: penalty, leastRows: leastRows, rare: .refuse).federation()
    let failure = try federation.failure(sourceLocation: sourceLocation)
    #expect(federation.model == nil, sourceLocation: sourceLocation)
    return failure
  }

  private let shareAdvice = "leave it out of the plan, or write “rare: merge” or “rare: drop”"

  @Test("that names a column and how many sites it varies at", arguments: [0, 1, 2])
  func column(sites: Int) throws {
    var drawn = Drawn(seed: 1)
    let coin = drawn.coin()
    let rare = coin.indices.map { Self.site(of: $0) < sites ? coin[$0] : 0 }
    let failure = try failure(
      [(.number("x", 0, 40), .numbers(drawn.x)), (.binary("rare"), .numbers(rare))], drawn.outcome)
    #expect(failure.code == "too-few-sites")
    #expect(failure.message == "“rare”: “rare” varies at \(sites) of 4 sites; at least 3 must share it")
    #expect(failure.advice == shareAdvice)
  }

  @Test("that names a level held at two sites, the reference as well", arguments: ["a", "b", "c"])
  func level(rare: String) throws {
    var drawn = Drawn(seed: 2)
    let levels = ["a", "b", "c"]
    let held = levels.indices.filter { levels[$0] != rare }
    let choice = drawn.coin()
    let isRare = drawn.coin()
    let indices = choice.indices.map { row in
      Self.site(of: row) < 2 && isRare[row] == 1
        ? levels.firstIndex(of: rare) ?? 0 : held[Int(choice[row])]
    }
    let failure = try failure(
      [(.category("drug", levels), .levels(indices.map(Int32.init)))], drawn.outcome)
    #expect(failure.message == "“drug”: its level \(rare) is at under 3 sites; at least 3 must share it")
    #expect(failure.advice == shareAdvice)
  }

  @Test("that names the outcome where it has one class", arguments: [0.0, 1])
  func oneClass(value: Double) throws {
    let drawn = Drawn(seed: 3)
    let failure = try failure(
      [(.number("x", 0, 40), .numbers(drawn.x))], Array(repeating: value, count: Self.count))
    #expect(failure.message == "“ill” varies at 0 of 4 sites; at least 3 must share it")
  }

  @Test("that counts the rows where they are too few, and not where they are just enough")
  func tooFewRows() throws {
    let drawn = Drawn(seed: 4)
    let columns: [(Variable, Column)] = [(try .number("x", 0, 40), .numbers(drawn.x))]
    let failure = try failure(columns, drawn.outcome, leastRows: 121)
    #expect(failure.code == "too-few-rows")
    #expect(failure.message == "120 complete rows over all sites; 121 are needed")
    #expect(failure.advice == "widen the filter, or leave out variables that are often missing")
    let table = try SmallTable(columns, outcome: drawn.outcome, rows: [30, 30, 30, 30])
    #expect(try SmallStudy(table, leastRows: 120).federation().run() == .finished)
  }

  @Test("that counts the parameters where there are not fewer than rows")
  func tooManyParameters() throws {
    var random = SeededRandom(seed: 5)
    // Two rows a site, so that every column can vary at every site.
    let columns = (0..<7).map { index in
      let values: [Double] = (0..<Self.sites).flatMap { _ in [0.0, 1].shuffled(using: &random) }
      return (Variable.binary("b\(index)"), Column.numbers(values))
    }
    let failure = try failure(columns, [0, 1, 1, 0, 0, 1, 0, 1])
    #expect(failure.code == "more-parameters-than-rows")
    #expect(failure.message == "8 parameters on 8 complete rows")
    #expect(failure.advice == "name fewer predictors")
  }

  @Test("that names two columns of which one determines the other")
  func collinear() throws {
    var drawn = Drawn(seed: 6)
    let doubled = drawn.x.map { 2 * $0 + 1 }
    let columns: [(Variable, Column)] = [
      (try .number("x", 0, 40), .numbers(drawn.x)), (.binary("coin"), .numbers(drawn.coin())),
      (try .number("doubled", 0, 100), .numbers(doubled)),
    ]
    let failure = try failure(columns, drawn.outcome)
    #expect(failure.code == "aliased")
    #expect(
      ["“doubled” is determined by “x”", "“x” is determined by “doubled”"].contains(failure.message))
    #expect(failure.advice == "leave one of them out of the plan, or use a ridge penalty")
  }

  @Test("that names all columns of a dummy trap: two levels and the binary that joins them")
  func dummyTrap() throws {
    var drawn = Drawn(seed: 7)
    let levels = (0..<Self.count).map { _ in Int32.random(in: 0...2, using: &drawn.random) }
    let treated = levels.map { $0 > 0 ? 1.0 : 0 }
    let failure = try failure(
      [
        (.category("drug", ["none", "a", "b"]), .levels(levels)), (.binary("treated"), .numbers(treated)),
        (.number("x", 0, 40), .numbers(drawn.x)),
      ], drawn.outcome)
    let names = ["“drug=a”", "“drug=b”", "“treated”"]
    let possible = names.flatMap { column in
      let others = names.filter { $0 != column }
      return [others, others.reversed()].map { "\(column) is determined by \($0.joined(separator: ", "))" }
    }
    #expect(failure.code == "aliased")
    #expect(possible.contains(failure.message), "\(failure.message)")
  }

  @Test("that names a column whose threshold parts the outcomes")
  func separation() throws {
    var drawn = Drawn(seed: 8)
    let failure = try failure(
      [(.binary("coin"), .numbers(drawn.coin())), (.number("x", 0, 40), .numbers(drawn.x))],
      drawn.x.map { $0 > 20 ? 1 : 0 })
    #expect(failure.code == "separation")
    #expect(failure.message == "“x” separates the outcome: its coefficient has no finite estimate")
    #expect(failure.advice == "write “penalty: firth” or a ridge penalty, leave it out, or merge rare levels")
  }

  @Test("that names a rare level where everyone has the outcome", arguments: UInt64(9)...12)
  func quasiSeparation(seed: UInt64) throws {
    var drawn = Drawn(seed: seed)
    let rare = drawn.coin(0.08)
    let other = drawn.coin()
    let levels = rare.indices.map { rare[$0] == 1 ? Int32(2) : Int32(other[$0]) }
    let outcome = rare.indices.map { rare[$0] == 1 ? 1 : drawn.outcome[$0] }
    let failure = try failure(
      [
        (.number("x", 0, 40), .numbers(drawn.x)), (.category("drug", ["a", "b", "rare"]), .levels(levels)),
      ], outcome)
    #expect(failure.code == "separation", "seed \(seed)")
    #expect(
      failure.message == "“drug=rare” separates the outcome: its coefficient has no finite estimate",
      "seed \(seed)")
  }

  @Test("of which a penalty cures separation and aliases")
  func cured() throws {
    var drawn = Drawn(seed: 13)
    let coin = drawn.coin()
    let table = try SmallTable(
      [
        (.number("x", 0, 40), .numbers(drawn.x)), (.binary("coin"), .numbers(coin)),
        (.binary("opposite"), .numbers(coin.map { 1 - $0 })),
      ], outcome: drawn.x.map { $0 > 20 ? 1 : 0 }, rows: [30, 30, 30, 30])
    let model = try SmallStudy(table, penalty: .ridge(lambda: 0.5)).federation().fittedModel()
    #expect(model.coefficients.allSatisfy { $0.isFinite })
  }
}
