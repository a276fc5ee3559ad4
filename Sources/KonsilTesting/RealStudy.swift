import Cohorts
import Connectors
import Documents
import Federation
import Foundation
import SecureAggregation
import Simulation

/// A study on a real data set: how its records come from the publisher's file, one CSV text a site. The dictionary
/// and the plans are those of `protocols/studies/real`. `scripts/references/records.py` does the same in Python.
package struct RealStudy: Sendable {
  /// Where a column of the dictionary comes from.
  struct Field: Sendable {
    let name: String
    let value: @Sendable (RealTable.Row) -> String

    /// The same text, of a column that may be called otherwise in the file.
    init(_ name: String, from source: String? = nil) {
      self.init(name) { $0[source ?? name] }
    }

    /// Another text for each that the file has; any other counts as missing.
    init(_ name: String, from source: String, as texts: [String: String]) {
      self.init(name) { texts[$0[source]] ?? "" }
    }

    init(_ name: String, _ value: @escaping @Sendable (RealTable.Row) -> String) {
      self.name = name
      self.value = value
    }
  }

  package let name: String
  /// Under the folder of data sets.
  let file: String
  /// Rows with an equal key belong together.
  package let mostRowsPerPatient: Int
  let site: @Sendable (RealTable.Row) -> String
  let key: @Sendable (RealTable.Row) -> String
  let isKept: @Sendable (RealTable.Row) -> Bool
  /// From the names of the file's columns.
  let fields: @Sendable ([String]) -> [Field]

  init(
    _ name: String, file: String, mostRowsPerPatient: Int = 1,
    site: @escaping @Sendable (RealTable.Row) -> String,
    key: @escaping @Sendable (RealTable.Row) -> String,
    isKept: @escaping @Sendable (RealTable.Row) -> Bool = { _ in true },
    fields: @escaping @Sendable ([String]) -> [Field]
  ) {
    self.name = name
    self.file = file
    self.mostRowsPerPatient = mostRowsPerPatient
    self.site = site
    self.key = key
    self.isKept = isKept
    self.fields = fields
  }

  package static let recordKey = "patient_id"

  package var isThere: Bool {
    guard let folder = file.split(separator: "/").first else { return false }
    return RealData.folder(String(folder)) != nil
  }

  /// The sites by name, each with the columns of the dictionary after its record key.
  package func records() throws -> [(site: String, csv: String)] {
    let parts = file.split(separator: "/").map(String.init)
    guard let folder = RealData.folder(parts[0]) else { return [] }
    let table = try RealTable(folder.appendingPathComponent(parts[1]))
    let fields = fields(table.columns)
    let header = ([Self.recordKey] + fields.map(\.name)).joined(separator: ",") + "\n"
    let sites = Dictionary(grouping: table.rows.filter(isKept), by: site)
    return sites.keys.sorted().map { site in
      let lines = sites[site, default: []].map { row in
        ([key(row)] + fields.map { $0.value(row) }).joined(separator: ",") + "\n"
      }
      return (site, header + lines.joined())
    }
  }

  package func dictionary() throws -> StudyDictionary {
    let file = "protocols/studies/real/\(name).yaml"
    return try DictionaryDocument.decode(Array(Checkout.text(file).utf8), file: file)
  }

  package static func planText(_ name: String) throws -> String {
    try Checkout.text("protocols/studies/real/\(name).plan.yaml")
  }

  /// The study with throw-away identity keys. Without a least count nothing is merged or left out that a pooled fit
  /// would keep.
  package func study(sites: [String], leastCount: Int = 1) throws -> Study {
    let parties = sites.compactMap { site in
      SigningKey(seed: Array(Digest(of: Array(site.utf8)).bytes)).map { Party(name: site, key: $0.identity) }
    }
    return Study(
      dictionary: try dictionary(), sites: parties, researchers: [],
      limits: Study.Limits(
        leastSites: 3, leastRows: 1, leastCount: leastCount, mostRowsPerSite: 1 << 20,
        mostRowsPerPatient: mostRowsPerPatient),
      recordKey: Self.recordKey)
  }

  /// Every variable and outcome of a site, by the reader that sites use.
  package func cohort(_ csv: String, site: String) throws -> Cohort {
    let reader = CohortReader(
      dictionary: try dictionary(), recordKey: Self.recordKey, mostRows: 1 << 20,
      mostRowsPerPatient: mostRowsPerPatient)
    return try reader.read(Array(csv.utf8), file: "\(site).csv").cohort
  }

  /// The federation that runs a plan over these sites.
  package func federation(
    plan: String, records: [(site: String, csv: String)], leastCount: Int = 1
  ) throws -> SimulatedFederation {
    let study = try study(sites: records.map(\.site), leastCount: leastCount)
    let plan = try SimulationFixture.plan(plan, sites: records.map(\.site))
    var cohorts: [String: Cohort] = [:]
    for (site, csv) in records { cohorts[site] = try cohort(csv, site: site) }
    return try SimulatedFederation(plan: plan, study: study, cohorts: cohorts)
  }
}
