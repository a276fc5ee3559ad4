import Federation
import Foundation
import ResearchTools
import Testing

@Suite(.needsKonsil)
struct ModelExportTests {
  @Test func exportedJSONIsTheModelAgain() throws {
    let workspace = try Workspace()
    try workspace.write(SampleModel.text, to: "model.json")
    try KonsilProcess.succeed(
      "model", "export", "--file", "model.json", "--format", "json", "--out", "again.json", in: workspace)
    #expect(try ModelFile.read(workspace("again.json")) == SampleModel.decode())
    try KonsilProcess.succeed(
      "model", "export", "--file", "again.json", "--format", "json", "--out", "third.json", in: workspace)
    #expect(try workspace.text("third.json") == workspace.text("again.json"))
  }

  @Test func exportedCSVHasOneRowACoefficientWithEveryBit() throws {
    let workspace = try Workspace()
    try workspace.write(SampleModel.text, to: "model.json")
    try KonsilProcess.succeed(
      "model", "export", "--file", "model.json", "--format", "csv", "--out", "model.csv", in: workspace)
    let rows = try workspace.text("model.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(
      rows[0] == [
        "simulated", "term", "variable", "level", "reference", "unit", "contrast", "coefficient",
        "standard_error", "odds_ratio", "lower_95", "upper_95", "p",
      ])
    #expect(rows[1].prefix(9) == ["false", "(intercept)", "", "", "", "", "", "1.5", "0.5"])
    #expect(
      rows[4].prefix(9) == [
        "false", "drug=adalimumab", "drug", "adalimumab", "infliximab", "", "vs infliximab", "-0.5", "0.5",
      ])
    let model = try SampleModel.decode()
    for (row, estimate) in zip(rows.dropFirst(), model.estimates) {
      #expect(Double(row[7]) == estimate.coefficient && Double(row[9]) == estimate.oddsRatio)
      #expect(Double(row[10]) == estimate.lower && Double(row[11]) == estimate.upper)
      #expect(Double(row[12]) == estimate.p)
    }
    #expect(rows.count == 6)
  }

  @Test func whatWasWrittenIsReportedAsJSON() throws {
    let workspace = try Workspace()
    try workspace.write(SampleModel.text, to: "model.json")
    let written = try KonsilProcess.succeed(
      "model", "plot", "--file", "model.json", "--out", "model.svg", "--json", in: workspace
    ).json()
    #expect(written["files"] as? [String] == ["model.svg"] && written["simulated"] as? Bool == false)
    let shown = try KonsilProcess.succeed(
      "model", "show", "--file", "model.json", "--json", in: workspace
    ).json()
    #expect(shown["aic"] as? Double == 211 && shown["shrunken"] as? Bool == false)
    #expect((shown["coefficients"] as? [[String: Any]])?.count == 5)
  }
}
