import CohortSimulation
import Cohorts
import Console
import Documents
import Federation

/// How messy simulated records are.
package enum MessAmount: String, Sendable, CaseIterable {
  case none
  /// What every hospital's records have.
  case usual
  /// Also what a reader has to catch.
  case all

  var kinds: Set<Mess> {
    switch self {
    case .none: []
    case .usual: Mess.usual
    case .all: Set(Mess.allCases)
    }
  }
}

/// Simulated records in files, one a site.
package enum CohortFiles {
  package struct Request: Sendable {
    /// A dictionary, or a study.
    package let study: String
    /// nil for the file beside it whose name ends in `.effects.yaml`.
    package let effects: String?
    package let sites: [String]
    /// One for each site.
    package let rows: [Int]
    package let seed: UInt64
    package let mess: MessAmount
    package let folder: String

    package init(
      study: String, effects: String?, sites: [String], rows: [Int], seed: UInt64,
      mess: MessAmount = .none, folder: String
    ) {
      self.study = study
      self.effects = effects
      self.sites = sites
      self.rows = rows
      self.seed = seed
      self.mess = mess
      self.folder = folder
    }
  }

  /// Draws records by a dictionary and its effects into `FOLDER/SITE.csv`.
  package static func simulate(_ request: Request, force: Bool) throws -> CohortReport {
    guard request.sites.count == request.rows.count else {
      throw Complaint(
        .usage, code: "rows-and-sites",
        "--sites names \(request.sites.count) sites and --rows \(request.rows.count) counts",
        advice: "give one number of rows for each site")
    }
    let files = request.sites.map { "\(request.folder)/\($0).csv" }
    try LocalFiles.requireAbsent(files, force: force)
    let source = try DictionarySource(request.study)
    let effects = request.effects ?? effectsBeside(request.study)
    let simulated = try CohortSimulator.simulate(
      dictionary: source.dictionary,
      effects: EffectsDocument.decode(
        LocalFiles.read(effects), file: effects, dictionary: source.dictionary),
      sites: zip(request.sites, request.rows).map { (name: $0, rows: $1) }, seed: request.seed,
      recordKey: source.recordKey, mess: request.mess.kinds)
    try LocalFiles.makeFolder(request.folder)
    for (site, file) in zip(simulated, files) {
      try LocalFiles.write(site.bytes, to: file, force: force)
    }
    return CohortReport(
      study: source.dictionary.name, seed: request.seed,
      sites: zip(simulated, files).map {
        .init(site: $0.name, rows: $0.rowCount, file: $1, mess: $0.mess.map(\.rawValue))
      })
  }

  private static func effectsBeside(_ study: String) -> String {
    let ending = [".yaml", ".yml"].first(where: study.hasSuffix) ?? ""
    return study.dropLast(ending.count) + ".effects.yaml"
  }
}

/// Records that were simulated.
package struct CohortReport: Report {
  struct Site: Encodable {
    let site: String
    let rows: Int
    let file: String
    /// What is wrong with the records on purpose; empty where nothing is.
    let mess: [String]
  }

  let simulated = true
  let study: String
  let seed: UInt64
  let sites: [Site]

  package var text: String {
    let isMessy = sites.contains { !$0.mess.isEmpty }
    let table = TextTable(
      columns: [
        .init(header: "site", mayWrap: true), .init(header: "rows", alignment: .right),
        .init(header: "file"),
      ] + (isMessy ? [.init(header: "mess", mayWrap: true)] : []),
      rows: sites.map { site in
        [site.site, "\(site.rows)", site.file] + (isMessy ? [site.mess.joined(separator: ", ")] : [])
      })
    return "simulated records of the study \(study), seed \(seed)\n\n" + table.text
  }
}
