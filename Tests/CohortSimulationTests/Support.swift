import CohortSimulation
import Cohorts
import Connectors
import Documents
import Foundation
import Testing

/// A committed study, and how its records are drawn.
struct CommittedStudy: Sendable {
  static let names = ["ibd", "ms", "rd"]

  let dictionary: StudyDictionary
  let effects: CohortEffects

  init(_ name: String = "ibd", here: String = #filePath) throws {
    let top = URL(fileURLWithPath: here)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let studies = top.appendingPathComponent("protocols/studies")
    dictionary = try DictionaryDocument.decode(
      Data(contentsOf: studies.appendingPathComponent("\(name).yaml")), file: "\(name).yaml")
    effects = try EffectsDocument.decode(
      Data(contentsOf: studies.appendingPathComponent("\(name).effects.yaml")),
      file: "\(name).effects.yaml", dictionary: dictionary)
  }

  func simulate(
    _ sites: [(name: String, rows: Int)], seed: UInt64 = 1, mess: Set<Mess> = []
  ) throws -> [SimulatedSite] {
    try CohortSimulator.simulate(
      dictionary: dictionary, effects: effects, sites: sites, seed: seed, mess: mess)
  }

  private func reader(rows: Int) -> CohortReader {
    CohortReader(dictionary: dictionary, recordKey: "patient_id", mostRows: rows)
  }

  /// The records as a site would read them.
  func read(_ site: SimulatedSite) throws -> Records {
    try reader(rows: site.rowCount).read(site.bytes, file: "\(site.name).csv")
  }

  /// What a site would see of records that may be refused.
  func inspect(_ site: SimulatedSite) throws -> (reading: Reading, findings: [String]) {
    let reading = try reader(rows: site.rowCount).inspect(site.bytes, file: "\(site.name).csv")
    let review = RecordsReview(reading, dictionary: dictionary, recordKey: "patient_id", leastCount: 5)
    return (reading, review.findings.map { "\($0.column ?? ""): \($0.finding)" })
  }
}

extension Cohort {
  /// Where nothing is, nothing is in the other.
  func holdsTheSame(as other: Cohort) -> Bool {
    rowCount == other.rowCount && patients == other.patients && columnNames == other.columnNames
      && columnNames.allSatisfy { name in
        switch (self[name], other[name]) {
        case (.numbers(let mine), .numbers(let theirs)):
          zip(mine, theirs).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        case (let mine, let theirs): mine == theirs
        }
      }
  }

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
