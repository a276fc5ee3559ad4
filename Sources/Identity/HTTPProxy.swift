import Foundation
import NIOHTTP1

/// An HTTP proxy that is asked to CONNECT (RFC 9110, section 9.3.6).
package struct HTTPProxy: Sendable {
  package let address: HostPort
  private let credentials: ProxyCredentials?

  package init(address: HostPort, credentials: ProxyCredentials? = nil) {
    self.address = address
    self.credentials = credentials
  }

  func headers(for server: HostPort) -> HTTPHeaders {
    var headers = HTTPHeaders([("Host", server.description)])
    if let credentials { headers.add(name: "Proxy-Authorization", value: credentials.basic) }
    return headers
  }
}

/// A user and password for a proxy, which are sent in the clear to it (RFC 7617).
package struct ProxyCredentials: Sendable, CustomStringConvertible, CustomReflectable {
  fileprivate let basic: String

  /// - Returns: nil if the user's name holds a colon, or either a control character.
  package init?(user: String, password: String) {
    guard !user.isEmpty, !user.contains(":"),
      (user + password).unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
    else { return nil }
    basic = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  /// Reads a file with one line `user:password`, readable by its owner alone.
  package init(contentsOf path: String) throws(IdentityFileError) {
    let text = try IdentityFiles.readSecret(path).withBytes { String(decoding: $0, as: UTF8.self) }
    let line = text.hasSuffix("\n") ? text.dropLast() : text[...]
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let credentials = Self(user: String(parts[0]), password: String(parts[1]))
    else { throw .malformed(path, expected: "one line 'user:password'") }
    self = credentials
  }

  package var description: String { "ProxyCredentials" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
