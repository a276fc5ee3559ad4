import Foundation
import ResearchTools
import Testing

struct CalibrationPlotTests {
  @Test func itNamesItsFiguresAndDrawsEachBinWithItsInterval() throws {
    let svg = try #require(CalibrationPlot(RichModel.decode())).svg
    let texts = try #require(Drawing.texts(of: svg))
    for expected in [
      "Calibration on held-out rows: 5 folds, dealt anew 2 times; the bins are of the first",
      "slope 0.800, intercept -0.050, AUC 0.700, Brier score 0.210", "predicted probability",
      "observed share",
    ] {
      #expect(texts.contains(expected), "\(expected)")
    }
    #expect(svg.components(separatedBy: "<circle").count == 4)
    // Both axes reach from 0 to 0.8, over 640 and 560: the interval of the highest bin ends at 0.700, Wilson's of 48 of 80.
    #expect(svg.contains("<circle cx=\"260\"") && svg.contains("<circle cx=\"540\""))
  }

  @Test func aSimulatedModelIsHeadedSo() throws {
    let text = try RichModel.text.changing(SampleModel.simulated.old, to: SampleModel.simulated.new)
    let plot = try #require(CalibrationPlot(RichModel.decode(text)))
    let texts = try #require(Drawing.texts(of: plot.svg))
    #expect(texts.contains("SIMULATED: one process was the whole federation, under throw-away identities"))
  }

  @Test func aModelWithoutValidationHasNone() throws {
    #expect(try CalibrationPlot(SampleModel.decode()) == nil)
  }

  @Test(.needsKonsil) func theCommandDrawsItOrSaysWhyNot() throws {
    let workspace = try Workspace()
    try workspace.write(RichModel.text, to: "rich.json")
    try workspace.write(SampleModel.text, to: "model.json")
    try KonsilProcess.succeed(
      "model", "plot", "--file", "rich.json", "--kind", "calibration", "--out", "fit.svg", in: workspace)
    #expect(try workspace.text("fit.svg") == CalibrationPlot(RichModel.decode())?.svg)
    let refused = try KonsilProcess.run(
      ["model", "plot", "--file", "model.json", "--kind", "calibration", "--out", "x.svg"], in: workspace)
    #expect(refused.status == 65 && !workspace.exists("x.svg"))
    #expect(
      refused.errors
        == "konsil: error: the model has no validation, so there is nothing to draw; add “validation: {folds: 5}” to the plan and run it again\n"
    )
  }
}
