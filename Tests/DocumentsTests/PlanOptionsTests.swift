import Documents
import Federation
import Preprocessing
import Regression
import SecureAggregation
import Testing

private let plain = """
  konsil: plan/1
  name: small
  study: {name: gut}
  algorithm: logistic
  outcome: failure
  predictors: [age]
  """

@Suite("What a logistic plan says besides its predictors")
struct PlanOptionsTests {
  private func specification(adding lines: String) throws -> LogisticSpecification {
    let plan = try PlanDocument.decode("\(plain)\n\(lines)".utf8, file: "p.yaml")
    let algorithm = plan.algorithm
    guard case .logistic(let specification) = algorithm else { throw Mismatch() }
    return specification
  }

  private struct Mismatch: Error {}

  private func meant(
    _ change: (inout LogisticSpecification) -> Void
  ) -> LogisticSpecification {
    var specification = LogisticSpecification(outcome: "failure", predictors: ["age"], penalty: .none)
    change(&specification)
    return specification
  }

  @Test("is read, each key")
  func read() throws {
    #expect(try specification(adding: "missing: mean+indicator") == meant { $0.missing = .meanAndIndicator })
    #expect(try specification(adding: "missing: refuse") == meant { $0.missing = .refuse })
    #expect(try specification(adding: "rare: drop") == meant { $0.rare = .drop })
    #expect(try specification(adding: "penalty: firth") == meant { $0.penalty = .firth })
    #expect(
      try specification(adding: "penalty: {ridge: {lambda: auto}}") == meant { $0.penalty = .ridgeAuto })
    #expect(
      try specification(adding: "penalty: {ridge: {lambda: 2}}") == meant { $0.penalty = .ridge(lambda: 2) })
    #expect(try specification(adding: "intercept: site") == meant { $0.intercept = .site })
    #expect(
      try specification(adding: "standard_errors: cluster(patient)") == meant { $0.standardErrors = .cluster }
    )
    #expect(
      try specification(adding: "weights: {variable: w, kind: sampling}")
        == meant { $0.weights = .init(variable: "w", kind: .sampling) })
    #expect(
      try specification(adding: "validation: {folds: 10, repeats: 3, seed: 7}")
        == meant { $0.validation = .folds(10, repeats: 3, seed: 7) })
    #expect(
      try specification(adding: "validation: {groups: [[a, b, c], [d, e, f]]}")
        == meant { $0.validation = .groups([["a", "b", "c"], ["d", "e", "f"]]) })
    #expect(
      try specification(adding: "validation: {folds: 5}\nrecalibrate: site")
        == meant {
          $0.validation = .folds(5, repeats: 1, seed: 1)
          $0.recalibration = .site
        })
  }

  @Test("may be written out where it is the default")
  func defaults() throws {
    let all = """
      missing: complete-case
      rare: merge
      penalty: none
      intercept: common
      standard_errors: model
      weights: none
      validation: none
      recalibrate: none
      """
    #expect(try specification(adding: all) == meant { _ in })
  }

  @Test(
    "is refused with its line where it does not fit",
    arguments: [
      ("missing: mean", "missing: is not known here; write one of complete-case, mean+indicator, refuse"),
      ("rare: merg", "rare: is not known here; did you mean “merge”?"),
      (
        "penalty: ridge",
        "penalty: says not how strong; write “{ridge: {lambda: 1.0}}”, or “{ridge: {lambda: auto}}”"
      ),
      (
        "penalty: {ridge: {lambda: best}}",
        "penalty.ridge.lambda: must be a number above 0, or auto; write it with a decimal point, without quotes"
      ),
      ("intercept: sites", "intercept: is not known here; did you mean “site”?"),
      (
        "standard_errors: cluster",
        "standard_errors: is not known here; write one of model, cluster(patient)"
      ),
      ("weights: w", "weights: is not known here; write one of none"),
      ("weights: {variable: w}", "weights.kind: is missing; add it"),
      (
        "weights: {variable: w, kind: count}",
        "weights.kind: is not known here; write one of frequency, sampling"
      ),
      (
        "validation: {folds: 1}",
        "validation.folds: must be a whole number from 2 to 20; write it in digits, without quotes"
      ),
      (
        "validation: {folds: 5, repeats: 21}",
        "validation.repeats: must be a whole number from 1 to 20; write it in digits, without quotes"
      ),
      (
        "validation: {folds: 5, seed: -1}",
        "validation.seed: must be a whole number from 0 to 4294967295; write it in digits, without quotes"
      ),
      ("validation: {repeats: 5}", "validation.folds: is missing; add it"),
      (
        "validation: {folds: 5, groups: [[a, b, c]]}",
        "validation: mixes groups with folds; keep one of them"
      ),
      (
        "validation: {groups: [[a, a, b]]}",
        "validation.groups[1][2]: repeats “a”; keep each entry of the list once"
      ),
      ("recalibrate: yes", "recalibrate: is not known here; write one of none, site"),
      ("penality: none", "penality: is not a key here; did you mean “penalty”?"),
    ])
  func refused(line: String, expected: String) {
    #expect(
      complaint { () throws(DocumentError) in
        try PlanDocument.decode("\(plain)\n\(line)".utf8, file: "p.yaml")
      } == "p.yaml:7: \(expected)")
  }

  @Test("stays when a template is completed")
  func completed() throws {
    let lines = "validation: {folds: 5, repeats: 2, seed: 9}\nrare: drop\nmissing: mean+indicator"
    let text = try PlanDocument.compose(
      template: "\(plain)\n\(lines)", file: "p.yaml", digest: .init(of: []), sites: ["basel", "freiburg"])
    let plan = try PlanDocument.decode(text.utf8, file: "p.yaml")
    #expect(plan.algorithm == .logistic(try specification(adding: lines)))
    #expect(plan.sites == ["basel", "freiburg"])
  }
}
