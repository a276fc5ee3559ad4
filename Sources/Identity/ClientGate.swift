import Foundation
import NIOCore
import NIOSSL
import NIOTLS
import SwiftASN1
import X509

/// Stands between TLS and HTTP/2 at a site or researcher: checks that the server is a coordinator
/// and has the name that was dialled, waits for its first bytes, and holds them until HTTP/2 is
/// there to read them.
///
/// In TLS 1.3 a client is done with the handshake before the server has looked at its certificate,
/// so that only the server's first bytes show that it was accepted.
final class ClientGate: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum State {
    case handshaking
    case waiting(CertificateFacts)
    case holding([ByteBuffer])
    case open
    case failed
  }

  private let server: HostPort
  private let host: HostName?
  private let authority: String
  private let promise: EventLoopPromise<CertificateFacts>
  private var state = State.handshaking
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?

  /// - Parameter promise: succeeds with the server's certificate when it has accepted us, fails
  ///   with `ConnectFailure`.
  init(
    server: HostPort, authority: String, promise: EventLoopPromise<CertificateFacts>
  ) {
    self.server = server
    self.host = HostName(server.host)
    self.authority = authority
    self.promise = promise
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    fail(.closed(server, .handshake))
  }

  /// Gives up when the deadline is reached and the server has not accepted us.
  func start(deadline: NIODeadline) {
    guard let context else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.fail(.timedOut(self.server, self.phase))
    }
  }

  /// HTTP/2 is in place: passes on what was held.
  func open() {
    guard case .holding(let buffers) = state, let context else { return }
    state = .open
    for buffer in buffers { context.fireChannelRead(wrapInboundOut(buffer)) }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
      do throws(ConnectFailure) {
        state = .waiting(try verifiedServer(context, negotiated: negotiated))
      } catch {
        fail(error)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .handshaking, .failed: return
    case .waiting(let facts):
      state = .holding([unwrapInboundIn(data)])
      timer?.cancel()
      promise.succeed(facts)
    case .holding(let buffers): state = .holding(buffers + [unwrapInboundIn(data)])
    case .open: context.fireChannelRead(data)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .open = state { context.fireChannelReadComplete() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(ConnectFailure(tls: error, with: server, authority: authority, in: phase))
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(
      phase == .acceptance
        ? .certificateRefused(server, alert: nil) : .closed(server, .handshake))
    context.fireChannelInactive()
  }

  private var phase: ConnectFailure.Phase {
    if case .handshaking = state { .handshake } else { .acceptance }
  }

  private func verifiedServer(
    _ context: ChannelHandlerContext, negotiated: String?
  ) throws(ConnectFailure) -> CertificateFacts {
    guard negotiated == "h2" else {
      throw .notAgreed(server, reason: "it does not speak HTTP/2")
    }
    do {
      let tls = try context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
      guard tls.tlsVersion == .tlsv13, let leaf = tls.peerCertificate else {
        throw CertificateProblem.malformed
      }
      let certificate = try Certificate(derEncoded: leaf.toDERBytes())
      _ = try PeerName(of: certificate, roles: [.coordinator])
      guard host?.isNamed(in: certificate) == true else {
        throw ConnectFailure.hostNameMismatch(server)
      }
      return try CertificateFacts(certificate)
    } catch let failure as ConnectFailure {
      throw failure
    } catch {
      throw .notACoordinator(server, error as? CertificateProblem ?? .malformed)
    }
  }

  private func fail(_ failure: ConnectFailure) {
    switch state {
    case .handshaking, .waiting: break
    case .holding, .open, .failed: return
    }
    state = .failed
    timer?.cancel()
    promise.fail(failure)
    context?.close(promise: nil)
  }
}

@available(*, unavailable)
extension ClientGate: Sendable {}
