import Connectors

/// A check of records as a page that needs nothing from anywhere: no script, no font, no picture.
struct CohortCheckPage {
  private let check: CohortCheck

  init(_ check: CohortCheck) { self.check = check }

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Records of \(escaped(check.study))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <main>
    <h1>Records of “\(escaped(check.study))”</h1>
    <p class="verdict \(check.isFit ? "fit" : "unfit")">\(escaped(check.verdict))</p>
    <dl>
    \(facts)
    </dl>
    \(findings)
    <h2>Columns</h2>
    \(columns)
    <footer>
    <p>This page is about the hospital's own patients and stays at the hospital. It holds counts, extremes and
    quantiles of columns. \(escaped(CohortCheck.limit))</p>
    </footer>
    </main>
    </body>
    </html>

    """
  }

  private var facts: String {
    check.facts.filter { !["study", "verdict"].contains($0.name) }.map {
      "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd>"
    }.joined(separator: "\n")
  }

  private var findings: String {
    guard !check.findings.isEmpty else { return "" }
    let rows = check.findings.map { finding in
      """
      <tr><td><span class="\(finding.severity.rawValue)">\(finding.severity.rawValue)</span></td>\
      <th scope="row">\(escaped(finding.column ?? ""))</th>\
      <td>\(escaped(finding.finding))</td><td class="advice">\(escaped(finding.advice))</td></tr>
      """
    }
    return """
      <h2>What was found</h2>
      <div class="wide"><table>
      <thead><tr><th></th><th>column</th><th>what</th><th>what to do</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }

  private var columns: String {
    let rows = check.columns.map { column in
      """
      <tr><th scope="row">\(escaped(column.name))<small>\(escaped(column.label))</small></th>\
      <td>\(escaped(column.isOutcome ? "outcome" : column.isComputed ? "computed" : column.type))</td>\
      <td>\(escaped(column.unit ?? ""))</td>\
      <td class="number">\(column.values)</td>\
      <td class="number">\(missing(column))</td>\
      <td class="number">\(column.notApplicable == 0 ? "" : "\(column.notApplicable)")</td>\
      <td>\(content(column))</td></tr>
      """
    }
    return """
      <div class="wide"><table>
      <thead><tr><th>column</th><th>type</th><th>unit</th><th class="number">values</th>\
      <th class="number">missing</th><th class="number">not applicable</th>\
      <th>least, quartiles, greatest within the range; or levels</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }

  private func missing(_ column: ColumnSummary) -> String {
    guard column.missing > 0 else { return "" }
    let share = Double(column.missing) / Double(max(column.missing + column.values, 1))
    return "\(column.missing)<small>\(ShortNumber.percent(share))</small>\(bar(share, "gap"))"
  }

  private func content(_ column: ColumnSummary) -> String {
    if let levels = column.levels {
      let most = max(column.values, 1)
      let rows = levels.map { level in
        """
        <tr><td>\(escaped(level.level))</td><td class="number">\(level.rows)</td>\
        <td>\(bar(Double(level.rows) / Double(most), "level"))</td></tr>
        """
      }
      return "<table class=\"levels\"><tbody>\(rows.joined())</tbody></table>"
    }
    guard let spread = column.spread, let range = column.range, range.count == 2 else { return "" }
    let numbers = [spread.least, spread.lowerQuartile, spread.median, spread.upperQuartile, spread.greatest]
    return box(numbers, range) + "<small>\(numbers.map(ShortNumber.text).joined(separator: " · "))</small>"
  }

  private func bar(_ share: Double, _ kind: String) -> String {
    "<span class=\"bar \(kind)\"><span style=\"width:\(ShortNumber.text(share * 100))%\"></span></span>"
  }

  /// A box from quartile to quartile with lines to the extremes, on the dictionary's range.
  private func box(_ numbers: [Double], _ range: [Double]) -> String {
    let x = numbers.map { ShortNumber.text(1 + 238 * ($0 - range[0]) / (range[1] - range[0])) }
    let width = ShortNumber.text(max(238 * (numbers[3] - numbers[1]) / (range[1] - range[0]), 1))
    let ends = range.map(ShortNumber.text)
    return """
      <span class="box"><i>\(ends[0])</i><svg width="240" height="16" viewBox="0 0 240 16" role="img" \
      aria-label="quartiles on the range from \(ends[0]) to \(ends[1])">\
      <rect class="range" x="0" y="6" width="240" height="4" rx="2"/>\
      <line class="whisker" x1="\(x[0])" x2="\(x[4])" y1="8" y2="8"/>\
      <rect class="quartiles" x="\(x[1])" y="2" width="\(width)" height="12" rx="2"/>\
      <line class="median" x1="\(x[2])" x2="\(x[2])" y1="1" y2="15"/></svg><i>\(ends[1])</i></span>
      """
  }

  private func escaped(_ text: String) -> String {
    String(
      text.flatMap { character -> String in
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        default: String(character)
        }
      })
  }

  private static let style = """
    :root { color-scheme: light dark; --line: #8884; --soft: #8882; --mark: #2b6cb0; --gap: #c05621; }
    body { margin: 0; font: 15px/1.45 system-ui, sans-serif; }
    main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.5rem; }
    h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
    h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
    .verdict { display: inline-block; margin: 0 0 1rem; padding: .3rem .8rem; border-radius: .4rem; color: #fff; }
    .fit { background: #2f7d4f; }
    .unfit { background: #b3261e; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0; }
    dt { opacity: .7; }
    dd { margin: 0; overflow-wrap: anywhere; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-top: 1px solid var(--line); }
    thead th { border-top: 0; font-weight: 600; opacity: .7; font-size: .85rem; }
    tbody th { font-weight: 600; }
    small { display: block; opacity: .7; font-weight: 400; font-size: .8rem; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    .advice { opacity: .8; }
    .bad, .attention, .note { padding: .05rem .5rem; border-radius: .3rem; font-size: .8rem; color: #fff; }
    .bad { background: #b3261e; }
    .attention { background: #9a6700; }
    .note { background: #57606a; }
    .levels { width: auto; }
    .levels td { border: 0; padding: 0 .8rem 0 0; }
    .bar { display: block; width: 6rem; height: .5rem; margin-top: .45rem; border-radius: .25rem; background: var(--soft); overflow: hidden; }
    .number .bar { width: 4rem; margin-left: auto; margin-top: .15rem; }
    .bar span { display: block; height: 100%; background: var(--mark); }
    .gap span { background: var(--gap); }
    .box { display: flex; align-items: center; gap: .5rem; }
    .box i { font-style: normal; font-size: .75rem; opacity: .6; min-width: 2.2rem; }
    .box i:first-child { text-align: right; }
    .box + small { margin-left: 2.7rem; }
    .range { fill: var(--soft); }
    .whisker { stroke: var(--mark); stroke-width: 1.5; }
    .quartiles { fill: var(--mark); opacity: .45; }
    .median { stroke: var(--mark); stroke-width: 2; }
    footer { margin-top: 2rem; font-size: .85rem; opacity: .75; }
    @media print { main { padding: 0; max-width: none; } }
    """
}
