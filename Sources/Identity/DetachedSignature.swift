import Foundation
import SecureAggregation

/// A signature over the exact bytes of a study or plan, kept beside its file as `FILE.sig`: one
/// line `konsil-signature-v1 <label> <base64 public key> <base64 signature>`.
package struct DetachedSignature: Hashable, Sendable {
  package let label: SignatureLabel
  package let key: IdentityKey
  package let signature: Signature

  package init(label: SignatureLabel, key: IdentityKey, signature: Signature) {
    self.label = label
    self.key = key
    self.signature = signature
  }

  /// Signs `message`.
  ///
  /// - Throws: what the crypto library throws when it cannot sign.
  package init(_ label: SignatureLabel, of message: [UInt8], by key: SigningKey) throws {
    self.init(label: label, key: key.identity, signature: try key.sign(label, message))
  }

  /// - Returns: nil for anything but the one spelling that `line` has, with or without a line end.
  package init?(line: String) {
    let text = line.hasSuffix("\n") ? String(line.dropLast()) : line
    let fields = text.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == 4, fields[0] == Self.kind,
      let label = SignatureLabel(rawValue: String(fields[1])),
      let keyBytes = Data(base64Encoded: String(fields[2])),
      let key = IdentityKey(bytes: Array(keyBytes)),
      let signatureBytes = Data(base64Encoded: String(fields[3])),
      let signature = Signature(bytes: Array(signatureBytes))
    else { return nil }
    self.init(label: label, key: key, signature: signature)
    guard self.line == text else { return nil }
  }

  package var line: String {
    let key = Data(key.bytes).base64EncodedString()
    let signature = Data(signature.bytes).base64EncodedString()
    return "\(Self.kind) \(label.rawValue) \(key) \(signature)"
  }

  /// Whether this is `key`'s signature over `message`, made for `label`. Whose key it is, and
  /// whether it may sign, is for the caller to decide.
  package func covers(_ message: [UInt8], as label: SignatureLabel) -> Bool {
    self.label == label && key.verifies(signature, label, message)
  }

  static let kind = "konsil-signature-v1"
}
