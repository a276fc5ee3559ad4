import Documents
import Federation
import Foundation
import PooledReference
import ResearchTools
import Testing

@Suite(.needsKonsil)
struct SimulateTests {
  private static func expectPooled(
    _ model: ModelFile, _ records: [String], ridge: Double, in workspace: Workspace
  ) throws {
    let design = try PooledDesign(
      PooledTable(files: records.map { workspace($0) }), terms: ibdTerms, outcome: "failure_12m")
    let fit = try LogisticFit(design, ridge: ridge)
    #expect(model.covariance.names == fit.names)
    let coefficients = [try #require(model.intercept).coefficient] + model.terms.map(\.coefficient)
    let difference = try maxDifference(
      coefficients: coefficients, reference: fit.coefficients, standardErrors: fit.standardErrors)
    #expect(difference <= 1e-9, "\(difference)")
    for row in fit.names.indices {
      for column in fit.names.indices {
        let scale = fit.standardErrors[row] * fit.standardErrors[column]
        let found = model.covariance.rows[row][column]
        #expect(abs(found - fit.covariance[row][column]) <= 1e-9 * scale)
      }
    }
    #expect(abs(model.logLikelihood - fit.logLikelihood) <= 1e-9 * abs(fit.logLikelihood))
    #expect(model.rows == design.rowCount && model.events == design.outcome.count { $0 == 1 })
  }

  @Test func aSimulatedRunEqualsThePooledFit() throws {
    let workspace = try Workspace()
    try workspace.simulateModel()
    let model = try ModelFile.read(workspace("result/model.json"))
    try Self.expectPooled(
      model, Workspace.sites.map { "records/\($0).csv" }, ridge: 0, in: workspace)
    #expect(model.simulated && model.run == nil && model.sites == 4 && model.study.digest == nil)
    #expect(model.outcome.label == "Failure of the index biologic within 12 months")
  }

  @Test func soDoesOneWithARidgePenaltyOverTheSitesOfASignedPlan() throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    try workspace.makeStudy()
    try workspace.derive(
      "ridge.yaml", from: "ibd-failure.plan.yaml", "penalty: none ",
      "sites: [luxembourg, freiburg, basel]\npenalty: {ridge: {lambda: 2.5}} ")
    try KonsilProcess.succeed(
      "plan", "new", "--study", "study.yaml", "--template", "ridge.yaml", "--out", "plan.yaml", in: workspace)
    // Given in another order than the plan's.
    let sites = ["basel", "luxembourg", "freiburg"]
    let report = try KonsilProcess.run(
      ["simulate", "--study", "study.yaml", "--plan", "plan.yaml", "--out", "result", "--json", "--site"]
        + sites.map { "\($0)=records/\($0).csv" }, in: workspace
    ).json()
    let run = try #require(report["run"] as? [String: Any])
    let order = try #require(run["sites"] as? [[String: Any]]).map { $0["site"] as? String }
    #expect(order == ["luxembourg", "freiburg", "basel"])
    let model = try ModelFile.read(workspace("result/model.json"))
    try Self.expectPooled(model, sites.map { "records/\($0).csv" }, ridge: 2.5, in: workspace)
    #expect(model.isShrunken && model.penalty.lambda == 2.5 && model.study.digest?.count == 64)
    #expect(try workspace.text("result/coefficients.csv").split(separator: "\n")[2].hasSuffix(","))
  }

  @Test func aFilterChoosesTheRows() throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    try workspace.derive(
      "women.yaml", from: "ibd-failure.plan.yaml", "  - sex\n", "")
    try workspace.derive(
      "women.yaml", from: "women.yaml", "membership: fixed", "filter: {sex: {one_of: [F]}}\nmembership: fixed"
    )
    let run = try KonsilProcess.run(
      ["simulate", "--study", "ibd.yaml", "--plan", "women.yaml", "--out", "result", "--site"]
        + Workspace.named { "records/\($0).csv" }, in: workspace)
    #expect(run.output.contains("rows where  sex one of F\n"))
    let women = try Workspace.sites.reduce(0) {
      $0 + (try workspace.text("records/\($1).csv").split(separator: "\n").count { $0.contains(",F,") })
    }
    #expect(try ModelFile.read(workspace("result/model.json")).rows == women)
  }

  @Test func everyOutputSaysThatItIsSimulated() throws {
    let workspace = try Workspace()
    try workspace.simulateRecords()
    let arguments =
      ["simulate", "--study", "ibd.yaml", "--plan", "ibd-failure.plan.yaml", "--out", "result", "--site"]
      + Workspace.named { "records/\($0).csv" }
    let text = try KonsilProcess.run(arguments, in: workspace)
    #expect(text.output.hasPrefix("simulated  "))
    let progress = text.errors.split(separator: "\n")
    #expect(progress.count >= 6 && progress.allSatisfy { $0.hasPrefix("simulated: step ") })
    #expect(progress.first == "simulated: step 1 of at most 60: support, 17 numbers, verified")
    for file in ["model.json", "run.json"] {
      let json = try JSONSerialization.jsonObject(with: Data(workspace.text("result/\(file)").utf8))
      #expect((json as? [String: Any])?["simulated"] as? Bool == true, "\(file)")
    }
    for file in ["coefficients.csv", "covariance.csv"] {
      let lines = try workspace.text("result/\(file)").split(separator: "\n")
      #expect(lines[0].hasPrefix("simulated,") && lines.count == 13, "\(file)")
      #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("true,") }, "\(file)")
    }
    let json = try KonsilProcess.run(arguments + ["--json", "--force"], in: workspace).json()
    #expect(json["simulated"] as? Bool == true)
    let shown = try KonsilProcess.succeed("model", "show", "--file", "result/model.json", in: workspace)
    #expect(shown.output.hasPrefix("simulated  "))
    try KonsilProcess.succeed(
      "model", "plot", "--file", "result/model.json", "--out", "model.svg", in: workspace)
    #expect(try workspace.text("model.svg").contains(">SIMULATED: "))
  }

  @Test func theReportCountsStepsAndNamesItsFiles() throws {
    let workspace = try Workspace()
    try workspace.simulateModel()
    let run = try #require(
      try JSONSerialization.jsonObject(with: Data(workspace.text("result/run.json").utf8)) as? [String: Any])
    let steps = try #require(run["steps"] as? [[String: Any]])
    #expect(steps.map { $0["step"] as? Int } == (1...steps.count).map { $0 })
    let newton = steps.count { $0["query"] as? String == "newton" }
    #expect(try ModelFile.read(workspace("result/model.json")).newtonSteps == newton)
    let sites = try #require(run["sites"] as? [[String: Any]])
    #expect(sites.map { $0["records"] as? Int } == [120, 160, 200, 240])
    #expect(try #require(run["seconds"] as? Double) > 0)
  }
}

@Suite(.needsKonsil)
struct CohortSimulateTests {
  @Test func theSameSeedGivesTheSameBytesAndAnotherOthers() throws {
    let workspace = try Workspace()
    for (seed, folder) in [("3", "a"), ("3", "b"), ("4", "c")] {
      try KonsilProcess.succeed(
        "cohort", "simulate", "--study", "ibd.yaml", "--sites", "luxembourg,basel", "--rows", "20,30",
        "--seed", seed, "--out", folder, in: workspace)
    }
    #expect(try workspace.text("a/basel.csv") == workspace.text("b/basel.csv"))
    #expect(try workspace.text("a/basel.csv") != workspace.text("c/basel.csv"))
    #expect(try workspace.text("a/basel.csv").split(separator: "\n").count == 31)
  }

  @Test func aStudyNamesTheRecordKeyAndTheReportSaysSimulated() throws {
    let workspace = try Workspace()
    try workspace.makeStudy(["--record-key", "pseudonym"])
    let arguments = [
      "cohort", "simulate", "--study", "study.yaml", "--effects", "ibd.effects.yaml", "--sites",
      "luxembourg,basel", "--rows", "20,30", "--seed", "3", "--out",
    ]
    let text = try KonsilProcess.run(arguments + ["a"], in: workspace)
    #expect(
      text.output == """
        simulated records of the study ibd, seed 3

        site        rows  file
        luxembourg    20  a/luxembourg.csv
        basel         30  a/basel.csv

        """)
    #expect(try workspace.text("a/basel.csv").hasPrefix("pseudonym,age,"))
    let json = try KonsilProcess.run(arguments + ["b", "--json"], in: workspace).json()
    #expect(json["simulated"] as? Bool == true && json["seed"] as? Int == 3)
    #expect((json["sites"] as? [[String: Any]])?.map { $0["rows"] as? Int } == [20, 30])
  }
}
