import Federation
import Foundation
import GRPCCore
import Identity
import Store
import Wire

/// The service that the researcher's tools dial.
struct ResearcherEndpoint: Konsil_V1_ResearcherService.SimpleServiceProtocol {
  let board: RunBoard
  let peers: ConnectedPeers

  func submitRun(
    request: Konsil_V1_SubmitRunRequest, context: ServerContext
  ) async throws -> Konsil_V1_RunSummary {
    try await serve(context) { researcher in
      Konsil_V1_RunSummary(try await board.submit(try Submission(request), by: researcher))
    }
  }

  func listRuns(
    request: Konsil_V1_ListRunsRequest, context: ServerContext
  ) async throws -> Konsil_V1_ListRunsResponse {
    try await serve(context) { _ in Konsil_V1_ListRunsResponse(try await board.runs()) }
  }

  func getRun(
    request: Konsil_V1_GetRunRequest, context: ServerContext
  ) async throws -> Konsil_V1_RunDetail {
    try await serve(context) { _ in
      Konsil_V1_RunDetail(try await board.detail(try request.checkedRun()))
    }
  }

  func watchRun(
    request: Konsil_V1_WatchRunRequest, response: RPCWriter<Konsil_V1_WatchUpdate>,
    context: ServerContext
  ) async throws {
    try await serve(context) { _ in
      let run = try request.checkedRun()
      var event = try request.checkedAfterEvent()
      let (watcher, changes) = await board.watch(run)
      do {
        for await _ in changes {
          let update = try await board.changes(run, after: event)
          event = update.events.last?.number ?? event
          for message in Konsil_V1_WatchUpdate.messages(update) { try await response.write(message) }
          if update.summary.state.isOver { break }
        }
      } catch {
        await board.unwatch(run, watcher)
        throw error
      }
      await board.unwatch(run, watcher)
    }
  }

  func cancelRun(
    request: Konsil_V1_CancelRunRequest, context: ServerContext
  ) async throws -> Konsil_V1_RunSummary {
    try await serve(context) { researcher in
      Konsil_V1_RunSummary(try await board.cancel(try request.checkedRun(), by: researcher))
    }
  }

  func getModel(
    request: Konsil_V1_GetModelRequest, context: ServerContext
  ) async throws -> Konsil_V1_GetModelResponse {
    try await serve(context) { _ in
      let model = try await board.model(try request.checkedRun())
      var response = Konsil_V1_GetModelResponse()
      response.model = try ModelJSON.encode(model)
      return response
    }
  }

  func listSites(
    request: Konsil_V1_ListSitesRequest, context: ServerContext
  ) async throws -> Konsil_V1_ListSitesResponse {
    try await serve(context) { _ in Konsil_V1_ListSitesResponse(try await board.sites()) }
  }

  /// Lets researchers in and turns errors into what they can read.
  private func serve<Answer: Sendable>(
    _ context: ServerContext, _ body: (_ researcher: String) async throws -> Answer
  ) async throws -> Answer {
    let peer = try peers.peer(for: context)
    guard peer.name.role == .researcher else {
      throw RPCError(
        Complaint(.refused, code: "not-a-researcher", "the certificate is not a researcher's"))
    }
    do {
      return try await body(peer.name.name)
    } catch let error as RPCError {
      throw error
    } catch let error as WireError {
      throw RPCError(Complaint(.badInput, code: "bad-message", "\(error)"))
    } catch {
      throw RPCError(Complaint(error))
    }
  }
}
