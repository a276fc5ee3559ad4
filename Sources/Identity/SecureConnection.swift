import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A connection on which TLS is done and the coordinator has accepted us, but on which no protocol
/// runs yet.
struct SecureConnection: Sendable {
  let channel: any Channel
  let server: CertificateFacts

  /// Connects, through a proxy if there is one, and completes TLS.
  static func open(
    to server: HostPort, tls: TLSSettings, proxy: HTTPProxy?, timeout: Duration
  ) async throws(ConnectFailure) -> Self {
    let deadline = NIODeadline.now() + TimeAmount(timeout)
    let channel = try await connect(to: proxy?.address ?? server, timeout: TimeAmount(timeout))
    let result: Result<CertificateFacts, ConnectFailure> = await withTaskCancellationHandler {
      do throws(ConnectFailure) {
        if let proxy {
          try await openTunnel(on: channel, to: server, through: proxy, by: deadline)
        }
        return .success(try await handshake(on: channel, with: server, tls: tls, by: deadline))
      } catch {
        return .failure(Task.isCancelled ? .cancelled : error)
      }
    } onCancel: {
      channel.close(promise: nil)
    }
    switch result {
    case .success(let facts): return Self(channel: channel, server: facts)
    case .failure(let failure):
      channel.close(promise: nil)
      throw failure
    }
  }

  private static func connect(
    to address: HostPort, timeout: TimeAmount
  ) async throws(ConnectFailure) -> any Channel {
    let connecting = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(timeout)
      .connect(host: address.host, port: address.port)
    // An attempt to connect cannot be stopped, but nobody has to wait for its end.
    let promise = connecting.eventLoop.makePromise(of: (any Channel).self)
    connecting.cascade(to: promise)
    do {
      return try await withTaskCancellationHandler {
        try await promise.futureResult.get()
      } onCancel: {
        promise.fail(CancellationError())
        connecting.whenSuccess { $0.close(promise: nil) }
      }
    } catch is CancellationError {
      throw .cancelled
    } catch {
      throw ConnectFailure(tcp: error, to: address)
    }
  }

  private static func handshake(
    on channel: any Channel, with server: HostPort, tls: TLSSettings, by deadline: NIODeadline
  ) async throws(ConnectFailure) -> CertificateFacts {
    do {
      let context = try tls.clientContext()
      // An address is no server name (RFC 6066, section 3).
      let serverName: String? =
        if case .dns(let name) = HostName(server.host) { name } else { nil }
      return try await channel.eventLoop.flatSubmit {
        let promise = channel.eventLoop.makePromise(of: CertificateFacts.self)
        let gate = ClientGate(
          server: server, authority: tls.authority.subject, promise: promise)
        do {
          guard channel.isActive else { throw ChannelError.alreadyClosed }
          let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandlers(handler, gate)
          gate.start(deadline: deadline)
        } catch {
          promise.fail(ConnectFailure.closed(server, .handshake))
        }
        return promise.futureResult
      }.get()
    } catch let failure as ConnectFailure {
      throw failure
    } catch {
      throw .failed(server, reason: ConnectFailure.reason(of: error))
    }
  }
}
