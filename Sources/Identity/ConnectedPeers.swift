import Foundation
import GRPCCore
import NIOCore
import SecureAggregation
import Synchronization

/// A party with an open connection, as its verified certificate names it.
package struct ConnectedPeer: Hashable, Sendable {
  package let name: PeerName
  /// SHA-256 of the certificate's DER.
  package let fingerprint: Digest
  package let notAfter: Date

  package init(name: PeerName, fingerprint: Digest, notAfter: Date) {
    self.name = name
    self.fingerprint = fingerprint
    self.notAfter = notAfter
  }
}

/// The coordinator's open connections and who is at the other end of each.
///
/// An RPC knows its connection by the peer's address and port alone. A connection is recorded
/// under that text before the first byte of a request is read, and forgotten when it closes. Behind
/// a proxy a port may soon be another party's, so that the address then rests: a request of the old
/// connection that is still being handled must not pass for the new one's.
package final class ConnectedPeers: Sendable {
  private enum Entry {
    case open(ConnectedPeer)
    case resting
  }

  private let entries = Mutex<[String: Entry]>([:])

  package init() {}

  /// Who sent a request.
  ///
  /// - Throws: `unauthenticated` when its connection is closed or unknown.
  package func peer(for context: ServerContext) throws(RPCError) -> ConnectedPeer {
    guard case .open(let peer) = entries.withLock({ $0[context.remotePeer] }) else {
      throw RPCError(code: .unauthenticated, message: "the connection is closed; connect again")
    }
    return peer
  }

  /// Who is connected now, one entry a connection.
  package var all: [ConnectedPeer] {
    entries.withLock { entries in
      entries.values.compactMap { entry in
        guard case .open(let peer) = entry else { return nil }
        return peer
      }
    }
  }

  /// - Returns: false if the address is in use or resting; nothing is recorded then.
  package func open(_ peer: ConnectedPeer, at address: String) -> Bool {
    entries.withLock { entries in
      guard entries[address] == nil else { return false }
      entries[address] = .open(peer)
      return true
    }
  }

  /// The connection is closed; its address rests until `release`.
  package func close(_ address: String) {
    entries.withLock { $0[address] = .resting }
  }

  /// The address may be another connection's again.
  package func release(_ address: String) {
    entries.withLock { entries in
      guard case .resting = entries[address] else { return }
      entries[address] = nil
    }
  }
}

extension SocketAddress {
  /// The address as `ServerContext.remotePeer` has it; nil for anything but IPv4 and IPv6. An
  /// IPv6 zone is in neither.
  var remotePeer: String? {
    switch self {
    case .v4(let address): port.map { "ipv4:\(address.host):\($0)" }
    case .v6(let address): port.map { "ipv6:[\(address.host)]:\($0)" }
    case .unixDomainSocket: nil
    }
  }
}
