import Federation
import Foundation
import PooledReference
import ResearchTools
import Testing

@Suite(.needsKonsil)
struct PredictionTests {
  private static func workspace(_ records: String) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write(SampleModel.text, to: "model.json")
    try workspace.write(records, to: "patients.csv")
    return workspace
  }

  private static let records = """
    patient_id,drug,age,steroids,comment
    p1,infliximab,30,0,
    p2,adalimumab,50,1,
    p3,vedolizumab,65.5,0,
    p4,infliximab,-9,0,
    p5,,40,1,

    """

  // python3 -c 'import math
  // for a, s, d in [(30, 0, 0), (50, 1, -.5), (65.5, 0, -1.25)]:
  //   print(1/(1 + math.exp(-(1.5 + a/32 + .75*s + d))))'
  private static let expected = [0.9196425311777929, 0.9648551535992067, 0.9086178969328287]

  @Test func probabilitiesAreThoseOfTheLogisticFormula() throws {
    let workspace = try Self.workspace(Self.records)
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace)
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines[0] == ["patient_id", "probability"])
    for (line, (key, expected)) in zip(lines.dropFirst(), zip(["p1", "p2", "p3"], Self.expected)) {
      #expect(line[0] == key)
      #expect(abs(try #require(Double(line[1])) - expected) <= 1e-15)
    }
    #expect(lines.dropFirst(4) == [["p4", ""], ["p5", ""]])
    #expect(
      result.errors == "konsil: 5 rows, 2 without a probability because a variable is missing\n")
  }

  @Test func aFileHoldsTheSameAndIsNotForOthersToRead() throws {
    let workspace = try Self.workspace(Self.records)
    let shown = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace)
    let written = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--out", "risk.csv", in: workspace)
    #expect(try workspace.text("risk.csv") == shown.output)
    #expect(try workspace.mode("risk.csv") == 0o600)
    #expect(
      written.output == """
        5 rows, 2 without a probability because a variable is missing
        wrote risk.csv

        """)
  }

  @Test func asJSONAMissingProbabilityIsNull() throws {
    let workspace = try Self.workspace(Self.records)
    let json = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--json", in: workspace
    ).json()
    let rows = try #require(json["predictions"] as? [[String: Any]])
    #expect(rows.map { $0["key"] as? String } == ["p1", "p2", "p3", "p4", "p5"])
    #expect(abs(try #require(rows[1]["probability"] as? Double) - Self.expected[1]) <= 1e-15)
    #expect(rows[3]["probability"] is NSNull)
    #expect(json["missing"] as? Int == 2 && json["rows"] as? Int == 5)
  }

  @Test func withoutTheRecordKeyRowsAreCounted() throws {
    let workspace = try Self.workspace("age,steroids,drug\n30,0,infliximab\n50,1,adalimumab\n")
    let output = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace
    ).output
    #expect(output.hasPrefix("row,probability\n1,0.9196"))
    #expect(output.contains("\n2,0.9648"))
  }

  @Test func aFilteredModelSaysThatItsRowsAreNotChecked() throws {
    let workspace = try Self.workspace(Self.records)
    try workspace.write(
      SampleModel.text.changing(
        "\"filter\": []", to: #""filter": [{"variable": "drug", "one_of": ["infliximab"]}]"#),
      to: "model.json")
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace)
    #expect(
      result.errors.contains(
        "the model was fitted on rows where drug one of infliximab; that is not checked here"))
  }

  private static let richRecords = """
    patient_id,age,crp,bmi,albumin,stage,drug,location,diagnosis,joints,pain
    p1,50,9,30,45,mid,adalimumab,L2,CD,10,20
    p2,60,,20,35,high,ustekinumab,,UC,5,10
    p3,40,0,26,,low,,L1,CD,0,0

    """

  // python3 -c 'from math import exp, log1p
  // cube = lambda x: max(0, x)**3
  // bent = lambda x: (cube(x-30) - cube(x-40)*20/10 + cube(x-50)*10/10)/400
  // def p(age, crp, bmi, alb, stage, adal, other, l2, joints, pain):
  //     l = -1 + .25*age/10 + .5*(2 if crp is None else log1p(crp)) - .25*(crp is None) + .125*max(0, bmi-25)
  //     l += -.0625*(41 if alb is None else alb) + .5*(3 if alb is None else bent(alb)) + .375*stage
  //     l += -.5*(.25 if adal is None else adal) + .75*(.5 if other is None else other) + l2
  //     l += .0625*(joints + .5*pain) - .125*(1 if adal is None else age/10*adal)
  //     return 1/(1+exp(-l))
  // print(p(50, 9, 30, 45, 1, 1, 0, 1, 10, 20), p(60, None, 20, 35, 2, 0, 1, 0, 5, 10),
  //       p(40, 0, 26, None, 0, None, None, 0, 0, 0))'
  private static let richExpected = [0.9902437454287113, 0.7931059511841119, 0.30735801686526387]

  @Test func everyKindOfColumnIsPredictedWithMeansForWhatIsMissing() throws {
    let workspace = try Workspace()
    try workspace.write(RichModel.text, to: "model.json")
    try workspace.write(Self.richRecords, to: "patients.csv")
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--intercept", "-1", in: workspace)
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines[0] == ["patient_id", "probability", "filled"])
    for (line, expected) in zip(lines.dropFirst(), Self.richExpected) {
      #expect(abs(try #require(Double(line[1])) - expected) <= 1e-14, "\(line)")
    }
    // C-reactive protein; both terms of albumin, two of the drug and its product with age.
    #expect(lines.dropFirst().map { $0[2] } == ["0", "1", "5"])
    #expect(result.errors.contains("2 rows have the mean in place of a missing value\n"))
  }

  @Test func withoutAnInterceptOfItsOwnAModelAsksForTheHospitals() throws {
    let workspace = try Workspace()
    try workspace.write(RichModel.text, to: "rich.json")
    try workspace.write(SampleModel.text, to: "model.json")
    try workspace.write(Self.richRecords, to: "rich.csv")
    try workspace.write(Self.records, to: "patients.csv")
    let missing = try KonsilProcess.run(
      ["predict", "--model", "rich.json", "--input", "rich.csv"], in: workspace)
    #expect(missing.status == 64 && missing.output.isEmpty)
    #expect(
      missing.errors
        == "konsil: error: the model has no intercept: each site keeps its own; give that of the hospital whose patients these are: --intercept NUMBER or --findings FILE\n"
    )
    let twice = try KonsilProcess.run(
      ["predict", "--model", "model.json", "--input", "patients.csv", "--intercept", "-1"], in: workspace)
    #expect(twice.status == 64 && twice.errors.contains("has an intercept of its own"))
  }

  private static func findings(_ run: String, _ values: [(String, Double)]) -> String {
    let list = values.map { #"{"name": "\#($0.0)", "value": \#($0.1), "meaning": "words"}"# }
    return #"{"run": "\#(run)", "at": {"milliseconds": 0}, "findings": [\#(list.joined(separator: ", "))]}"#
  }

  private static let sampleRun = "0123456789abcdef0123456789abcdef"

  @Test func aHospitalsOwnLineIsAppliedWhereItGivesWhatItsAgentLearnt() throws {
    let workspace = try Self.workspace(Self.records)
    try workspace.write(
      Self.findings(
        Self.sampleRun,
        [("auc_apparent", 0.75), ("recalibration_intercept", -0.5), ("recalibration_slope", 0.75)]),
      to: "findings.json")
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--findings", "findings.json",
      in: workspace)
    let lines = result.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    for (line, expected) in zip(lines, Self.expected) {
      let logOdds = -0.5 + 0.75 * log(expected / (1 - expected))
      #expect(abs(try #require(Double(line[1])) - 1 / (1 + exp(-logOdds))) <= 1e-12)
    }
    #expect(lines[3] == ["p4", ""])
    #expect(
      result.errors.contains("recalibrated for the hospital: logit(p) = -0.5 + 0.75 × logit(the model's p)"))
    // Without the file nothing is set right, and nothing says so.
    let plain = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace)
    #expect(!plain.errors.contains("recalibrated"))
  }

  @Test func whatAnAgentLearntInAnotherRunIsRefused() throws {
    let workspace = try Self.workspace(Self.records)
    let other = String(repeating: "f", count: 32)
    try workspace.write(Self.findings(other, []), to: "other.json")
    try workspace.write("{}", to: "empty.json")
    for (file, words) in [
      ("other.json", "is of run \(other)"), ("empty.json", "is not what an agent learnt"),
    ] {
      let result = try KonsilProcess.run(
        ["predict", "--model", "model.json", "--input", "patients.csv", "--findings", file], in: workspace)
      #expect(result.status == 65 && result.errors.contains(words) && result.output.isEmpty)
    }
  }

  @Test func aHospitalsInterceptComesFromItsFindingsToo() throws {
    let workspace = try Workspace()
    try workspace.write(
      RichModel.text.changing("\"outcome\": {", to: "\"run\": \"\(Self.sampleRun)\", \"outcome\": {"),
      to: "model.json")
    try workspace.write(Self.richRecords, to: "patients.csv")
    try workspace.write(Self.findings(Self.sampleRun, [("intercept", -1)]), to: "findings.json")
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--findings", "findings.json",
      in: workspace)
    let given = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--intercept", "-1", in: workspace)
    #expect(result.output == given.output)
  }

  @Test func aRowWithoutAVariableThatTheModelDemandsHasNoProbability() throws {
    let workspace = try Workspace()
    try workspace.write(RichModel.text, to: "model.json")
    try workspace.write(
      Self.richRecords.changing("p2,60,,20,35,high", to: "p2,60,,20,35,"), to: "patients.csv")
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", "--intercept", "-1", in: workspace)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines[2].hasPrefix("p2,,") && !lines[3].hasPrefix("p3,,"))
    #expect(result.errors.contains("3 rows, 1 without a probability because a variable is missing"))
  }

  @Test func aLevelThatNoRowOfTheModelHadIsNoReferenceAndHasNoProbability() throws {
    let workspace = try Workspace()
    let levels = "\"levels\": [\"infliximab\", \"adalimumab\", \"vedolizumab\""
    let text = try SampleModel.text.changing(
      "\(levels)], ", to: "\(levels), \"ustekinumab\"], \"unseen\": [\"ustekinumab\"], ")
    try workspace.write(text, to: "model.json")
    let estimates = try SampleModel.decode(text).estimates
    #expect(estimates.last?.contrast == "vs infliximab")
    try workspace.write("age,steroids,drug\n30,0,infliximab\n50,1,ustekinumab\n", to: "patients.csv")
    let result = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace)
    #expect(result.output.hasPrefix("row,probability\n1,0.9196") && result.output.hasSuffix("\n2,\n"))
    #expect(
      result.errors.contains("1 without a probability because a variable is missing or has a level that"))
  }

  @Test func aPatientMayHaveSeveralRowsToPredict() throws {
    let workspace = try Self.workspace(
      "patient_id,age,steroids,drug\np1,30,0,infliximab\np1,31,0,infliximab\n")
    let output = try KonsilProcess.succeed(
      "predict", "--model", "model.json", "--input", "patients.csv", in: workspace
    ).output
    #expect(output.split(separator: "\n").count == 3)
  }

  @Test func aFittedModelPredictsWhatItsCoefficientsSay() throws {
    let workspace = try Workspace()
    try workspace.simulateModel()
    let output = try KonsilProcess.succeed(
      "predict", "--model", "result/model.json", "--input", "records/basel.csv", in: workspace
    ).output
    let rows = output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == 240 && rows.allSatisfy { $0[0] == "true" && $0[1].hasPrefix("SIM-basel-") })
    let model = try ModelFile.read(workspace("result/model.json"))
    let design = try PooledDesign(
      PooledTable(files: [workspace("records/basel.csv")]), terms: ibdTerms, outcome: "failure_12m")
    for (row, line) in rows.enumerated() {
      let logOdds = model.terms.indices.reduce(try #require(model.intercept).coefficient) {
        $0 + model.terms[$1].coefficient * design.predictors[$1][row]
      }
      let probability = try #require(Double(line[2]))
      #expect(abs(probability - 1 / (1 + exp(-logOdds))) <= 1e-14)
    }
  }
}

/// The predictors of the committed plan, for the pooled reference.
let ibdTerms: [PooledDesign.Term] = [
  .numeric("age"), .categorical("sex", levels: ["F", "M"]), .numeric("smoker_current"),
  .numeric("prior_anti_tnf"), .categorical("drug", levels: ["infliximab", "adalimumab", "vedolizumab"]),
  .numeric("immunomodulator"), .numeric("steroids"), .numeric("crp"), .numeric("albumin"),
  .numeric("haemoglobin"),
]
