import Console
import Federation
import Queries
import SecureAggregation

/// What left this site: names, lengths and digests.
package struct JournalReport: Report {
  package struct Line: Encodable, Sendable {
    package let number: Int
    package let what: String
    package let details: String
    /// Numbers that left.
    package let elements: Int?
    package let digest: String
  }

  package let lines: [Line]

  package init(_ records: [JournalRecord]) { lines = records.map(Line.init) }

  package var text: String {
    guard !lines.isEmpty else { return "nothing has left this site yet\n" }
    return TextTable(
      columns: [
        .init(header: "line", alignment: .right), .init(header: "what"),
        .init(header: "details", mayWrap: true), .init(header: "numbers", alignment: .right),
        .init(header: "digest"),
      ],
      rows: lines.map {
        [
          "\($0.number)", $0.what, $0.details, $0.elements.map(String.init) ?? "",
          String($0.digest.prefix(12)),
        ]
      }
    ).text
  }
}

extension JournalReport.Line {
  fileprivate init(_ record: JournalRecord) {
    number = record.number
    digest = record.digest.hexadecimal
    switch record.event {
    case .roster(let entry, let plan):
      what = "roster"
      details = "study \(entry.study), \(entry.sites.count) sites, plan \(plan.short)"
      elements = nil
    case .decision(_, let plan, let approved, let words):
      what = approved ? "approved" : "denied"
      details = "plan \(plan.short)" + (words.isEmpty ? "" : ": \(words)")
      elements = nil
    case .epoch(let subject, let run, let epoch):
      what = "epoch"
      details = "epoch \(epoch) of plan \(subject.plan.short), run \(run.prefix(12)): a public key left"
      elements = nil
    case .peer(let key, let mark):
      what = "peer"
      details = "the journal of the site with key \(key.prefix(12)) has \(mark.count) lines"
      elements = nil
    case .step(let entry):
      what = "step \(entry.step)"
      let segments = entry.segments.map { "\($0.name) (\($0.length))" }.joined(separator: ", ")
      details =
        "plan \(entry.subject.plan.short), query \(entry.query): "
        + (entry.withheld.map { "withheld (\($0)), noise left in place of " } ?? "masked ") + segments
      elements = entry.segments.reduce(0) { $0 + $1.length }
    case .verified(let subject, let step, let sum):
      what = "sum \(step)"
      details = "plan \(subject.plan.short): the sum over all sites was added here and agreed with"
      elements = sum.values.reduce(0) { $0 + $1.count } + sum.words.reduce(0) { $0 + $1.count }
    }
  }
}
