import Boosting
import Federation
import Foundation
import ResearchTools
import Testing

struct TreePredictionTests {
  /// By hand: age 40.5 is not below its cut; a missing age goes right, then left; a missing drug left.
  ///
  /// python3 -c 'import math
  /// for s in [-.5+.25+.5, -.5+.125+.5, -.5-.75-1, -.5-.75+.5, -.5-.75+.5]: print(1/(1 + math.exp(-s)))'
  private static let records = """
    patient_id,drug,age,steroids
    p1,infliximab,40.4,0
    p2,adalimumab,40.5,1
    p3,vedolizumab,65.5,
    p4,infliximab,-9,0
    p5,,50,1

    """
  private static let expected = [
    0.5621765008857981, 0.5312093733737563, 0.09534946489910949, 0.320821300824607, 0.320821300824607,
  ]

  @Test func probabilitiesFollowTheTrees() throws {
    let workspace = try Workspace()
    try workspace.write(Self.records, to: "patients.csv")
    let report = try TreePrediction.run(
      SampleTrees.decode(), input: workspace("patients.csv"), out: nil, force: false)
    let lines = report.text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines[0] == ["patient_id", "probability"])
    #expect(lines.dropFirst().map { $0[0] } == ["p1", "p2", "p3", "p4", "p5"])
    for (line, expected) in zip(lines.dropFirst(), Self.expected) {
      #expect(abs(try #require(Double(line[1])) - expected) <= 1e-15)
    }
    #expect(report.notes == ["5 rows"])
    _ = try TreePrediction.run(
      SampleTrees.decode(), input: workspace("patients.csv"), out: workspace("risk.csv"), force: false)
    #expect(try workspace.text("risk.csv") == report.text)
    #expect(try workspace.mode("risk.csv") == 0o600)
  }

  @Test func eachClassHasAColumnAndARateIsMultipliedByItsExposure() throws {
    let workspace = try Workspace()
    try workspace.write("drug,age,steroids\ninfliximab,30,0\n", to: "one.csv")
    let softmax = try SampleTrees.text
      .changing(
        "{\"kind\": \"binary:logistic\"}",
        to: "{\"kind\": \"multi:softprob\", \"classes\": [\"mild\", \"severe\"]}"
      )
      .changing("\"base\": [-0.5]", to: "\"base\": [-0.5, 0.25]")
      .changing("]],\n    [[", to: "],\n    [")
    let report = try TreePrediction.run(
      SampleTrees.decode(softmax), input: workspace("one.csv"), out: nil, force: false)
    let lines = report.text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines[0] == ["row", "probability of mild", "probability of severe"])
    // Scores -0.25 and 0.75.
    let mild = try #require(Double(lines[1][1]))
    #expect(abs(mild - 1 / (1 + exp(1.0))) < 1e-15)
    #expect(abs(mild + (try #require(Double(lines[1][2]))) - 1) < 1e-15)

    let poisson = try SampleTrees.text
      .changing(
        "{\"kind\": \"binary:logistic\"}", to: "{\"kind\": \"count:poisson\", \"exposure\": \"years\"}"
      )
      .changing(
        "\"missing\": [], \"required\": false}\n  ],",
        to: """
          "missing": [], "required": false},
              {"name": "years", "label": "Years", "type": "continuous", "range": [0, 20], "missing": [],
                "required": true}
            ],
          """)
    try workspace.write("drug,age,steroids,years\ninfliximab,30,0,2.5\ninfliximab,30,0,\n", to: "two.csv")
    let rates = try TreePrediction.run(
      SampleTrees.decode(poisson), input: workspace("two.csv"), out: nil, force: false)
    let counts = rates.text.split(separator: "\n")
    #expect(counts[0] == "row,expected")
    #expect(abs(try #require(Double(counts[1].dropFirst(2))) - 2.5 * exp(0.25)) < 1e-14)
    #expect(counts[2] == "2,")
    #expect(rates.notes == ["2 rows, 1 without a prediction because the exposure is missing"])
  }
}

struct TreeExportTests {
  @Test func theFileIsXGBoostsDocumentAndWhatItsReaderMustKnowIsSaid() throws {
    let workspace = try Workspace()
    let model = try SampleTrees.decode()
    let report = try TreeExport.writeXGBoost(model, to: workspace("model.xgboost.json"), force: false)
    let trees = try #require(model.model)
    #expect(try workspace.text("model.xgboost.json") == XGBoostDocument(trees).text)
    #expect(report.text == "wrote \(workspace("model.xgboost.json"))\n")
    #expect(report.notes.count == 2)
    #expect(report.notes[0].contains("pred_contribs") && report.notes[1].contains("levels of drug"))
    let released = try SampleTrees.decode(SampleTrees.released())
    let again = try TreeExport.writeXGBoost(released, to: workspace("model.xgboost.json"), force: true)
    #expect(again.notes.count == 1)
  }

  @Test func linearLeavesAreAClearError() throws {
    let workspace = try Workspace()
    let model = try SampleTrees.decode(
      SampleTrees.text.changing(SampleTrees.linear.old, to: SampleTrees.linear.new))
    let error = #expect(throws: Complaint.self) {
      try TreeExport.writeXGBoost(model, to: workspace("model.xgboost.json"), force: false)
    }
    #expect(error?.code == "linear-leaves")
    #expect(!workspace.exists("model.xgboost.json"))
  }
}
