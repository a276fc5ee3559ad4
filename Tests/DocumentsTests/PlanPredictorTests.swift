import Documents
import Federation
import Preprocessing
import Regression
import Testing

@Suite("The predictors of a plan")
struct PlanPredictorTests {
  private func text(_ predictors: String) -> String {
    """
    konsil: plan/1
    name: small
    study: {name: gut}
    algorithm: logistic
    outcome: failure
    predictors:
    \(predictors)
    """
  }

  @Test("are variables, with options in braces, and interactions")
  func forms() throws {
    let plan = try PlanDocument.decode(
      text(
        """
          - sex
          - drug: {reference: adalimumab}
          - crp: {transform: log1p}
          - ferritin: {transform: log, per: 2}
          - age: {per: 10}
          - bmi: {hinge: 25}
          - albumin: {spline: 4}
          - edss: {coding: levels, reference: 2.5}
          - crp: {transform: log}
          - interaction: [age, sex]
        """
      ).utf8, file: "p.yaml")
    let predictors = [
      PlannedPredictor("sex"), PlannedPredictor("drug", reference: "adalimumab"),
      PlannedPredictor("crp", transformation: .log1p),
      PlannedPredictor("ferritin", transformation: .log, per: 2), PlannedPredictor("age", per: 10),
      PlannedPredictor("bmi", transformation: .hinge(25)),
      PlannedPredictor("albumin", transformation: .spline(knots: 4)),
      PlannedPredictor("edss", coding: .levels, reference: "2.5"),
      PlannedPredictor("crp", transformation: .log),
    ]
    let terms = predictors.map { PlannedTerm.predictor($0) } + [.interaction("age", "sex")]
    #expect(plan.algorithm == .logistic(LogisticSpecification(outcome: "failure", terms: terms)))
  }

  @Test(
    "are refused with their line where they do not fit",
    arguments: [
      (
        "  - age: {per: 0}",
        "[1].age.per: must be a number above 0; write it with a decimal point, without quotes"
      ),
      ("  - age: {transform: sqrt}", "[1].age.transform: is not known here; write one of log, log1p"),
      (
        "  - age: {spline: 6}",
        "[1].age.spline: must be a whole number from 3 to 5; write it in digits, without quotes"
      ),
      (
        "  - age: {hinge: low}",
        "[1].age.hinge: must be a number; write it with a decimal point, without quotes"
      ),
      (
        "  - age: {hinge: 40, transform: log}",
        "[1].age: mixes transform, hinge and spline; keep one of them, or name the variable twice"
      ),
      ("  - age: {coding: ordinal}", "[1].age.coding: is not known here; write one of linear, levels"),
      (
        "  - age: {log: true}",
        "[1].age.log: is not a key here; write one of reference, transform, hinge, spline, per, coding"
      ),
      (
        "  - age:\n    per: 10",
        "[1]: has 2 keys, and an entry is of one variable; write “- age”, “- age: {per: 10}” or “- interaction: [age, sex]”, options in braces"
      ),
      (
        "  - Age",
        "[1]: is not a name; write a lower-case letter, then at most 62 lower-case letters, digits or “_”"
      ),
      (
        "  - Age: {per: 10}",
        "[1].Age: is not a name; write a lower-case letter, then at most 62 lower-case letters, digits or “_”"
      ),
      (
        "  - [age, sex]",
        "[1]: is not a predictor; write “- age”, “- age: {per: 10}” or “- interaction: [age, sex]”"
      ),
      ("  - interaction: [age, sex, crp]", "[1].interaction: names 3 variables; name two: “[age, sex]”"),
      ("  - interaction: [age, age]", "[1].interaction[2]: repeats “age”; keep each entry of the list once"),
    ])
  func refused(line: String, expected: String) {
    #expect(
      complaint { () throws(DocumentError) in
        try PlanDocument.decode(text(line).utf8, file: "p.yaml")
      } == "p.yaml:7: predictors\(expected)")
  }

  @Test("stand once in one form each")
  func repeated() {
    #expect(
      complaint { () throws(DocumentError) in
        try PlanDocument.decode(text("  - age: {per: 10}\n  - sex\n  - age: {per: 10}").utf8, file: "p.yaml")
      } == "p.yaml:9: predictors[3]: repeats “age”; keep each entry of the list once")
  }
}
