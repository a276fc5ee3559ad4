import Cohorts

/// The simulated records of one site.
package struct SimulatedSite: Sendable, Equatable {
  package let name: String
  package let rowCount: Int
  /// Comma-separated values: the record key (`SIM-luxembourg-0001`), the dictionary's variables in its
  /// order, then the outcome.
  package let csv: String
}

/// Makes records from a study's dictionary and its effects. Every value is simulated, none is missing.
package enum CohortSimulator {
  /// Draws every site's variables from a stream of its own, so that they depend on the seed and the
  /// site's name alone and a longer file begins with the shorter one's variables; the outcomes depend
  /// on all sites through the intercept, which meets the prevalence over their union.
  ///
  /// - Parameters:
  ///   - sites: distinct names, each with at least one row.
  ///   - recordKey: the name of the column with the synthetic key.
  package static func simulate(
    dictionary: StudyDictionary, effects: CohortEffects, sites: [(name: String, rows: Int)],
    seed: UInt64, recordKey: String = "patient_id"
  ) throws(SimulationError) -> [SimulatedSite] {
    guard dictionary.outcome(named: effects.outcome) != nil else {
      throw .unknownOutcome(effects.outcome)
    }
    guard effects.prevalence > 0, effects.prevalence < 1 else { throw .prevalence }
    guard !sites.isEmpty, sites.allSatisfy({ $0.rows > 0 }), Set(sites.map(\.name)).count == sites.count
    else { throw .sites }
    let drawn = try sites.map { (site) throws(SimulationError) in
      try draw(site, dictionary: dictionary, effects: effects, seed: seed)
    }
    let intercept = Intercept.solve(
      logOdds: drawn.flatMap(\.logOdds), prevalence: effects.prevalence)
    let header = ([recordKey] + dictionary.variables.map(\.name) + [effects.outcome])
      .joined(separator: ",")
    return drawn.map { $0.site(header: header, intercept: intercept, seed: seed) }
  }

  private static func draw(
    _ site: (name: String, rows: Int), dictionary: StudyDictionary, effects: CohortEffects,
    seed: UInt64
  ) throws(SimulationError) -> DrawnSite {
    var shifts = SeededRandom(seed: seed, purpose: "shifts \(site.name)")
    let interceptShift = effects.siteShift * shifts.normal()
    let variables = try dictionary.variables.map { (variable) throws(SimulationError) in
      let matching = effects.variables.filter { $0.variable == variable.name }
      guard let effect = matching.first, matching.count == 1 else {
        throw SimulationError.effectMissing(variable: variable.name)
      }
      return try DrawnVariable(variable, effect: effect, shift: shifts.normal())
    }
    var random = SeededRandom(seed: seed, purpose: "variables \(site.name)")
    var drawn = DrawnSite(name: site.name)
    for _ in 0..<site.rows {
      var cells = ""
      var logOdds = interceptShift
      for variable in variables {
        let value = try variable.draw(from: &random)
        cells += ",\(value.text)"
        logOdds += value.logOdds
      }
      drawn.cells.append(cells)
      drawn.logOdds.append(logOdds)
    }
    return drawn
  }
}

/// The variables of a site's rows before the outcomes are drawn.
private struct DrawnSite {
  let name: String
  var cells: [String] = []
  var logOdds: [Double] = []

  init(name: String) { self.name = name }

  func site(header: String, intercept: Double, seed: UInt64) -> SimulatedSite {
    var random = SeededRandom(seed: seed, purpose: "outcome \(name)")
    var csv = header + "\n"
    for (row, cells) in cells.enumerated() {
      let probability = Intercept.probability(intercept + logOdds[row])
      let outcome = random.uniform() < probability ? 1 : 0
      csv += "SIM-\(name)-\(padded(row + 1, width: 4))\(cells),\(outcome)\n"
    }
    return SimulatedSite(name: name, rowCount: cells.count, csv: csv)
  }
}
