import Cohorts

/// Makes records from a study's dictionary and its effects. Every value is simulated.
package enum CohortSimulator {
  /// Draws every site's variables from a stream of its own, so that they depend on the seed and the
  /// site's name alone and a longer file begins with the shorter one's variables; the outcomes depend
  /// on all sites through the intercept, which meets the prevalence over their union.
  ///
  /// - Parameters:
  ///   - sites: distinct names, each with at least one row.
  ///   - recordKey: the name of the column with the synthetic key.
  ///   - mess: what is wrong with the records, as far as the effects have details for it; nothing is missing where it
  ///     is empty. Records without it do not change with it.
  package static func simulate(
    dictionary: StudyDictionary, effects: CohortEffects, sites: [(name: String, rows: Int)],
    seed: UInt64, recordKey: String = "patient_id", mess: Set<Mess> = []
  ) throws(SimulationError) -> [SimulatedSite] {
    guard dictionary.outcome(named: effects.outcome) != nil else {
      throw .unknownOutcome(effects.outcome)
    }
    guard effects.prevalence > 0, effects.prevalence < 1 else { throw .prevalence }
    guard !sites.isEmpty, sites.allSatisfy({ $0.rows > 0 }), Set(sites.map(\.name)).count == sites.count
    else { throw .sites }
    let withoutLevel = mess.contains(.absentLevel) ? Mess.absentLevel.place(among: sites.count) : nil
    let drawn = try sites.enumerated().map { (index, site) throws(SimulationError) in
      let draw = try SiteDraw(
        site.name, dictionary: dictionary, effects: effects,
        absentLevel: index == withoutLevel ? effects.mess.absentLevel : nil, seed: seed)
      return try DrawnSite(draw, rows: site.rows, scale: effects.scale, seed: seed)
    }
    let intercept = Intercept.solve(
      logOdds: drawn.flatMap(\.logOdds), prevalence: effects.prevalence)
    let recorded = dictionary.variables.filter { $0.formula == nil }
    let header = [recordKey] + recorded.map(\.name) + [effects.outcome]
    var tables = drawn.map { $0.table(header: header, intercept: intercept, seed: seed) }
    MessMaker(dictionary: dictionary, effects: effects, seed: seed).apply(mess, to: &tables)
    return tables.map(\.finished)
  }
}

/// The variables of a site's rows before the outcomes are drawn.
private struct DrawnSite {
  let name: String
  var cells: [[String]] = []
  var logOdds: [Double] = []

  init(_ site: SiteDraw, rows: Int, scale: Double, seed: UInt64) throws(SimulationError) {
    name = site.name
    var random = SeededRandom(seed: seed, purpose: "variables \(name)")
    for _ in 0..<rows {
      let row = try site.row(from: &random)
      cells.append(row.cells)
      logOdds.append(site.interceptShift + scale * row.logOdds)
    }
  }

  func table(header: [String], intercept: Double, seed: UInt64) -> SimulatedTable {
    var random = SeededRandom(seed: seed, purpose: "outcome \(name)")
    let rows = zip(cells, logOdds).enumerated().map { number, row in
      let outcome = random.uniform() < Intercept.probability(intercept + row.1) ? "1" : "0"
      return [SimulatedTable.key(site: name, number: number + 1)] + row.0 + [outcome]
    }
    return SimulatedTable(site: name, header: header, rows: rows)
  }
}
