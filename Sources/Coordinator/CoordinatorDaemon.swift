import Console
import Federation
import Foundation
import GRPCCore
import Identity
import Logging
import ServiceLifecycle
import Store

/// The coordinator as a service: what `konsil-coordinator run` starts.
package struct CoordinatorDaemon: Service {
  private let server: GRPCServer<CoordinatorServerTransport>
  package let board: RunBoard
  private let patience: Int
  private let log: Logger

  /// - Parameters:
  ///   - configuration: with its paths resolved.
  ///   - store: in place of the configuration's database.
  /// - Throws: what is wrong with certificates, address or database.
  package init(
    _ configuration: CoordinatorConfiguration, store: (any RunStore)? = nil, log: Logger
  ) throws {
    guard let address = HostPort(host: configuration.host, port: configuration.port) else {
      throw Complaint(
        .badInput, code: "bad-address", "\(configuration.host):\(configuration.port) is not an address",
        advice: "correct `listen:`")
    }
    let groups = try configuration.groups.map { name throws(CoordinatorRouteError) in
      guard let group = KeyExchangeGroup(named: name) else { throw .unknownGroup(name) }
      return group
    }
    let tls = try TLSSettings(AuthorityFolder(configuration.identity), groups: groups)
    board = try RunBoard(
      try store ?? SQLiteRunStore(path: configuration.database), log: log, now: Instant.system)
    let peers = ConnectedPeers()
    let transport = try makeServerTransport(
      listeningOn: address, tls: tls, peers: peers,
      onRefusal: { refusal in log.warning("\(refusal)") })
    server = GRPCServer(
      transport: transport,
      services: [
        SiteEndpoint(board: board, peers: peers, log: log),
        ResearcherEndpoint(board: board, peers: peers),
      ])
    patience = configuration.patience
    self.log = log
  }

  package func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await withGracefulShutdownHandler {
          try await serve()
        } onGracefulShutdown: {
          server.beginGracefulShutdown()
          Task { await board.closeSessions() }
        }
      }
      group.addTask {
        if let port = await server.transport.boundPort {
          log.info("listening", metadata: ["port": "\(port)"])
        }
      }
      group.addTask {
        await cancelWhenGracefulShutdown {
          while (try? await Task.sleep(for: .seconds(1))) != nil {
            await board.goOnWithoutThoseAway(after: patience)
          }
        }
      }
      // The first that fails ends the others.
      while try await group.next() != nil {}
    }
  }

  private func serve() async throws {
    do {
      try await server.serve()
    } catch let error as RuntimeError {
      guard let failure = error.cause as? ListenFailure else { throw error }
      throw Complaint(
        .unavailable, code: "cannot-listen",
        "cannot listen on \(failure.address): \(failure.reason)",
        advice: "choose another address or port in `listen:`, or stop what uses it")
    }
  }
}
