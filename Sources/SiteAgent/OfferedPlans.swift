import Federation
import Foundation
import SecureAggregation

/// What the administrator said to a plan.
package struct Decision: Hashable, Sendable, Codable {
  package let isApproved: Bool
  /// Why, in words; needed when the plan is about other sites, rows or records than those before it.
  package let words: String

  package init(isApproved: Bool, words: String) {
    self.isApproved = isApproved
    self.words = words
  }
}

/// Where a plan stands at this site.
package struct PlanStanding: Hashable, Sendable, Codable {
  package enum State: String, Sendable, Codable {
    case waiting, accepted, refused
  }

  package let plan: Digest
  package let name: String
  package let study: String
  package let run: String
  package let state: State
  /// Why it waits or was refused.
  package let reasons: [String]
  /// Whether an approval must say why.
  package let needsWords: Bool
  package let since: Instant

  package init(
    plan: Digest, name: String, study: String, run: String, state: State, reasons: [String],
    needsWords: Bool, since: Instant
  ) {
    self.plan = plan
    self.name = name
    self.study = study
    self.run = run
    self.state = state
    self.reasons = reasons
    self.needsWords = needsWords
    self.since = since
  }
}

/// The plans that were offered to this site: the agent writes them, the administrator reads them and
/// leaves decisions for the agent.
package struct OfferedPlans: Sendable {
  private let folder: StateFolder

  package init(_ folder: StateFolder) { self.folder = folder }

  package func record(_ standing: PlanStanding, plan: [UInt8]) throws(Complaint) {
    let path = path(standing.plan)
    try StateFolder.make(path)
    try StateFolder.write(plan, to: path + "/plan.yaml")
    guard let bytes = try? JSONEncoder().encode(standing) else { throw StateFolder.cannotWrite(path) }
    try StateFolder.write(Array(bytes), to: path + "/standing.json")
  }

  /// Every plan ever offered, newest first.
  package func all() -> [PlanStanding] {
    StateFolder.names(in: folder.plans).compactMap { Digest(hexadecimal: $0) }.compactMap(standing)
      .sorted { $0.since > $1.since }
  }

  package func standing(of plan: Digest) -> PlanStanding? {
    FileManager.default.contents(atPath: path(plan) + "/standing.json")
      .flatMap { try? JSONDecoder().decode(PlanStanding.self, from: $0) }
  }

  package func text(of plan: Digest) throws(Complaint) -> [UInt8] {
    try StateFolder.read(path(plan) + "/plan.yaml")
  }

  /// The plan whose digest or name begins with `text`.
  ///
  /// - Throws: `Complaint` when there is none, or more than one.
  package func find(_ text: String) throws(Complaint) -> PlanStanding {
    let found = all().filter { $0.plan.hexadecimal.hasPrefix(text.lowercased()) || $0.name == text }
    guard let only = found.first, found.count == 1 else {
      throw Complaint(
        .noInput, code: found.isEmpty ? "unknown-plan" : "ambiguous-plan",
        "\(found.count) plans here are called “\(text)”",
        advice: "give the first digits of the plan's digest, as `plans` lists it")
    }
    return only
  }

  /// Leaves the administrator's decision for the agent.
  package func decide(_ decision: Decision, on plan: Digest) throws(Complaint) {
    guard let bytes = try? JSONEncoder().encode(decision) else {
      throw StateFolder.cannotWrite(path(plan))
    }
    try StateFolder.write(Array(bytes), to: path(plan) + "/decision.json")
  }

  /// The decision that was left, if one was.
  package func decision(on plan: Digest) -> Decision? {
    FileManager.default.contents(atPath: path(plan) + "/decision.json")
      .flatMap { try? JSONDecoder().decode(Decision.self, from: $0) }
  }

  /// Takes the decision away, once it is in the journal.
  package func clearDecision(on plan: Digest) {
    try? FileManager.default.removeItem(atPath: path(plan) + "/decision.json")
  }

  private func path(_ plan: Digest) -> String { folder.plans + "/" + plan.hexadecimal }
}
