import Boosting
import Console
import Federation
import Foundation
import Regression
import SecureAggregation

/// What a run has found, as a document: a regression's model, one of boosted trees, or a summary.
package enum ResultFile: Equatable, Sendable {
  case model(ModelFile)
  case trees(TreeModelFile)
  case summary(SummaryFile)

  /// - Parameters: as for `ModelFile`.
  /// - Throws: a complaint when the result is not of this plan and study.
  package init(
    _ result: PlanModel, plan: Plan, planDigest: Digest?, study: Study, studyDigest: Digest?,
    run: String?, simulated: Bool
  ) throws(Complaint) {
    switch (result, plan.algorithm) {
    case (.logistic(let model), .logistic(let specification)):
      self = .model(
        try ModelFile(
          model, specification: specification, plan: plan, planDigest: planDigest, study: study,
          studyDigest: studyDigest, run: run, simulated: simulated))
    case (.boosting(let model), .boosting(let specification)):
      self = .trees(
        try TreeModelFile(
          model, specification: specification, plan: plan, planDigest: planDigest, study: study,
          studyDigest: studyDigest, run: run, simulated: simulated))
    case (.summary(let summary), .summary):
      self = .summary(
        try SummaryFile(
          summary, plan: plan, planDigest: planDigest, study: study, studyDigest: studyDigest, run: run,
          simulated: simulated))
    case (.logistic, _), (.boosting, _), (.summary, _):
      throw Complaint(
        .badInput, code: "model-of-another-plan", "the result is not of this plan",
        advice: "give the study and plan that the run was made with")
    }
  }

  /// Reads whichever of them a file holds.
  ///
  /// - Throws: a complaint that names the file and the key.
  package static func read(_ path: String) throws(Complaint) -> ResultFile {
    struct Header: Decodable {
      let konsil: String
    }
    let bytes = try LocalFiles.read(path, limit: TreeModelFile.mostBytes)
    let header = try? JSONDecoder().decode(Header.self, from: Data(bytes))
    switch header?.konsil {
    case SummaryFile.format: return .summary(try SummaryFile.decode(bytes, file: path))
    case TreeModelFile.format: return .trees(try TreeModelFile.decode(bytes, file: path))
    default: return .model(try ModelFile.decode(bytes, file: path))
    }
  }

  package var isSimulated: Bool {
    switch self {
    case .model(let model): model.simulated
    case .trees(let model): model.simulated
    case .summary(let summary): summary.simulated
    }
  }

  package var report: any Report {
    switch self {
    case .model(let model): ModelReport(model)
    case .trees(let model): TreeReport(model)
    case .summary(let summary): SummaryReport(summary)
    }
  }

  /// The document.
  package func text() throws -> String {
    switch self {
    case .model(let model): try model.text()
    case .trees(let model): try model.text()
    case .summary(let summary): try summary.text()
    }
  }

  /// - Throws: a complaint for trees and for a summary.
  package func model() throws(Complaint) -> ModelFile {
    switch self {
    case .model(let model): return model
    case .trees:
      throw Complaint(
        .badInput, code: "not-a-regression", "the model is of boosted trees, which have no coefficients",
        advice: "show it with “konsil model show”, or give a run of a regression")
    case .summary:
      throw Complaint(
        .badInput, code: "not-a-model", "the run gave a summary, which has no coefficients",
        advice: "show it with “konsil model show”, or give a run of a regression")
    }
  }
}
