import Console
import Federation
import Foundation
import SecureAggregation
import Wire

/// Runs in a list, newest first.
package struct RunsReport: Report {
  package let runs: [RunSummary]

  package var text: String {
    guard !runs.isEmpty else { return "no runs yet\n" }
    return TextTable(
      columns: [
        .init(header: "run"), .init(header: "study"), .init(header: "plan", mayWrap: true),
        .init(header: "state"), .init(header: "steps", alignment: .right), .init(header: "submitted"),
        .init(header: "researcher"),
      ],
      rows: runs.map {
        [
          String($0.run.prefix(12)), $0.study, $0.plan, $0.state.rawValue, "\($0.steps)",
          $0.submitted.text, $0.researcher,
        ]
      }
    ).text
  }
}

/// One run with its steps and whom it waits for.
package struct RunReport: Report {
  let detail: RunDetail

  init(_ detail: RunDetail) { self.detail = detail }

  package func encode(to encoder: any Encoder) throws { try detail.encode(to: encoder) }

  package var text: String {
    let run = detail.summary
    var facts = [
      ("run", run.run), ("plan", "\(run.plan) (\(run.algorithm)), study \(run.study)"),
      ("plan digest", run.planDigest.description), ("researcher", run.researcher),
      ("sites", run.sites.joined(separator: ", ")), ("state", run.state.rawValue),
      ("submitted", run.submitted.text),
    ]
    if let ended = run.ended { facts.append(("ended", ended.text)) }
    if let failure = run.failure {
      facts += [("why", "\(failure.message) [\(failure.code)]"), ("what to do", failure.advice)]
    }
    return TextLines.facts(facts) + steps
      + (detail.waits.isEmpty ? "" : "\n" + WaitsReport.table(detail.waits))
  }

  private var steps: String {
    guard !detail.steps.isEmpty else { return "" }
    return "\n"
      + TextTable(
        columns: [
          .init(header: "step", alignment: .right), .init(header: "query"),
          .init(header: "numbers", alignment: .right), .init(header: "at"), .init(header: ""),
        ],
        rows: detail.steps.map {
          ["\($0.step)", $0.query, "\($0.elements)", $0.at.text, $0.isVoid ? "void" : ""]
        }
      ).text
  }
}

/// Whom a run waits for, why and since when.
package struct WaitsReport: Report {
  let run: String
  let state: RunState
  let waits: [RunWait]

  package var text: String {
    if state.isOver { return "the run waits for nobody: it is \(state.rawValue)\n" }
    return waits.isEmpty ? "the run waits for nobody\n" : Self.table(waits)
  }

  static func table(_ waits: [RunWait]) -> String {
    TextTable(
      columns: [
        .init(header: "waits for"), .init(header: "reason", mayWrap: true), .init(header: "since"),
      ],
      rows: waits.map { [$0.site, $0.reason, $0.since.text] }
    ).text
  }
}

/// The sites that the coordinator knows.
package struct SitesReport: Report {
  let sites: [SiteStatus]

  package var text: String {
    guard !sites.isEmpty else { return "no site has connected yet\n" }
    return TextTable(
      columns: [
        .init(header: "site"), .init(header: "connection"), .init(header: "since"),
        .init(header: "certificate until"),
      ],
      rows: sites.map {
        [
          $0.site, $0.isConnected ? "connected" : "away", $0.since.text,
          $0.certificateExpires?.text ?? "",
        ]
      }
    ).text
  }
}

/// A run that has just been handed in.
package struct SubmittedReport: Report {
  let run: RunSummary

  package init(run: RunSummary) { self.run = run }

  package var text: String { TextLines.facts([("run", run.run), ("state", run.state.rawValue)]) }
  package var notes: [String] { ["follow it: konsil run watch \(run.run.prefix(12))"] }
}

/// A run that was followed to its model or summary.
package struct FinishedRunReport: Report {
  let run: RunSummary
  private let model: ModelReport?
  private let trees: TreeReport?
  private let summary: SummaryReport?
  private let found: String

  enum CodingKeys: String, CodingKey {
    case run, model, trees, summary
  }

  init(run: RunSummary, result: ResultFile) {
    self.run = run
    found = result.report.text
    model = if case .model(let model) = result { ModelReport(model) } else { nil }
    trees = if case .trees(let model) = result { TreeReport(model) } else { nil }
    summary = if case .summary(let summary) = result { SummaryReport(summary) } else { nil }
  }

  package var text: String {
    found + "\n" + TextLines.facts([("steps", "\(run.steps) masked sums in \(seconds) seconds")])
  }

  private var seconds: String {
    let milliseconds = (run.ended ?? run.submitted).milliseconds - run.submitted.milliseconds
    return "\(Double(milliseconds) / 1000)"
  }
}

extension Instant {
  /// ISO 8601 in UTC, to the second.
  var text: String {
    Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
  }
}
