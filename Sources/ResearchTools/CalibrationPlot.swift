import Console

/// Predicted against observed shares of held-out rows, as a drawing in SVG.
package struct CalibrationPlot {
  private static let width = 760.0
  private static let plot = (x: 84.0...724.0, height: 560.0)
  private static let ink = "#1f4e79"
  private static let faint = "#6b7280"

  private let model: ModelFile
  private let validation: ModelValidation
  /// The greatest share on both axes, a tenth, so that rare outcomes fill the drawing.
  private let most: Double

  /// - Returns: nil for a model without validation.
  package init?(_ model: ModelFile) {
    guard let validation = model.validation else { return nil }
    self.model = model
    self.validation = validation
    let shares = validation.crossValidated.bins.flatMap { bin in
      [bin.meanPrediction, Self.interval(bin).upper]
    }
    most = min(1, max(0.2, ((shares.max() ?? 1) * 10).rounded(.up) / 10))
  }

  /// The whole document, text in UTF-8.
  package var svg: String {
    let heading = headingLines
    let top = 82 + Double(heading.count) * 20
    let bottom = top + Self.plot.height
    var drawing = SVGDrawing(
      width: Self.width, height: bottom + 140, title: "Calibration: \(model.outcome.label)")
    drawing.text(Self.cut(model.outcome.label, to: 70), x: 28, y: 36, size: 19, isBold: true)
    for (index, line) in heading.enumerated() {
      let isWarning = line.hasPrefix("SIMULATED")
      drawing.text(
        Self.cut(line, to: 104), x: 28, y: 60 + Double(index) * 20, fill: isWarning ? "#b45309" : "#222222",
        isBold: isWarning)
    }
    drawAxes(from: top, to: bottom, into: &drawing)
    drawDiagonal(to: bottom, into: &drawing)
    drawBins(to: bottom, into: &drawing)
    drawFooter(at: bottom, into: &drawing)
    return drawing.document
  }

  private var headingLines: [String] {
    let performance = validation.crossValidated
    func places(_ value: Double?) -> String { value.map { NumberText.decimals($0, places: 3) } ?? "none" }
    var lines = [
      "Calibration on held-out rows: \(ValidationTables.words(validation))"
        + (validation.repeats == 1 ? "" : "; the bins are of the first"),
      "slope \(places(performance.calibrationSlope)), intercept \(places(performance.calibrationIntercept)), "
        + "AUC \(places(performance.auc)), Brier score \(places(performance.brier))",
      "n = \(model.rows), \(model.events) events, \(model.sites) sites; study \(model.study.name), plan \(model.plan.name)",
    ]
    if model.simulated {
      lines.append("SIMULATED: one process was the whole federation, under throw-away identities")
    }
    return lines
  }

  private func x(_ share: Double) -> Double {
    Self.plot.x.lowerBound + min(share / most, 1) * (Self.plot.x.upperBound - Self.plot.x.lowerBound)
  }

  private func y(_ share: Double, _ bottom: Double) -> Double {
    bottom - min(share / most, 1) * Self.plot.height
  }

  private func drawAxes(from top: Double, to bottom: Double, into drawing: inout SVGDrawing) {
    let (left, right) = (Self.plot.x.lowerBound, Self.plot.x.upperBound)
    let tenths = Int((most * 10).rounded())
    let step = tenths > 5 ? 2 : 1
    for tenth in stride(from: 0, through: tenths, by: step) {
      let share = Double(tenth) / 10
      let label = NumberText.shortest(share)
      drawing.line(from: (x(share), top), to: (x(share), bottom), stroke: "#dde1e7")
      drawing.line(from: (left, y(share, bottom)), to: (right, y(share, bottom)), stroke: "#dde1e7")
      drawing.text(label, x: x(share), y: bottom + 20, size: 12, fill: Self.faint, anchor: .middle)
      drawing.text(label, x: left - 8, y: y(share, bottom) + 4, size: 12, fill: Self.faint, anchor: .end)
    }
    drawing.line(from: (left, bottom), to: (right, bottom), stroke: Self.faint)
    drawing.line(from: (left, top), to: (left, bottom), stroke: Self.faint)
    drawing.text(
      "predicted probability", x: (left + right) / 2, y: bottom + 42, size: 12, fill: Self.faint,
      anchor: .middle)
    drawing.text("observed share", x: 28, y: top - 10, size: 12, fill: Self.faint)
  }

  /// Where predictions equal what was observed.
  private func drawDiagonal(to bottom: Double, into drawing: inout SVGDrawing) {
    drawing.curve(
      [(x(0), y(0, bottom)), (x(most), y(most, bottom))], stroke: "#4b5563", width: 1.5, isDashed: true)
  }

  private func drawBins(to bottom: Double, into drawing: inout SVGDrawing) {
    for bin in validation.crossValidated.bins {
      let (lower, upper) = Self.interval(bin)
      let place = x(bin.meanPrediction)
      drawing.line(from: (place, y(lower, bottom)), to: (place, y(upper, bottom)), stroke: Self.ink, width: 2)
      for end in [lower, upper] {
        drawing.line(
          from: (place - 4, y(end, bottom)), to: (place + 4, y(end, bottom)), stroke: Self.ink, width: 2)
      }
      drawing.circle(
        x: place, y: y(Double(bin.events) / Double(bin.rows), bottom), radius: 5, fill: Self.ink,
        stroke: "#ffffff")
    }
  }

  private func drawFooter(at bottom: Double, into drawing: inout SVGDrawing) {
    let lines = [
      "Each point is a bin of rows with neighbouring predictions, with the 95 % interval of its observed share (Wilson).",
      "Dashed: where predictions equal what was observed. Slope: of the outcome's log odds on the predicted ones;",
      "intercept: their mean distance, beside slope 1.",
    ]
    for (index, line) in lines.enumerated() {
      drawing.text(line, x: 28, y: bottom + 76 + Double(index) * 18, size: 12, fill: Self.faint)
    }
  }

  /// Wilson's 95 % interval of a bin's share of events.
  private static func interval(_ bin: ModelValidation.Bin) -> (lower: Double, upper: Double) {
    let (z, rows) = (Estimate.normalQuantile, Double(bin.rows))
    let share = Double(bin.events) / rows
    let centre = share + z * z / (2 * rows)
    let half = z * (share * (1 - share) / rows + z * z / (4 * rows * rows)).squareRoot()
    let scale = 1 + z * z / rows
    return (max(0, (centre - half) / scale), min(1, (centre + half) / scale))
  }

  private static func cut(_ text: String, to count: Int) -> String {
    text.count <= count ? text : "\(text.prefix(count - 1))…"
  }
}
