import Console
import Federation
import Foundation
import Regression
import SecureAggregation

/// What a run has found, as a document: a model or a summary.
package enum ResultFile: Equatable, Sendable {
  case model(ModelFile)
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
    case (.summary(let summary), .summary):
      self = .summary(
        try SummaryFile(
          summary, plan: plan, planDigest: planDigest, study: study, studyDigest: studyDigest, run: run,
          simulated: simulated))
    case (.logistic, _), (.summary, _):
      throw Complaint(
        .badInput, code: "model-of-another-plan", "the result is not of this plan",
        advice: "give the study and plan that the run was made with")
    }
  }

  /// Reads whichever of the two a file holds.
  ///
  /// - Throws: a complaint that names the file and the key.
  package static func read(_ path: String) throws(Complaint) -> ResultFile {
    struct Header: Decodable {
      let konsil: String
    }
    let bytes = try LocalFiles.read(path, limit: ModelFile.mostBytes)
    let header = try? JSONDecoder().decode(Header.self, from: Data(bytes))
    return header?.konsil == SummaryFile.format
      ? .summary(try SummaryFile.decode(bytes, file: path)) : .model(try ModelFile.decode(bytes, file: path))
  }

  package var isSimulated: Bool {
    switch self {
    case .model(let model): model.simulated
    case .summary(let summary): summary.simulated
    }
  }

  package var report: any Report {
    switch self {
    case .model(let model): ModelReport(model)
    case .summary(let summary): SummaryReport(summary)
    }
  }

  /// The document.
  package func text() throws -> String {
    switch self {
    case .model(let model): try model.text()
    case .summary(let summary): try summary.text()
    }
  }

  /// - Throws: a complaint for a summary.
  package func model() throws(Complaint) -> ModelFile {
    switch self {
    case .model(let model): return model
    case .summary:
      throw Complaint(
        .badInput, code: "not-a-model", "the run gave a summary, which has no coefficients",
        advice: "show it with “konsil model show”, or give a run of a regression")
    }
  }
}
