import Console

/// A Table 1 in plain text: a line for the moments, the quantiles and each level of a variable, and what is missing.
enum SummaryTable {
  private static let hidden = "-"

  static func text(_ summary: SummaryFile) -> String {
    TextTable(
      columns: [
        .init(header: "variable", mayWrap: true), .init(header: "", mayWrap: true),
        .init(header: "all", alignment: .right), .init(header: "with the event", alignment: .right),
        .init(header: "without", alignment: .right),
      ],
      rows: summary.variables.flatMap { rows(of: $0, summary) }
    ).text
  }

  private static func rows(of entry: SummaryFile.Entry, _ summary: SummaryFile) -> [[String]] {
    let whole = SummaryFile.Count(rows: summary.rows, events: summary.events)
    var rows = entry.number.map(numbers) ?? []
    rows += entry.levels.map { counts($0.name, $0.count, of: entry.present) }
    rows.append(counts("missing", entry.missing, of: whole.less(entry.notApplicable)))
    if entry.variable.appliesWhen != nil {
      rows.append(counts("not applicable", entry.notApplicable, of: whole))
    }
    let unit = entry.variable.unit.map { ", \($0)" } ?? ""
    return rows.enumerated().map { index, row in
      [index == 0 ? "\(entry.variable.label)\(unit)" : ""] + row
    }
  }

  /// Over all rows that have the value.
  private static func numbers(_ number: SummaryFile.Moments) -> [[String]] {
    let places = NumberText.places(showing: 2, of: number.deviation ?? number.mean.magnitude, within: 0...8)
    func text(_ value: Double?) -> String { value.map { NumberText.decimals($0, places: places) } ?? hidden }
    func at(_ share: Double) -> String {
      guard let quantile = number.quantiles.first(where: { $0.share == share }) else { return hidden }
      return quantile.value.map(text) ?? "\(text(quantile.lower))...\(text(quantile.upper))"
    }
    var rows = [["mean (deviation)", "\(text(number.mean)) (\(text(number.deviation)))", "", ""]]
    if !number.quantiles.isEmpty {
      rows.append(["median [quartiles]", "\(at(0.5)) [\(at(0.25)) to \(at(0.75))]", "", ""])
      rows.append(["5 % to 95 %", "\(at(0.05)) to \(at(0.95))", "", ""])
    }
    return rows
  }

  /// Rows and their share of `whole`, over all and by outcome.
  private static func counts(
    _ name: String, _ count: SummaryFile.Count, of whole: SummaryFile.Count
  ) -> [String] {
    [
      name, share(count.rows, of: whole.rows), share(count.events, of: whole.events),
      share(count.others, of: whole.others),
    ]
  }

  private static func share(_ part: Int?, of whole: Int?) -> String {
    guard let part else { return hidden }
    guard let whole, whole > 0 else { return "\(part)" }
    return "\(part) (\(NumberText.decimals(100 * Double(part) / Double(whole), places: 1)) %)"
  }
}

extension SummaryFile.Count {
  /// Rows with outcome 0.
  var others: Int? { rows.flatMap { rows in events.map { rows - $0 } } }

  /// What is left of it without another; not known where either is not.
  func less(_ other: SummaryFile.Count) -> SummaryFile.Count {
    SummaryFile.Count(
      rows: rows.flatMap { rows in other.rows.map { rows - $0 } },
      events: events.flatMap { events in other.events.map { events - $0 } })
  }
}
