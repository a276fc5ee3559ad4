import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

/// Random tables with rare levels, gaps and values without a meaning.
private struct RandomTable {
  let table: SmallTable
  let leastCount: Int

  init(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    let sites = number(3...6)
    let rows = (0..<sites).map { _ in number(8...40) }
    leastCount = number(1...8)
    let levels = number(2...5)
    // A site knows some levels, gaps and conditions only.
    let known = (0..<sites).map { _ in
      (levels: (0..<levels).filter { $0 == 0 || chance(0.6) }, hasGaps: chance(0.5), hasOthers: chance(0.5))
    }
    var (drug, region, crohn, x, outcome): ([Int32], [Int32], [Double], [Double], [Double]) = (
      [], [], [], [], []
    )
    for (site, count) in rows.enumerated() {
      for _ in 0..<count {
        let level = known[site].levels[number(0...known[site].levels.count - 1)]
        drug.append(known[site].hasGaps && chance(0.15) ? -1 : Int32(chance(0.5) ? 0 : level))
        crohn.append(known[site].hasOthers && chance(0.3) ? 0 : 1)
        region.append(crohn[crohn.count - 1] == 0 ? -1 : Int32(number(0...2)))
        x.append(known[site].hasGaps && chance(0.15) ? .nan : Double(number(0...100)) / 10)
        outcome.append(Double(number(0...1)))
      }
    }
    let hanging = Variable(
      name: "region", label: "region", kind: .categorical(levels: ["p", "q", "r"]), unit: nil, codes: [:],
      missing: [],
      appliesWhen: FilterCondition(variable: "crohn", test: .between(atLeast: 1, atMost: nil)))
    table = try SmallTable(
      [
        (.category("drug", (0..<levels).map { "l\($0)" }), .levels(drug)), (hanging, .levels(region)),
        (.binary("crohn"), .numbers(crohn)), (.number("x", 0, 10), .numbers(x)),
      ], outcome: outcome, rows: rows)
  }
}

@Suite("Nothing that under three sites have can be had by subtraction")
struct SubtractionTests {
  /// Of a variable's rows at each site: how many are in each of its groups, lack it, or have no use for it.
  private func parts(_ prepared: PreparedTable, of term: DesignTerm) -> [String: [Int]] {
    let design = prepared.preparation.design
    let name = term.variable.name
    let imputed = design.imputed.firstIndex(of: name)
    var parts: [String: [Int]] = [:]
    for (site, rows) in prepared.rows.enumerated() {
      for row in 0..<rows.count {
        var part = "none of them"
        for (column, values) in zip(design.columns + design.references, rows.values + rows.references)
        where column.variables == [name] && column.isIndicator && values[row] == 1 { part = column.name }
        if let imputed, rows.missing[imputed][row] == 1 { part = "missing" }
        parts[part, default: [Int](repeating: 0, count: prepared.rows.count)][site] += 1
      }
    }
    return parts
  }

  /// Whether a site's rows differ in being in a part.
  private func sites(_ part: [Int], _ prepared: PreparedTable) -> Int {
    zip(part, prepared.rows).count { $0 > 0 && $0 < $1.count }
  }

  @Test(
    "not at any step", arguments: [MissingRule.completeCase, .meanAndIndicator],
    [["drug", "x"], ["region", "x"], ["drug", "region", "crohn", "x"]])
  func steps(missing: MissingRule, variables: [String]) throws {
    var finished = 0
    for seed in UInt64(1)...60 {
      let random = try RandomTable(seed: seed)
      for rare in [RareRule.merge, .drop] {
        var prepared = try PreparedTable(
          random.table, terms: variables.map { .predictor(PlannedPredictor($0)) }, missing: missing
        ) {
          $0.leastCount = random.leastCount
          $0.rare = rare
        }
        do {
          while let query = try prepared.preparation.query() {
            if query.name != "support" { check(prepared, seed: seed, isEnd: false) }
            try prepared.step()
          }
          check(prepared, seed: seed, isEnd: true)
          finished += 1
        } catch is AnalysisError {}
      }
    }
    #expect(finished > 25)
  }

  private func check(_ prepared: PreparedTable, seed: UInt64, isEnd: Bool) {
    let least = prepared.frame.leastCount
    for term in prepared.preparation.design.terms {
      let parts = parts(prepared, of: term)
      guard parts.count > 1 else { continue }
      for (name, part) in parts {
        #expect(
          sites(part, prepared) >= 3,
          "seed \(seed), \(prepared.frame.rare), \(term.variable.name): \(name) \(part)")
        guard isEnd else { continue }
        #expect(
          part.reduce(0, +) >= least,
          "seed \(seed), \(prepared.frame.rare), \(term.variable.name): \(name) \(part), least \(least)")
      }
    }
  }
}
