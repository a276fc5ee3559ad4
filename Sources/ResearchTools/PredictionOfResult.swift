import Console
import Federation

extension Prediction {
  /// What whichever model a file holds predicts for the rows of another.
  ///
  /// - Parameters: as for a regression's model; intercept and findings are of that alone.
  package static func run(
    _ result: ResultFile, input: String, intercept: Double?, findings: String?, out: String?, force: Bool
  ) throws -> any Report {
    switch result {
    case .model(let model):
      return try run(
        model, input: input, intercept: intercept, findings: findings, out: out, force: force)
    case .trees(let model):
      guard intercept == nil, findings == nil else {
        throw Complaint(
          .usage, code: "trees-have-no-intercept", "boosted trees have no intercept and are not recalibrated",
          advice: "leave --intercept and --findings out")
      }
      return try TreePrediction.run(model, input: input, out: out, force: force)
    case .summary:
      throw Complaint(
        .badInput, code: "not-a-model", "the file holds a summary, which predicts nothing",
        advice: "give a model file as konsil writes it")
    }
  }
}
