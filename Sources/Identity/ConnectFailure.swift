/// Why there is no connection to the coordinator, in one line that says what to do.
package enum ConnectFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was waited for when time ran out.
  package enum Phase: String, Sendable {
    case connecting = "connecting"
    case proxy = "waiting for the proxy's answer"
    case handshake = "the TLS handshake"
    case acceptance = "waiting for the coordinator's first words"
  }

  case nameNotResolved(String)
  case connectionRefused(HostPort)
  case unreachable(HostPort, reason: String)
  case timedOut(HostPort, Phase)
  /// The proxy answered CONNECT with another status than 2xx.
  case proxyRefused(HostPort, status: Int)
  case proxyFailed(HostPort, reason: String)
  /// The server's certificate does not come from our authority, or is out of date.
  case serverNotTrusted(HostPort, authority: String)
  /// The certificate is our authority's, but for other hosts.
  case hostNameMismatch(HostPort)
  /// The certificate is our authority's, but not a coordinator's.
  case notACoordinator(HostPort, CertificateProblem)
  /// The server does not want our certificate; the alert it gave as reason, if it gave one.
  case certificateRefused(HostPort, alert: String?)
  /// No TLS version, key exchange group or protocol that both sides have.
  case notAgreed(HostPort, reason: String)
  case closed(HostPort, Phase)
  case cancelled
  case failed(HostPort, reason: String)

  package var description: String {
    switch self {
    case .nameNotResolved(let host):
      "the name \(host) does not resolve; check its spelling and the machine's DNS"
    case .connectionRefused(let address):
      "\(address) refuses connections; check host and port, and that the service runs"
    case .unreachable(let address, let reason):
      "\(address) cannot be reached (\(reason)); check the network and the firewall"
    case .timedOut(let address, let phase):
      "\(address) did not answer in time (\(phase.rawValue)); check host, port and firewall"
    case .proxyRefused(let address, 407):
      "the proxy \(address) wants a user and password (status 407); set its credentials file"
    case .proxyRefused(let address, let status):
      "the proxy \(address) refuses to connect (status \(status)); "
        + "ask its administrator to allow the coordinator's host and port"
    case .proxyFailed(let address, let reason):
      "the proxy \(address) failed (\(reason)); check that it is an HTTP proxy"
    case .serverNotTrusted(let address, let authority):
      "the certificate of \(address) is not valid under the authority \(authority); "
        + "check the authority file and the clock"
    case .hostNameMismatch(let address):
      "the certificate of \(address) is not for that host; "
        + "dial a name it was made for, or have it made for this one"
    case .notACoordinator(let address, let problem):
      "\(address) is not a coordinator: \(problem)"
    case .certificateRefused(let address, let alert?):
      "\(address) refuses our certificate (\(alert)); check its dates and who issued it"
    case .certificateRefused(let address, nil):
      "\(address) closed the connection when it had seen our certificate; "
        + "its log says why: check the role and name it was issued for"
    case .notAgreed(let address, let reason):
      "no TLS 1.3 connection with \(address) (\(reason)); "
        + "compare the key exchange groups configured here and there"
    case .closed(let address, let phase):
      "\(address) closed the connection (\(phase.rawValue)); check that it is the coordinator"
    case .cancelled: "connecting was given up"
    case .failed(let address, let reason): "no connection to \(address): \(reason)"
    }
  }
}
