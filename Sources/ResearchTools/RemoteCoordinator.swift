import Documents
import Federation
import Foundation
import GRPCCore
import Identity
import SecureAggregation
import Wire

/// The coordinator as a researcher's tools reach it, one connection a command.
package struct RemoteCoordinator: Sendable {
  typealias Service = Konsil_V1_ResearcherService.Client<CoordinatorTransport>

  let configuration: ResearcherConfiguration

  /// - Parameter path: the researcher's configuration; its paths are resolved against its folder.
  package init(configurationFile path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    configuration = try ResearcherConfigurationDocument.decode(try LocalFiles.read(path), file: path)
      .resolvingPaths(against: folder)
  }

  var keys: KeyFolder { KeyFolder(configuration.identity) }

  /// Connects, makes a call, and disconnects.
  ///
  /// - Throws: the coordinator's complaint, or why there is no connection.
  func call<Answer: Sendable>(
    _ body: @Sendable (Service) async throws -> Answer
  ) async throws -> Answer {
    let transport = try await CoordinatorRoute(configuration.coordinator, folder: keys).dial()
    do {
      return try await withGRPCClient(transport: transport) { client in
        try await body(Service(wrapping: client))
      }
    } catch let error as RPCError {
      throw Complaint(error)
        ?? Complaint(
          .unavailable, code: "call-failed", "the coordinator did not answer: \(error.message)",
          advice: "try again; if it recurs, ask the coordinator's operator")
    } catch let error as WireError {
      throw Complaint(
        .unavailable, code: "bad-answer", "the coordinator's answer cannot be read: \(error)",
        advice: "install the tools of the coordinator's version")
    }
  }

  /// The one run whose id begins with `text`.
  package func find(_ text: String) async throws -> String {
    guard text.utf8.count < 32 else { return text.lowercased() }
    let found = try await runs().runs.map(\.run).filter { $0.hasPrefix(text.lowercased()) }
    guard let run = found.first, found.count == 1 else {
      throw Complaint(
        .noInput, code: found.isEmpty ? "unknown-run" : "ambiguous-run",
        "\(found.count) runs begin with “\(text)”", advice: "see konsil run list")
    }
    return run
  }

  package func runs() async throws -> RunsReport {
    RunsReport(
      runs: try await call { service in
        try await service.listRuns(Konsil_V1_ListRunsRequest()).runs.map { try RunSummary($0) }
      })
  }

  package func sites() async throws -> SitesReport {
    SitesReport(
      sites: try await call { service in
        try await service.listSites(Konsil_V1_ListSitesRequest()).sites.map { try SiteStatus($0) }
      })
  }

  package func show(_ run: String) async throws -> RunReport {
    let run = try await find(run)
    return RunReport(
      try await call { service in
        var request = Konsil_V1_GetRunRequest()
        request.run = run
        return try RunDetail(try await service.getRun(request))
      })
  }

  package func why(_ run: String) async throws -> WaitsReport {
    let detail = try await show(run).detail
    return WaitsReport(run: detail.summary.run, state: detail.summary.state, waits: detail.waits)
  }

  package func cancel(_ run: String) async throws -> RunsReport {
    let run = try await find(run)
    return RunsReport(
      runs: [
        try await call { service in
          var request = Konsil_V1_CancelRunRequest()
          request.run = run
          return try RunSummary(try await service.cancelRun(request))
        }
      ])
  }

  /// The model or summary of a run, with what prediction and other programs need.
  package func result(_ run: String) async throws -> ResultFile {
    let run = try await find(run)
    let released = try await call { service in
      var request = Konsil_V1_GetModelRequest()
      request.run = run
      return try ModelJSON.decode(try await service.getModel(request).model)
    }
    let studyText = Array(released.study.utf8)
    let planText = Array(released.plan.utf8)
    return try ResultFile(
      released.model, plan: try PlanDocument.decode(planText, file: "plan"),
      planDigest: Digest(of: planText), study: try StudyDocument.decode(studyText, file: "study"),
      studyDigest: Digest(of: studyText), run: run, simulated: false)
  }
}
