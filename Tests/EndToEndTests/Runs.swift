import Federation
import Foundation
import KonsilTesting
import Testing
import Wire

/// What the researcher's commands print, as far as the tests look at it.
struct SubmittedRun: Decodable { let run: RunSummary }
struct RunList: Decodable { let runs: [RunSummary] }
struct SiteList: Decodable { let sites: [SiteStatus] }
struct Waits: Decodable {
  let state: RunState
  let waits: [RunWait]
}
struct PrintedError: Decodable {
  struct Content: Decodable {
    let code: String
    let message: String
  }
  let error: Content
}

/// What an administrator's commands print.
struct PlanList: Decodable {
  struct Plan: Decodable {
    let plan: String
    let name: String
    let state: String
    let reasons: [String]
    let needsWords: Bool
  }
  let plans: [Plan]
}
struct JournalLines: Decodable {
  struct Line: Decodable {
    let what: String
    let details: String
    let elements: Int?
  }
  let lines: [Line]
}

extension FederationProcesses {
  /// Hands a plan in and gives the run's id.
  func submit(_ plan: String = "plan.yaml") async throws -> String {
    let result = try await konsil("run", "submit", plan, "--study", "study.yaml", "--json")
    try #require(result.status == 0, "\(result)")
    return try result.decoded(as: SubmittedRun.self).run.run
  }

  func detail(_ run: String) async throws -> RunDetail {
    let result = try await konsil("run", "show", run, "--json")
    try #require(result.status == 0, "\(result)")
    return try result.decoded()
  }

  func waits(_ run: String) async throws -> [RunWait] {
    let result = try await konsil("run", "why", run, "--json")
    try #require(result.status == 0, "\(result)")
    return try result.decoded(as: Waits.self).waits
  }

  /// Follows a run to its end, which must be a model.
  func watch(_ run: String) async throws {
    let result = try await konsil("run", "watch", run)
    try #require(result.status == 0, "\(result)\n\(coordinator?.tail ?? "")")
  }

  /// The bytes of a run's model file.
  func exportModel(_ run: String, as format: String = "json") async throws -> Data {
    let name = "export-\(UUID().uuidString).\(format)"
    let result = try await konsil("model", "export", run, "--format", format, "--out", name)
    try #require(result.status == 0, "\(result)")
    return try bytes(name)
  }

  /// The whole lines of a site's journal file.
  func journal(_ site: String) -> [JournalRecord] {
    let bytes = (try? bytes("\(site)/state/journal.jsonl")) ?? Data()
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(JournalRecord.self, from: $0)
    }
  }

  /// The steps of a run that a site has answered, in order.
  func steps(_ site: String, of run: String) -> [Int] {
    journal(site).compactMap {
      guard case .step(let entry) = $0.event, entry.run == run else { return nil }
      return entry.step
    }
  }

  /// The epochs of a run that a site has begun, in order.
  func epochs(_ site: String, of run: String) -> [Int] {
    journal(site).compactMap {
      guard case .epoch(_, run, let epoch) = $0.event else { return nil }
      return epoch
    }
  }
}

extension Data {
  /// A model file without the one thing in which two runs of a plan differ.
  func without(run: String) -> String {
    String(decoding: self, as: UTF8.self).replacingOccurrences(of: run, with: "RUN")
  }
}
