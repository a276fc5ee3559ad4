import Federation

/// What of a model can be drawn.
package enum PlotKind: String, CaseIterable, Sendable {
  /// Odds ratios with their intervals.
  case oddsRatios = "odds-ratios"
  /// Predicted against observed shares, of held-out rows.
  case calibration
}

/// A drawing of a model in a file.
package enum PlotFile {
  /// - Throws: a complaint when the model has no validation to draw.
  package static func write(
    _ model: ModelFile, _ kind: PlotKind, to path: String, force: Bool
  ) throws -> WrittenReport {
    let svg: String
    switch kind {
    case .oddsRatios: svg = ForestPlot(model).svg
    case .calibration:
      guard let plot = CalibrationPlot(model) else {
        throw Complaint(
          .badInput, code: "not-validated", "the model has no validation, so there is nothing to draw",
          advice: "add “validation: {folds: 5}” to the plan and run it again")
      }
      svg = plot.svg
    }
    try LocalFiles.write(svg, to: path, force: force)
    return WrittenReport(simulated: model.simulated, files: [path])
  }
}
