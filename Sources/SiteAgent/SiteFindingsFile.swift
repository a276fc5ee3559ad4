import Console
import Federation
import Foundation
import Queries

/// What the site learnt of its own rows in each run. It stays in the state folder.
package struct SiteFindingsFile: Sendable {
  private let folder: StateFolder

  package init(folder: StateFolder) { self.folder = folder }

  /// One run's findings.
  package struct Entry: Codable, Sendable {
    package let run: String
    package let at: Instant
    package let findings: [SiteFinding]
  }

  func write(_ findings: [SiteFinding], run: String, at now: Instant) throws(Complaint) {
    let path = folder.findings + "/\(run).json"
    guard let bytes = try? JSONEncoder().encode(Entry(run: run, at: now, findings: findings)) else {
      throw StateFolder.cannotWrite(path)
    }
    try StateFolder.make(folder.findings)
    try StateFolder.write(Array(bytes), to: path)
  }

  /// Of all runs, the newest first.
  package func entries() -> [Entry] {
    StateFolder.names(in: folder.findings).filter { $0.hasSuffix(".json") }
      .compactMap { name in
        (try? StateFolder.read(folder.findings + "/" + name)).flatMap {
          try? JSONDecoder().decode(Entry.self, from: Data($0))
        }
      }
      .sorted { $0.at > $1.at }
  }
}

/// What `konsil-agent findings` says.
package struct FindingsReport: Report {
  package let runs: [SiteFindingsFile.Entry]

  package init(_ runs: [SiteFindingsFile.Entry]) { self.runs = runs }

  package var text: String {
    guard !runs.isEmpty else { return "no run has told this site anything of its own rows yet\n" }
    return TextTable(
      columns: [
        .init(header: "run"), .init(header: "what", mayWrap: true), .init(header: "value", alignment: .right),
      ],
      rows: runs.flatMap { entry in
        entry.findings.map { [String(entry.run.prefix(8)), $0.meaning, String(format: "%.3f", $0.value)] }
      }
    ).text
  }
}
