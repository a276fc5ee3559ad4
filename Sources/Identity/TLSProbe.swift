import NIOCore

/// What a trial connection to the coordinator showed.
package struct TLSProbe: Hashable, Sendable {
  /// Always "1.3": nothing else is spoken.
  package let tlsVersion: String
  /// The key exchange groups we offered, most preferred first.
  package let offeredGroups: [KeyExchangeGroup]
  /// The coordinator's certificate.
  package let server: CertificateFacts

  /// The group that was agreed, which is known for certain only if one alone was offered.
  package var group: KeyExchangeGroup? { offeredGroups.count == 1 ? offeredGroups.first : nil }

  /// Connects, waits until the coordinator has accepted our certificate, and closes.
  package static func run(
    _ server: HostPort, tls: TLSSettings, proxy: HTTPProxy? = nil, timeout: Duration = .seconds(20)
  ) async throws(ConnectFailure) -> TLSProbe {
    let connection = try await SecureConnection.open(
      to: server, tls: tls, proxy: proxy, timeout: timeout)
    try? await connection.channel.close()
    return TLSProbe(tlsVersion: "1.3", offeredGroups: tls.groups, server: connection.server)
  }
}
