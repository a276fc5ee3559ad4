/// What a party of the federation may do. A certificate gives it, and nothing else does.
package enum Role: String, CaseIterable, Sendable {
  case site
  case researcher
  case coordinator
}

/// Who speaks: a role and a name, written as one URI in the subject alternative name of a
/// certificate, for example `konsil://site/luxembourg`.
package struct PeerName: Hashable, Sendable, CustomStringConvertible {
  package let role: Role
  package let name: String

  /// - Returns: nil unless `name` follows `rule`.
  package init?(role: Role, name: String) {
    guard Self.isName(name) else { return nil }
    self.role = role
    self.name = name
  }

  /// - Returns: nil unless `uri` is exactly what `uri` prints for some role and name.
  package init?(uri: String) {
    guard uri.hasPrefix(Self.scheme) else { return nil }
    let parts = uri.dropFirst(Self.scheme.count).split(
      separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let role = Role(rawValue: String(parts[0])) else { return nil }
    self.init(role: role, name: String(parts[1]))
  }

  package var uri: String { "\(Self.scheme)\(role.rawValue)/\(name)" }
  package var description: String { uri }

  /// What a name must look like, for error messages.
  package static let rule =
    "a name has 1 to 63 characters of a-z, 0-9 and '-', and begins with a letter"

  package static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7a).contains(first), text.utf8.count <= 63
    else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case 0x61...0x7a, 0x30...0x39, 0x2d: true
      default: false
      }
    }
  }

  private static let scheme = "konsil://"

  /// Whether a URI claims to be a name of the federation, well formed or not. Schemes are
  /// case-insensitive (RFC 3986, section 3.1).
  static func isClaimed(by uri: String) -> Bool { uri.lowercased().hasPrefix("konsil:") }
}
