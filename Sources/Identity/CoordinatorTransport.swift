import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore

/// A gRPC client transport over one connection to the coordinator. It does not reconnect: when the
/// connection is lost `connect()` returns, and a new one has to be dialled.
package final class CoordinatorTransport: ClientTransport {
  package typealias Bytes = HTTP2ClientTransport.WrappedChannel.Bytes

  /// The coordinator's certificate.
  package let server: CertificateFacts
  private let channel: any Channel
  private let wrapped: HTTP2ClientTransport.WrappedChannel

  fileprivate init(
    server: CertificateFacts, channel: any Channel, wrapped: HTTP2ClientTransport.WrappedChannel
  ) {
    self.server = server
    self.channel = channel
    self.wrapped = wrapped
  }

  deinit {
    // The wrapped transport traps if it goes before its channel is closed, and it only closes what
    // it was asked to run.
    let wrapped = self.wrapped
    channel.closeFuture.whenComplete { _ in withExtendedLifetime(wrapped) {} }
    channel.close(promise: nil)
  }

  /// Runs tasks on the connection's own thread. A short message is taken and answered there without waking another.
  package var executor: any TaskExecutor { EventLoopExecutor(channel.eventLoop) }

  package var retryThrottle: RetryThrottle? { wrapped.retryThrottle }

  package func connect() async throws { try await wrapped.connect() }

  package func beginGracefulShutdown() { wrapped.beginGracefulShutdown() }

  package func withStream<Result: Sendable>(
    descriptor: MethodDescriptor, options: CallOptions,
    _ closure: (RPCStream<Inbound, Outbound>, ClientContext) async throws -> Result
  ) async throws -> Result {
    try await wrapped.withStream(descriptor: descriptor, options: options, closure)
  }

  package func config(forMethod descriptor: MethodDescriptor) -> MethodConfig? {
    wrapped.config(forMethod: descriptor)
  }
}

/// Connects to the coordinator over TCP, an HTTP proxy if there is one, and TLS, and waits until it
/// has accepted our certificate.
///
/// - Parameters:
///   - server: the coordinator's host, which its certificate must name, and port.
///   - timeout: for all of it.
/// - Returns: a transport to hand to a `GRPCClient` or to drop.
package func dial(
  _ server: HostPort, tls: TLSSettings, proxy: HTTPProxy? = nil, timeout: Duration = .seconds(20)
) async throws(ConnectFailure) -> CoordinatorTransport {
  let connection = try await SecureConnection.open(
    to: server, tls: tls, proxy: proxy, timeout: timeout)
  let channel = connection.channel
  do {
    let wrapped = try await HTTP2ClientTransport.WrappedChannel.wrapping(
      config: TransportLimits.client(authority: server.description)
    ) { configure in
      try await channel.eventLoop.flatSubmit {
        configure(channel).flatMapThrowing { configured in
          try channel.pipeline.syncOperations.handler(type: ClientGate.self).open()
          return configured
        }
      }.get()
    }
    return CoordinatorTransport(server: connection.server, channel: channel, wrapped: wrapped)
  } catch {
    channel.close(promise: nil)
    throw .closed(server, .acceptance)
  }
}
