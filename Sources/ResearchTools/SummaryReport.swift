import Console
import Preprocessing

/// What `konsil model show` says of a summary: a Table 1 by outcome.
package struct SummaryReport: Report {
  private let summary: SummaryFile
  package let text: String

  package init(_ summary: SummaryFile) {
    self.summary = summary
    let limits = "Patients present at two hospitals are not detected in this version and count twice.\n"
    text = [Self.heading(summary), SummaryTable.text(summary), Self.remarks(summary), limits]
      .compactMap(\.self).joined(separator: "\n")
  }

  package func encode(to encoder: any Encoder) throws { try summary.encode(to: encoder) }

  private static func heading(_ summary: SummaryFile) -> String {
    var facts: [(name: String, value: String)] = []
    if summary.simulated {
      facts.append(("simulated", "one process was the whole federation, under throw-away identities"))
    }
    facts += [
      ("outcome", "\(summary.outcome.name): \(summary.outcome.label)"),
      ("summary", "of study \(summary.study.name), plan \(summary.plan.name)"),
    ]
    if let run = summary.run { facts.append(("run", run)) }
    if let filter = summary.filter.words { facts.append(("rows where", filter)) }
    let events = summary.events.map { "\($0) events" } ?? "events not shown"
    facts.append(("records", "\(summary.rows) rows, \(events), \(summary.sites) sites"))
    facts.append(
      ("shown", "counts of at least \(summary.leastCount) rows; “-” where a count may not be shown"))
    return TextLines.facts(facts)
  }

  private static func remarks(_ summary: SummaryFile) -> String? {
    guard !summary.notes.isEmpty else { return nil }
    return TextTable(
      columns: [.init(header: "note"), .init(header: "of"), .init(header: "", mayWrap: true)],
      rows: summary.notes.map {
        [$0.kind.rawValue.replacing("-", with: " "), $0.subject, $0.detail]
      }
    ).text
  }
}
