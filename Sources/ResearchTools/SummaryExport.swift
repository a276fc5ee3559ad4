import Connectors

extension ModelExport {
  /// One row for each statistic of a Table 1, with every bit of each number; a cell that may not be shown is empty.
  static func statistics(_ summary: SummaryFile) -> String {
    let header = ["simulated", "variable", "statistic", "all", "with_event", "without_event"]
    let rows = summary.variables.flatMap(rows)
    return ([header] + rows.map { ["\(summary.simulated)"] + $0 }).map(CSVWriter.row).joined()
  }

  private static func rows(_ entry: SummaryFile.Entry) -> [[String]] {
    let name = entry.variable.name
    func counts(_ statistic: String, _ count: SummaryFile.Count) -> [String] {
      [name, statistic] + [count.rows, count.events, count.others].map { $0.map { "\($0)" } ?? "" }
    }
    func number(_ statistic: String, _ value: Double?) -> [String] {
      [name, statistic, value.map { "\($0)" } ?? "", "", ""]
    }
    var rows = [counts("present", entry.present)]
    if let moments = entry.number {
      rows += [number("mean", moments.mean), number("deviation", moments.deviation)]
      rows += moments.quantiles.map { number("quantile \($0.share)", $0.value) }
    }
    rows += entry.levels.map { counts("level \($0.name)", $0.count) }
    return rows + [counts("missing", entry.missing), counts("not applicable", entry.notApplicable)]
  }
}
