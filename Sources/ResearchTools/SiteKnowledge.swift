import Federation
import Foundation

/// What a hospital's agent learnt of its own rows in a run: the file `findings/RUN.json` of its state folder, which it
/// may give to its own predictions.
package struct SiteKnowledge: Sendable {
  /// `logit(p) = intercept + slope · logit(p)`, the right one being the model's.
  package struct Recalibration: Codable, Equatable, Sendable {
    package let intercept: Double
    package let slope: Double
  }

  /// The site's own, beside a model that has none.
  package let intercept: Double?
  package let recalibration: Recalibration?

  private struct Document: Decodable {
    struct Finding: Decodable {
      let name: String
      let value: Double
    }

    let run: String
    let findings: [Finding]
  }

  /// - Throws: a complaint where the file is no such file, or one of another run.
  static func read(_ path: String, of model: ModelFile) throws(Complaint) -> SiteKnowledge {
    let bytes = try LocalFiles.read(path)
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
      document.findings.allSatisfy({ $0.value.isFinite })
    else {
      throw Complaint(
        .badInput, code: "site-findings", "\(path) is not what an agent learnt in a run",
        advice: "give findings/RUN.json of the agent's state folder")
    }
    guard document.run == model.run else {
      throw Complaint(
        .badInput, code: "findings-of-another-run", "\(path) is of run \(document.run), the model is not",
        advice: "give that of run \(model.run ?? "that fitted it; a simulation has none")")
    }
    func value(_ name: String) -> Double? { document.findings.first { $0.name == name }?.value }
    let recalibration = value("recalibration_intercept").flatMap { intercept in
      value("recalibration_slope").map { Recalibration(intercept: intercept, slope: $0) }
    }
    return SiteKnowledge(intercept: value("intercept"), recalibration: recalibration)
  }
}
