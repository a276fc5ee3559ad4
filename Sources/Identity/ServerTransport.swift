import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import NIOPosix
import NIOSSL

/// Listens for agents and researchers: TCP, TLS, the check of the certificate, then gRPC.
package struct TLSListener: HTTP2ServerTransport.ListenerFactory {
  private let address: HostPort
  private let context: NIOSSLContext
  private let peers: ConnectedPeers
  private let now: @Sendable () -> Date
  private let onRefusal: @Sendable (ConnectionRefusal) -> Void

  package var eventLoopGroup: any EventLoopGroup { MultiThreadedEventLoopGroup.singleton }

  fileprivate init(
    address: HostPort, context: NIOSSLContext, peers: ConnectedPeers,
    now: @escaping @Sendable () -> Date,
    onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void
  ) {
    self.address = address
    self.context = context
    self.peers = peers
    self.now = now
    self.onRefusal = onRefusal
  }

  package func makeListeningChannel(
    listenerConfigurator: HTTP2ServerTransport.ListenerConfigurator,
    connectionConfigurator: HTTP2ServerTransport.ConnectionConfigurator
  ) async throws -> NIOAsyncChannel<
    HTTP2ServerTransport.ConnectionConfigurator.ConnectionChannel, Never
  > {
    do {
      return try await ServerBootstrap(group: eventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelInitializer { listenerConfigurator.configure(channel: $0) }
        .bind(host: address.host, port: address.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers(
              NIOSSLServerHandler(context: context),
              ServerGate(peers: peers, now: now, onRefusal: onRefusal))
          }.flatMap {
            connectionConfigurator.configure(channel: channel, tls: .configured(requireALPN: true))
          }
        }
    } catch {
      throw ListenFailure(address: address, reason: ConnectFailure.reason(of: error))
    }
  }
}

/// Why the coordinator cannot listen.
package struct ListenFailure: Error, Hashable, CustomStringConvertible {
  package let address: HostPort
  package let reason: String

  package var description: String {
    "cannot listen on \(address): \(reason); choose another address or port, or stop what uses it"
  }
}

package typealias CoordinatorServerTransport = HTTP2ServerTransport.Custom<TLSListener>

/// A gRPC server transport that admits sites and researchers only.
///
/// - Parameters:
///   - address: where to listen; port 0 for any, see `boundPort`.
///   - peers: where to look up who sends a request.
///   - now: the clock that certificates are judged by.
///   - onRefusal: called with every connection that is turned away, on a network thread.
/// - Throws: what the TLS library throws when it cannot use the settings; later, when listening
///   starts, `ListenFailure`.
package func makeServerTransport(
  listeningOn address: HostPort, tls: TLSSettings, peers: ConnectedPeers,
  now: @escaping @Sendable () -> Date = { Date() },
  onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void = { _ in }
) throws -> CoordinatorServerTransport {
  CoordinatorServerTransport(
    listenerFactory: TLSListener(
      address: address, context: try tls.serverContext(), peers: peers, now: now,
      onRefusal: onRefusal),
    config: TransportLimits.server())
}

extension HTTP2ServerTransport.Custom where ListenerFactory == TLSListener {
  /// The port listened on, once it is; nil if listening failed or has ended.
  package var boundPort: Int? {
    get async {
      let address = await listeningAddress
      return address?.ipv4?.port ?? address?.ipv6?.port
    }
  }
}
