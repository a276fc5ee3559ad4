import Connectors
import Console

extension CohortCheck {
  package var text: String {
    let lines = findingLines
    return TextLines.facts(facts) + "\n" + numbers + "\n" + levels
      + (lines.isEmpty ? "" : "\n" + lines) + "\n\(Self.limit)\n"
  }

  package var notes: [String] { html.map { ["wrote \($0); it is about your patients and stays here"] } ?? [] }

  private var numbers: String {
    TextTable(
      columns: [
        .init(header: "column"), .init(header: "unit"), .init(header: "missing", alignment: .right),
        .init(header: "not\napplicable", alignment: .right), .init(header: "least", alignment: .right),
        .init(header: "25 %", alignment: .right), .init(header: "median", alignment: .right),
        .init(header: "75 %", alignment: .right), .init(header: "greatest", alignment: .right),
      ],
      rows: columns.map { column in
        let spread = column.spread.map { spread in
          [spread.least, spread.lowerQuartile, spread.median, spread.upperQuartile, spread.greatest]
            .map(ShortNumber.text)
        }
        return [
          column.name, column.unit ?? "", missing(column),
          column.notApplicable == 0 ? "" : "\(column.notApplicable)",
        ] + (spread ?? ["", "", "", "", ""])
      }
    ).text
  }

  private var levels: String {
    TextTable(
      columns: [
        .init(header: "column"), .init(header: "level", mayWrap: true),
        .init(header: "rows", alignment: .right), .init(header: "share", alignment: .right),
      ],
      rows: columns.flatMap { column in
        (column.levels ?? []).enumerated().map { index, level in
          [
            index == 0 ? column.name : "", level.level, "\(level.rows)",
            column.values == 0 ? "" : ShortNumber.percent(Double(level.rows) / Double(column.values)),
          ]
        }
      }
    ).text
  }

  private var findingLines: String {
    findings.map { finding in
      let place = finding.column.map { "\($0): " } ?? ""
      return TextLines.facts([(finding.severity.rawValue, "\(place)\(finding.finding); \(finding.advice)")])
    }.joined()
  }

  private func missing(_ column: ColumnSummary) -> String {
    guard column.missing > 0 else { return "" }
    let share = Double(column.missing) / Double(max(column.missing + column.values, 1))
    return "\(column.missing) (\(ShortNumber.percent(share)))"
  }
}

/// Numbers short enough for a table.
enum ShortNumber {
  /// With four significant digits, and all those before the point.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 1000, scale < 1e6 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
  }

  static func percent(_ share: Double) -> String {
    let percent = share * 100
    if share > 0 && percent < 0.1 { return "<0.1 %" }
    return percent >= 10 || percent == 0
      ? "\(Int(percent.rounded())) %" : "\((percent * 10).rounded() / 10) %"
  }
}
