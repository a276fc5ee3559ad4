import Boosting
import Foundation
import KonsilTesting
import ResearchTools
import Testing

@Suite(.needsKonsil)
struct TreeSimulationTests {
  private static func trained(environment: [String: String] = [:]) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    try workspace.write(Checkout.text("Tests/Fixtures/small-ibd/ibd-trees.plan.yaml"), to: "trees.yaml")
    let result = try KonsilProcess.run(
      ["simulate", "--study", "ibd.yaml", "--plan", "trees.yaml", "--out", "result", "--site"]
        + Workspace.sites.map { "\($0)=records/\($0).csv" }, in: workspace, environment: environment)
    try #require(result.status == 0, "\(result.errors)")
    return workspace
  }

  @Test func treesAreTrainedShownExportedAndPredictWith() throws {
    let workspace = try Self.trained()
    guard case .trees(let model) = try ResultFile.read(workspace("result/model.json")) else {
      Issue.record("the model is not of trees")
      return
    }
    #expect(model.simulated && model.rounds.count == 20 && model.sites == Workspace.sites.count)
    #expect(model.parameters.contains { $0.name == "max_bin" && $0.value == "32" })
    let shown = try KonsilProcess.succeed("model", "show", "--file", "result/model.json", in: workspace)
    #expect(shown.output.contains("20 in 20 rounds") && shown.output.contains("crp"))

    try KonsilProcess.succeed(
      "model", "export", "--file", "result/model.json", "--format", "xgboost-json", "--out", "x.json",
      in: workspace)
    let trees = try #require(model.model)
    #expect(try workspace.text("x.json") == XGBoostDocument(trees).text)

    let site = "records/\(Workspace.sites[0]).csv"
    let predicted = try KonsilProcess.succeed(
      "predict", "--model", "result/model.json", "--input", site, in: workspace)
    let lines = predicted.output.split(separator: "\n")
    #expect(lines.count == (try workspace.text(site)).split(separator: "\n").count)
    #expect(lines[0].hasPrefix("simulated,") && lines[0].hasSuffix(",probability"))
    for line in lines.dropFirst() {
      let probability = try #require(line.split(separator: ",").last.flatMap { Double($0) })
      #expect(0 < probability && probability < 1)
    }
  }

  /// Of glibc: without these features of the processor it takes other code for `exp` and its like, which rounds
  /// otherwise. Elsewhere the variable means nothing, and the test little.
  private static let otherCode =
    "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD,-AVX2,-AVX,-FMA,-FMA4,-BMI2"

  @Test func modelsAreTheSameBytesWhateverCodeTheMathematicalLibraryTakes() throws {
    let usual = try Self.trained()
    let other = try Self.trained(environment: ["GLIBC_TUNABLES": Self.otherCode])
    #expect(try other.text("result/model.json") == usual.text("result/model.json"))
  }

  @Test func whatOnlyRegressionsHaveIsRefused() throws {
    let workspace = try Workspace()
    try workspace.write(SampleTrees.text, to: "trees.json")
    try workspace.write(SampleModel.text, to: "model.json")
    try workspace.write("age,steroids,drug\n30,0,infliximab\n", to: "one.csv")
    let refused: [([String], String)] = [
      (
        ["model", "plot", "--file", "trees.json", "--out", "x.svg"],
        "boosted trees, which have no coefficients"
      ),
      (["predict", "--model", "trees.json", "--input", "one.csv", "--intercept", "1"], "have no intercept"),
      (
        ["model", "export", "--file", "model.json", "--format", "xgboost-json", "--out", "x.json"],
        "only boosted trees"
      ),
    ]
    for (arguments, words) in refused {
      let result = try KonsilProcess.run(arguments, in: workspace)
      #expect(result.status != 0 && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
  }
}
