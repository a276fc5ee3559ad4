import Foundation
import NIOCore
import NIOSSL
import NIOTLS
import SwiftASN1
import X509

/// A connection that the coordinator closed before any request of it was read.
package struct ConnectionRefusal: Hashable, Sendable, CustomStringConvertible {
  /// Address and port of the other side.
  package let address: String
  package let reason: String

  package var description: String { "refused a connection from \(address): \(reason)" }
}

/// Stands between TLS and HTTP/2 at the coordinator: lets nothing through before the certificate
/// was found to name a site or a researcher and the connection was recorded under that name.
final class ServerGate: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum State {
    case handshaking
    case open(address: String)
    case closed
  }

  private let peers: ConnectedPeers
  private let now: @Sendable () -> Date
  private let onRefusal: @Sendable (ConnectionRefusal) -> Void
  private var state = State.handshaking
  private var deadline: Scheduled<Void>?

  init(
    peers: ConnectedPeers, now: @escaping @Sendable () -> Date,
    onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void
  ) {
    self.peers = peers
    self.now = now
    self.onRefusal = onRefusal
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TransportLimits.handshake) {
      self.refuse(context, "no TLS handshake in time")
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { end(context) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
      admit(context, negotiated: negotiated)
      guard case .open = state else { return }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .open = state else { return }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .handshaking = state {
      refuse(context, TLSReason(error).map { "TLS: \($0.text)" } ?? "the connection failed")
    }
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(context)
    context.fireChannelInactive()
  }

  private func admit(_ context: ChannelHandlerContext, negotiated: String?) {
    guard case .handshaking = state else { return }
    guard negotiated == "h2" else { return refuse(context, "it does not speak HTTP/2 (ALPN h2)") }
    let peer: ConnectedPeer
    do {
      peer = try verifiedPeer(context)
    } catch {
      return refuse(context, "its certificate is not accepted: \(error)")
    }
    guard let address = context.channel.remoteAddress?.remotePeer else {
      return refuse(context, "it has no address")
    }
    guard peers.open(peer, at: address) else {
      return refuse(context, "its address and port were another connection's a moment ago")
    }
    state = .open(address: address)
    // The certificate's end is the connection's.
    deadline?.cancel()
    let seconds = min(max(peer.notAfter.timeIntervalSince(now()), 0), 366 * 86_400)
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) {
      context.close(promise: nil)
    }
  }

  private func verifiedPeer(
    _ context: ChannelHandlerContext
  ) throws(CertificateProblem) -> ConnectedPeer {
    do {
      let tls = try context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
      guard tls.tlsVersion == .tlsv13, let leaf = tls.peerCertificate else {
        throw CertificateProblem.malformed
      }
      let certificate = try Certificate(derEncoded: leaf.toDERBytes())
      let name = try PeerName(of: certificate, roles: [.site, .researcher])
      let facts = try CertificateFacts(certificate)
      // The dates are looked at again: a resumed session brings an old certificate along.
      guard facts.notBefore <= now(), now() < facts.notAfter else {
        throw CertificateProblem.outsideDates(from: facts.notBefore, until: facts.notAfter)
      }
      return ConnectedPeer(name: name, fingerprint: facts.fingerprint, notAfter: facts.notAfter)
    } catch {
      throw error as? CertificateProblem ?? .malformed
    }
  }

  private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
    guard case .handshaking = state else { return }
    state = .closed
    deadline?.cancel()
    let address = context.channel.remoteAddress?.remotePeer ?? "an unknown address"
    onRefusal(ConnectionRefusal(address: address, reason: reason))
    context.close(promise: nil)
  }

  private func end(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    guard case .open(let address) = state else {
      state = .closed
      return
    }
    state = .closed
    let peers = self.peers
    peers.close(address)
    context.eventLoop.scheduleTask(in: TransportLimits.addressRest) { peers.release(address) }
  }
}

@available(*, unavailable)
extension ServerGate: Sendable {}
