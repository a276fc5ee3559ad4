/// Where to connect to or to listen.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
  /// A DNS name or an IP address, without brackets.
  package let host: String
  package let port: Int

  /// - Returns: nil unless `host` is a DNS name or an IP address, and `port` 0 to 65535.
  package init?(host: String, port: Int) {
    guard HostName(host) != nil, (0...65_535).contains(port) else { return nil }
    self.host = host
    self.port = port
  }

  /// The host as a URI has it: an IPv6 address in brackets.
  var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

  package var description: String { "\(bracketedHost):\(port)" }
}
