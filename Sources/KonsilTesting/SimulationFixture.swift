import Cohorts
import Connectors
import Documents
import Federation
import SecureAggregation
import Simulation

/// A simulated federation from documents and CSV texts.
package enum SimulationFixture {
  /// A study on a dictionary with throw-away identity keys.
  package static func study(
    _ dictionary: StudyDictionary, sites: [String], leastRows: Int = 1
  ) -> Study {
    func party(_ name: String, _ number: Int) -> Party? {
      let seed = Array(Digest(of: Array("\(name) \(number)".utf8)).bytes)
      return SigningKey(seed: seed).map { Party(name: name, key: $0.identity) }
    }
    return Study(
      dictionary: dictionary, sites: sites.enumerated().compactMap { party($1, $0) }, researchers: [],
      limits: Study.Limits(
        leastSites: 3, leastRows: leastRows, leastCount: 1, mostRowsPerSite: 1 << 20),
      recordKey: "patient_id")
  }

  /// A plan template over exactly these sites.
  package static func plan(_ text: String, sites: [String]) throws -> Plan {
    try PlanDocument.decode(Array(text.utf8), file: "plan.yaml").over(sites, studyDigest: nil)
  }

  package static func federation(
    dictionary: String, plan: String, records: [(site: String, csv: String)], leastRows: Int = 1
  ) throws -> SimulatedFederation {
    let dictionary = try DictionaryDocument.decode(Array(dictionary.utf8), file: "dictionary.yaml")
    let sites = records.map(\.site)
    let study = study(dictionary, sites: sites, leastRows: leastRows)
    let plan = try Self.plan(plan, sites: sites)
    let (predictors, outcome) = plan.variables(in: study)
    let wanted = predictors + (outcome.map { [$0.variable] } ?? [])
    let reader = CohortReader(
      columns: wanted, of: study.dictionary, recordKey: nil, mostRows: study.limits.mostRowsPerSite,
      mostRowsPerPatient: study.limits.mostRowsPerPatient)
    var cohorts: [String: Cohort] = [:]
    for (site, csv) in records {
      cohorts[site] = try reader.read(Array(csv.utf8), file: "\(site).csv").cohort
    }
    return try SimulatedFederation(plan: plan, study: study, cohorts: cohorts)
  }
}
