import Foundation
import SecureAggregation

/// An identity key with the name its holder gave it: the content of `identity.pub`, one line
/// `konsil-ed25519 <base64 of the 32 bytes> <name>`.
package struct PublicIdentity: Hashable, Sendable {
  package let name: String
  package let key: IdentityKey

  /// - Returns: nil unless `name` follows `PeerName.rule`.
  package init?(name: String, key: IdentityKey) {
    guard PeerName.isName(name) else { return nil }
    self.name = name
    self.key = key
  }

  /// - Parameter line: without a line end, or with one.
  /// - Returns: nil for anything but the one spelling that `line` has.
  package init?(line: String) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0] == Self.kind,
      let data = Data(base64Encoded: String(fields[1])), let key = IdentityKey(bytes: Array(data))
    else { return nil }
    let name = fields[2].hasSuffix("\n") ? fields[2].dropLast() : fields[2]
    self.init(name: String(name), key: key)
    guard self.line == (line.hasSuffix("\n") ? String(line.dropLast()) : line) else { return nil }
  }

  /// Reads an `identity.pub` file.
  package init(contentsOf path: String) throws(IdentityFileError) {
    let bytes = try IdentityFiles.read(path, limit: 256)
    guard let identity = Self(line: String(decoding: bytes, as: UTF8.self)) else {
      throw .malformed(path, expected: "one line '\(Self.kind) <base64 of 32 bytes> <name>'")
    }
    self = identity
  }

  package var line: String { "\(Self.kind) \(Data(key.bytes).base64EncodedString()) \(name)" }

  private static let kind = "konsil-ed25519"
}
