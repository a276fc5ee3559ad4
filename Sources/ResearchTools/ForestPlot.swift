import Console

/// A model's odds ratios with their intervals on a logarithmic scale, as a drawing in SVG.
package struct ForestPlot {
  private static let width = 960.0
  private static let labelX = 28.0
  private static let mostLabelLines = 2
  private static let labelCharacters = 46
  private static let plot = 380.0...690.0
  private static let ratioX = 936.0
  private static let lineHeight = 17.0
  private static let rowPadding = 9.0
  private static let ink = "#1f4e79"
  private static let faint = "#6b7280"

  private struct Row {
    let estimate: Estimate
    let label: [String]
    let contrast: String

    var height: Double { Double(label.count + 1) * lineHeight + 2 * rowPadding }
  }

  private let model: ModelFile
  private let rows: [Row]
  private let axis: RatioAxis

  package init(_ model: ModelFile) {
    self.model = model
    // A term of a spline has no ratio of its own to draw.
    rows = zip(model.terms, model.estimates.suffix(model.terms.count)).compactMap { term, estimate in
      guard estimate.oddsRatio != nil else { return nil }
      let labels = term.factors.map { model.variable(named: $0.variable)?.label ?? $0.variable }
      return Row(
        estimate: estimate, label: Self.label(labels.joined(separator: " × ")),
        contrast: Self.contrast(term, in: model))
    }
    let shown = rows.flatMap { [$0.estimate.lower, $0.estimate.oddsRatio, $0.estimate.upper] }
    axis = RatioAxis(showing: shown.compactMap(\.self), in: Self.plot)
  }

  /// The whole document, text in UTF-8.
  package var svg: String {
    let heading = headingLines
    let top = 86 + Double(heading.count) * 20
    let body = rows.reduce(0) { $0 + $1.height }
    var drawing = SVGDrawing(
      width: Self.width, height: top + body + 128, title: "Odds ratios: \(model.outcome.label)")
    draw(heading, into: &drawing)
    drawHeader(at: top - 14, into: &drawing)
    drawAxis(from: top, to: top + body, into: &drawing)
    var y = top
    for (index, row) in rows.enumerated() {
      draw(row, at: y, isShaded: index.isMultiple(of: 2), into: &drawing)
      y += row.height
    }
    drawFooter(at: y, into: &drawing)
    return drawing.document
  }

  private var headingLines: [String] {
    let kind =
      switch model.penalty.kind {
      case .none: "Odds ratios with 95 % intervals, logistic regression without penalty"
      case .firth:
        "Odds ratios with 95 % profile likelihood intervals, logistic regression with Firth's penalty"
      case .ridge:
        "Shrunken by a ridge penalty (λ = \(NumberText.significant(model.penalty.lambda ?? 0, digits: 4))): the intervals are not for tests"
      }
    var lines = [
      kind,
      "n = \(model.rows), \(model.events) events, \(model.sites) sites; study \(model.study.name), plan \(model.plan.name)",
    ]
    if let filter = model.filter.words { lines.append("rows where \(filter)") }
    switch model.covariance.kind {
    case .model: break
    case .cluster: lines.append("intervals robust against likeness between the rows of a patient")
    case .robust: lines.append("robust intervals")
    }
    if model.simulated {
      lines.append("SIMULATED: one process was the whole federation, under throw-away identities")
    }
    return lines
  }

  private func draw(_ heading: [String], into drawing: inout SVGDrawing) {
    drawing.text(
      Self.cut(model.outcome.label, to: 80), x: Self.labelX, y: 36, size: 19, isBold: true)
    for (index, line) in heading.enumerated() {
      let isWarning = line.hasPrefix("SIMULATED") || line.hasPrefix("Shrunken")
      drawing.text(
        Self.cut(line, to: 128), x: Self.labelX, y: 60 + Double(index) * 20,
        fill: isWarning ? "#b45309" : "#222222", isBold: isWarning)
    }
  }

  private func drawHeader(at y: Double, into drawing: inout SVGDrawing) {
    drawing.text("lower odds", x: axis.place(of: 1) - 10, y: y, size: 12, fill: Self.faint, anchor: .end)
    drawing.text("higher odds", x: axis.place(of: 1) + 10, y: y, size: 12, fill: Self.faint)
    drawing.text(
      model.isShrunken ? "odds ratio (95 %, shrunken)" : "odds ratio (95 % interval)",
      x: Self.ratioX, y: y, size: 12, fill: Self.faint, anchor: .end)
  }

  private func drawAxis(from top: Double, to bottom: Double, into drawing: inout SVGDrawing) {
    for tick in axis.ticks {
      let x = axis.place(of: tick)
      drawing.line(from: (x, bottom), to: (x, bottom + 6), stroke: Self.faint)
      drawing.text(
        NumberText.shortest(tick), x: x, y: bottom + 21, size: 12, fill: Self.faint, anchor: .middle)
    }
    drawing.line(from: (Self.plot.lowerBound, bottom), to: (Self.plot.upperBound, bottom), stroke: Self.faint)
    drawing.text(
      "odds ratio, logarithmic scale", x: (Self.plot.lowerBound + Self.plot.upperBound) / 2, y: bottom + 42,
      size: 12, fill: Self.faint, anchor: .middle)
  }

  private func drawFooter(at y: Double, into drawing: inout SVGDrawing) {
    for (index, line) in footerLines.enumerated() {
      drawing.text(
        line, x: Self.labelX, y: y + 72 + Double(index) * 17, size: 12, fill: Self.faint)
    }
  }

  private var footerLines: [String] {
    var hidden = model.intercept == nil ? [] : ["the intercept"]
    if !model.splinedVariables.isEmpty {
      hidden.append("the spline of \(model.splinedVariables.joined(separator: ", "))")
    }
    let own = model.intercept == nil ? " Each site keeps its own intercept." : ""
    return [
      "Each odds ratio is for the change that is named, or for a level against its reference, with the other",
      "variables held fixed; so the ratios of different variables do not compare in size.",
      (hidden.isEmpty ? "" : "Not shown: \(hidden.joined(separator: ", ")).") + own,
    ]
  }

  private func draw(
    _ row: Row, at y: Double, isShaded: Bool, into drawing: inout SVGDrawing
  ) {
    if isShaded {
      drawing.rectangle(
        x: Self.labelX - 12, y: y, width: Self.width - 2 * (Self.labelX - 12), height: row.height,
        fill: "#f3f5f8")
    }
    for tick in axis.ticks {
      let x = axis.place(of: tick)
      drawing.line(
        from: (x, y), to: (x, y + row.height), stroke: tick == 1 ? "#4b5563" : "#dde1e7",
        width: tick == 1 ? 1.5 : 1)
    }
    var baseline = y + Self.rowPadding + 13
    for line in row.label {
      drawing.text(line, x: Self.labelX, y: baseline)
      baseline += Self.lineHeight
    }
    drawing.text(row.contrast, x: Self.labelX, y: baseline, size: 12, fill: Self.faint)
    draw(row.estimate, at: y + row.height / 2, into: &drawing)
  }

  private func draw(_ estimate: Estimate, at y: Double, into drawing: inout SVGDrawing) {
    guard let ratio = estimate.oddsRatio, let lower = estimate.lower, let upper = estimate.upper
    else { return }
    let (left, right) = (axis.place(of: lower), axis.place(of: upper))
    drawing.line(from: (left, y), to: (right, y), stroke: Self.ink, width: 2)
    if axis.isBelow(lower) {
      drawing.polygon([(left - 8, y), (left, y - 5), (left, y + 5)], fill: Self.ink)
    } else {
      drawing.line(from: (left, y - 5), to: (left, y + 5), stroke: Self.ink, width: 2)
    }
    if axis.isAbove(upper) {
      drawing.polygon([(right + 8, y), (right, y - 5), (right, y + 5)], fill: Self.ink)
    } else {
      drawing.line(from: (right, y - 5), to: (right, y + 5), stroke: Self.ink, width: 2)
    }
    if !axis.isBelow(ratio), !axis.isAbove(ratio) {
      drawing.rectangle(x: axis.place(of: ratio) - 4.5, y: y - 4.5, width: 9, height: 9, fill: Self.ink)
    }
    let interval =
      "\(CoefficientTable.ratio(lower, estimate)) to \(CoefficientTable.ratio(upper, estimate))"
    drawing.text(
      "\(CoefficientTable.ratio(ratio, estimate)) (\(interval))", x: Self.ratioX, y: y + 4.5,
      anchor: .end)
  }

  /// A label in at most two lines.
  private static func label(_ text: String) -> [String] {
    let lines = TextLines.wrapped(text, width: labelCharacters)
    guard lines.count > mostLabelLines else { return lines }
    let rest = lines.dropFirst(mostLabelLines - 1).joined(separator: " ")
    return lines.prefix(mostLabelLines - 1) + [cut(rest, to: labelCharacters)]
  }

  private static func contrast(_ term: ModelFile.Term, in model: ModelFile) -> String {
    cut(model.comparison(of: term).sentence, to: labelCharacters)
  }

  private static func cut(_ text: String, to count: Int) -> String {
    text.count <= count ? text : "\(text.prefix(count - 1))…"
  }
}
