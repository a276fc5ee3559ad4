import Federation
import Foundation
import GRPCCore
import Identity
import Logging
import Wire

/// The service that agents dial: who speaks comes from the certificate, never from a field.
struct SiteEndpoint: Konsil_V1_SiteService.SimpleServiceProtocol {
  /// Bytes of vectors that a site may have on their way at once.
  static let pendingBytes = 64 << 20

  let board: RunBoard
  let peers: ConnectedPeers
  let log: Logger

  func attend(
    request: RPCAsyncSequence<Konsil_V1_FromSite, any Error>,
    response: RPCWriter<Konsil_V1_ToSite>, context: ServerContext
  ) async throws {
    let peer = try peers.peer(for: context)
    guard peer.name.role == .site else {
      throw RPCError(
        Complaint(.refused, code: "not-a-site", "the certificate is not a site's"))
    }
    do {
      try await attend(request, response, peer)
    } catch let error as WireError {
      log.warning("closed a connection: \(error)", metadata: ["site": "\(peer.name.name)"])
      throw RPCError(Complaint(.badInput, code: "bad-message", "\(error)"))
    }
  }

  func greet(
    request: Konsil_V1_GreetRequest, context: ServerContext
  ) async throws -> Konsil_V1_Welcome {
    _ = try peers.peer(for: context)
    return Konsil_V1_Welcome(version: WireProtocol.version, time: board.now())
  }

  private func attend(
    _ request: RPCAsyncSequence<Konsil_V1_FromSite, any Error>,
    _ response: RPCWriter<Konsil_V1_ToSite>, _ peer: ConnectedPeer
  ) async throws {
    let site = peer.name.name
    var assembler = FromSiteAssembler(pendingLimit: Self.pendingBytes)
    var frames = request.makeAsyncIterator()
    guard let first = try await frames.next(),
      case .hello(let version, let software, let live)? = try assembler.accept(first),
      version == WireProtocol.version
    else {
      throw RPCError(
        Complaint(
          .badInput, code: "wrong-version",
          "the stream does not begin with a hello of protocol version \(WireProtocol.version)",
          advice: "install the agent of this coordinator's version"))
    }
    log.info("hello", metadata: ["site": "\(site)", "software": "\(software)"])
    let welcome = CoordinatorEvent.welcome(version: WireProtocol.version, time: board.now())
    for frame in try ToSiteFramer.frames(welcome) { try await response.write(frame) }
    let (session, outgoing) = await board.siteConnected(
      site, live: live,
      certificateExpires: Instant(
        milliseconds: Int64(peer.notAfter.timeIntervalSince1970 * 1000)))
    let incoming = Incoming(assembler: assembler, frames: frames)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await event in outgoing {
          for frame in try ToSiteFramer.frames(event) { try await response.write(frame) }
        }
      }
      group.addTask { try await incoming.read(into: board, site: site, session: session) }
      do {
        try await group.next()
      } catch {
        await board.siteDisconnected(site, session: session)
        group.cancelAll()
        throw error
      }
      await board.siteDisconnected(site, session: session)
      group.cancelAll()
    }
  }
}

/// What is left of a site's stream after its first message. One task alone reads it.
private final class Incoming: @unchecked Sendable {
  private var assembler: FromSiteAssembler
  private var frames: RPCAsyncSequence<Konsil_V1_FromSite, any Error>.AsyncIterator

  init(
    assembler: FromSiteAssembler,
    frames: RPCAsyncSequence<Konsil_V1_FromSite, any Error>.AsyncIterator
  ) {
    self.assembler = assembler
    self.frames = frames
  }

  func read(into board: RunBoard, site: String, session: Int) async throws {
    while let frame = try await frames.next() {
      guard let event = try assembler.accept(frame) else { continue }
      guard case .message(let run, let message) = event else {
        throw RPCError(Complaint(.badInput, code: "bad-message", "a second hello"))
      }
      await board.receive(message, run: run, from: site, session: session)
    }
    try assembler.finish()
  }
}
