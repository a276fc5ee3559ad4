import Federation

/// How a site or researcher reaches the coordinator: its configuration's addresses with the files
/// they name, read. Made anew for every dial it takes up renewed certificates.
package struct CoordinatorRoute: Sendable {
  package let server: HostPort
  package let proxy: HTTPProxy?
  package let tls: TLSSettings

  /// - Parameters:
  ///   - endpoint: with paths that are already resolved.
  ///   - folder: the party's own keys and certificate.
  package init(_ endpoint: Endpoint, folder: KeyFolder) throws(CoordinatorRouteError) {
    server = try Self.address(endpoint.host, endpoint.port)
    var groups: [KeyExchangeGroup] = []
    for name in endpoint.groups {
      guard let group = KeyExchangeGroup(named: name) else { throw .unknownGroup(name) }
      groups.append(group)
    }
    let proxyAddress = try endpoint.proxy.map { proxy throws(CoordinatorRouteError) in
      try Self.address(proxy.host, proxy.port)
    }
    do throws(IdentityFileError) {
      let credentials = try endpoint.proxy?.credentials.map { path throws(IdentityFileError) in
        try ProxyCredentials(contentsOf: path)
      }
      proxy = proxyAddress.map { HTTPProxy(address: $0, credentials: credentials) }
      tls = try TLSSettings(folder, authority: endpoint.authority, groups: groups)
    } catch {
      throw .file(error)
    }
  }

  /// See `dial(_:tls:proxy:timeout:)`.
  package func dial(
    timeout: Duration = .seconds(20)
  ) async throws(ConnectFailure) -> CoordinatorTransport {
    try await Identity.dial(server, tls: tls, proxy: proxy, timeout: timeout)
  }

  /// See `TLSProbe.run(_:tls:proxy:timeout:)`.
  package func probe(timeout: Duration = .seconds(20)) async throws(ConnectFailure) -> TLSProbe {
    try await TLSProbe.run(server, tls: tls, proxy: proxy, timeout: timeout)
  }

  private static func address(
    _ host: String, _ port: Int
  ) throws(CoordinatorRouteError) -> HostPort {
    guard port > 0, let address = HostPort(host: host, port: port) else {
      throw .badAddress("\(host):\(port)")
    }
    return address
  }
}

/// Why a configuration does not lead to the coordinator.
package enum CoordinatorRouteError: Error, Hashable, CustomStringConvertible {
  case badAddress(String)
  case unknownGroup(String)
  case file(IdentityFileError)

  package var description: String {
    switch self {
    case .badAddress(let address):
      "\(address.debugDescription) is no host name or IP address with a port from 1 to 65535"
    case .unknownGroup(let name):
      "'\(name)' is no key exchange group; choose from "
        + KeyExchangeGroup.allCases.map(\.rawValue).joined(separator: ", ")
    case .file(let error): error.description
    }
  }
}
