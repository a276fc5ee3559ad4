import Foundation
import GRPCNIOTransportHTTP2Posix
import Identity
import NIOCore
import NIOPosix
import Testing

@Suite("A failure to connect says why", .timeLimit(.minutes(1)))
struct ConnectFailureTests {
  let minted: MintedAuthority
  let tls: TLSSettings

  init() throws {
    minted = try MintedAuthority()
    tls = try minted.settings(.site, "luxembourg")
  }

  private func failure(_ server: HostPort, timeout: Duration = .seconds(10)) async
    -> ConnectFailure?
  {
    do {
      _ = try await TLSProbe.run(server, tls: tls, timeout: timeout)
      return nil
    } catch {
      return error
    }
  }

  /// What a listener does when it is spoken to.
  private enum Manners: Sendable {
    case silent
    case hangUp
    case answer(String)
  }

  private func listening(
    _ manners: Manners, _ body: (HostPort) async throws -> Void
  ) async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Listener(manners: manners))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    defer { listener.close(promise: nil) }
    let port = try #require(listener.localAddress?.port)
    try await body(try #require(HostPort(host: "127.0.0.1", port: port)))
  }

  private final class Listener: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let manners: Manners
    init(manners: Manners) { self.manners = manners }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch manners {
      case .silent: return
      case .hangUp: context.close(promise: nil)
      case .answer(let text):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      }
    }
  }

  @Test("when nobody listens")
  func connectionRefused() async throws {
    let reserved = try #require(ReservedPort())
    #expect(await failure(reserved.address) == .connectionRefused(reserved.address))
  }

  @Test("when the other side says nothing")
  func silence() async throws {
    try await listening(.silent) { address in
      #expect(
        await failure(address, timeout: .milliseconds(300)) == .timedOut(address, .handshake))
    }
  }

  @Test("when the other side hangs up")
  func hangsUp() async throws {
    try await listening(.hangUp) { address in
      #expect(await failure(address) == .closed(address, .handshake))
    }
  }

  @Test("when the other side does not speak TLS")
  func notTLS() async throws {
    try await listening(.answer("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      address in
      guard case .notAgreed(address, _) = await failure(address) else {
        Issue.record("not recognised")
        return
      }
    }
  }

  @Test("when it is cancelled")
  func cancelled() async throws {
    let tls = self.tls
    try await listening(.silent) { address in
      let task = Task { () -> ConnectFailure? in
        do throws(ConnectFailure) {
          _ = try await TLSProbe.run(address, tls: tls)
          return nil
        } catch {
          return error
        }
      }
      try await Task.sleep(for: .milliseconds(100))
      task.cancel()
      #expect(await task.value == .cancelled)
    }
  }

  @Test("in one line each")
  func oneLine() throws {
    let address = try #require(HostPort(host: "::1", port: 443))
    let failures: [ConnectFailure] = [
      .nameNotResolved("x"), .connectionRefused(address), .unreachable(address, reason: "r"),
      .timedOut(address, .connecting), .proxyRefused(address, status: 407),
      .proxyRefused(address, status: 403), .proxyFailed(address, reason: "r"),
      .serverNotTrusted(address, authority: "a"), .hostNameMismatch(address),
      .notACoordinator(address, .noName), .certificateRefused(address, alert: nil),
      .certificateRefused(address, alert: "certificate expired"),
      .notAgreed(address, reason: "r"), .closed(address, .handshake), .cancelled,
      .failed(address, reason: "r"),
    ]
    #expect(Set(failures.map(\.description)).count == failures.count)
    for failure in failures {
      #expect(!failure.description.contains("\n"))
      if failure != .cancelled, failure != .nameNotResolved("x") {
        #expect(failure.description.contains("[::1]:443"))
      }
    }
  }

  @Test("when the coordinator's port is taken")
  func portTaken() async throws {
    let server = try minted.serverSettings
    try await listening(.silent) { address in
      let transport = try makeServerTransport(
        listeningOn: address, tls: server, peers: ConnectedPeers())
      let error = await #expect(throws: ListenFailure.self) {
        try await transport.listen { _, _ in }
      }
      #expect(error?.address == address)
      #expect(await transport.boundPort == nil)
    }
  }
}
