import CohortSimulation
import Cohorts
import Connectors
import Documents
import Foundation
import Testing

/// The committed study of inflammatory bowel disease.
struct CommittedStudy {
  let dictionary: StudyDictionary
  let effects: CohortEffects

  init(here: String = #filePath) throws {
    let top = URL(fileURLWithPath: here)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let studies = top.appendingPathComponent("protocols/studies")
    dictionary = try DictionaryDocument.decode(
      Data(contentsOf: studies.appendingPathComponent("ibd.yaml")), file: "ibd.yaml")
    effects = try EffectsDocument.decode(
      Data(contentsOf: studies.appendingPathComponent("ibd.effects.yaml")), file: "ibd.effects.yaml",
      dictionary: dictionary)
  }

  func simulate(_ sites: [(name: String, rows: Int)], seed: UInt64 = 1) throws -> [SimulatedSite] {
    try CohortSimulator.simulate(dictionary: dictionary, effects: effects, sites: sites, seed: seed)
  }

  /// The records as a site would read them.
  func read(_ site: SimulatedSite) throws -> Records {
    let reader = CohortReader(dictionary: dictionary, recordKey: "patient_id", mostRows: site.rowCount)
    return try reader.read(Array(site.csv.utf8), file: site.name)
  }
}

extension Cohort {
  func numbers(_ name: String) throws -> [Double] {
    guard case .numbers(let values) = try #require(self[name]) else { return [] }
    return values
  }

  func levels(_ name: String) throws -> [Int32] {
    guard case .levels(let indices) = try #require(self[name]) else { return [] }
    return indices
  }
}

func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
