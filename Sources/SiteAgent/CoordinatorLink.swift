import Federation
import GRPCCore
import Identity
import Logging
import Wire

/// Whom a link connects with the coordinator.
package protocol LinkedAgent: Actor {
  /// Why it can go on no more.
  var failure: Complaint? { get }
  func connected() -> (live: [String: Int], outgoing: AsyncStream<Agent.Outgoing>)
  func receive(_ event: CoordinatorEvent)
  /// Whether `receive` may take so long that the connection should not be silent meanwhile.
  func takesLong(_ event: CoordinatorEvent) -> Bool
  func takeWelcome() -> Bool
  func disconnected()
}

extension Agent: LinkedAgent {}

/// The agent's one connection: it dials out, again and again for ever, and passes messages both ways.
package struct CoordinatorLink: Sendable {
  /// Bytes of vectors that may be on their way into the agent at once.
  static let pendingBytes = 64 << 20

  private let agent: any LinkedAgent
  /// Made anew for every dial, so that a renewed certificate is taken up.
  private let route: @Sendable () throws -> CoordinatorRoute
  private let software: String
  private let log: Logger

  package init(
    agent: any LinkedAgent, route: @escaping @Sendable () throws -> CoordinatorRoute, software: String,
    log: Logger
  ) {
    self.agent = agent
    self.route = route
    self.software = software
    self.log = log
  }

  /// Returns when its task is cancelled or the agent can go on no more.
  package func run() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        let route = try route()
        let transport = try await route.dial()
        log.info("connected", metadata: ["coordinator": "\(route.server)"])
        try await attend(transport)
        log.info("the coordinator closed the connection")
      } catch {
        if !Task.isCancelled { log.warning("no connection: \(Self.reason(error))") }
      }
      await agent.disconnected()
      // A connection that the coordinator closes before it says welcome is no success.
      if await agent.takeWelcome() { backoff.reset() }
      if await agent.failure != nil { return }
      let seconds = backoff.next(random: .random(in: 0..<1))
      try? await Task.sleep(for: .seconds(seconds))
    }
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? RPCError { return Complaint(error)?.description ?? error.message }
    return Complaint(error).description
  }

  private func attend(_ transport: CoordinatorTransport) async throws {
    try await withTaskExecutorPreference(transport.executor) {
      try await withGRPCClient(transport: transport) { try await attend($0) }
    }
  }

  private func attend(_ client: GRPCClient<CoordinatorTransport>) async throws {
    let (live, outgoing) = await agent.connected()
    let service = Konsil_V1_SiteService.Client(wrapping: client)
    let hello = SiteEvent.hello(version: WireProtocol.version, software: software, live: live)
    try await service.attend { writer in
      for frame in try FromSiteFramer.frames(hello) { try await writer.write(frame) }
      for await next in outgoing {
        let event = SiteEvent.message(run: next.run, next.message)
        for frame in try FromSiteFramer.frames(event) { try await writer.write(frame) }
      }
    } onResponse: { response in
      var assembler = ToSiteAssembler(pendingLimit: Self.pendingBytes)
      for try await frame in response.messages {
        if let event = try assembler.accept(frame) { await pass(event) }
      }
      await agent.disconnected()
    }
  }

  /// What takes long leaves the connection's thread, which has to answer signs of life.
  private func pass(_ event: CoordinatorEvent) async {
    if await agent.takesLong(event) {
      await withTaskExecutorPreference(globalConcurrentExecutor) { await agent.receive(event) }
    } else {
      await agent.receive(event)
    }
  }
}
