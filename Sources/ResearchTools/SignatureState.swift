import Console
import Documents
import Federation
import Identity
import SecureAggregation

/// What the signature beside a study or plan says.
package struct SignatureState: Encodable, Equatable, Sendable {
  package enum Verdict: String, Encodable, Sendable {
    case absent, good, bad
  }

  package let verdict: Verdict
  /// Fingerprint of the key that signed.
  package let signer: String?
  /// The signer's name in the study, where the study names it.
  package let name: String?
  /// Why it is bad.
  package let problem: String?

  /// - Parameter parties: among whom the signer's name is looked for.
  init(of path: String, label: SignatureLabel, parties: [Party] = []) {
    guard LocalFiles.exists(SignedFile.signaturePath(of: path)) else {
      (verdict, signer, name, problem) = (.absent, nil, nil, nil)
      return
    }
    do throws(SignedFileError) {
      let key = try SignedFile(contentsOf: path, label: label).signature.key
      (verdict, signer, problem) = (.good, key.fingerprint, nil)
      name = parties.first { $0.key == key }?.name
    } catch {
      (verdict, signer, name, problem) = (.bad, nil, nil, "\(error)")
    }
  }

  var words: String {
    switch verdict {
    case .absent: "none beside the file"
    case .good: "good, by \(name.map { "“\($0)”, " } ?? "")key \(signer ?? "")"
    case .bad: "BAD: \(problem ?? "")"
    }
  }
}

/// What signing a study or plan has given.
package struct SignReport: Report {
  /// `study` or `plan`.
  let kind: String
  let file: String
  /// SHA-256 of the bytes that were signed.
  let digest: String
  let signature: String
  /// Fingerprint of the key that signed.
  let signer: String

  package var text: String {
    TextLines.facts([
      ("signed", file), ("signature", signature), ("\(kind) digest", digest),
      (kind == "study" ? "owner" : "researcher", signer),
    ])
  }

  /// - Parameter key: a folder of keys, or the `identity.key` in one.
  static func sign(
    _ path: String, kind: String, label: SignatureLabel, key: String, force: Bool
  ) throws -> SignReport {
    let signature = SignedFile.signaturePath(of: path)
    try LocalFiles.requireAbsent([signature], force: force)
    let signed = try SignedFile.sign(path, label: label, with: KeyTools.signingKey(key))
    return SignReport(
      kind: kind, file: path, digest: Digest(of: signed.bytes).hexadecimal, signature: signature,
      signer: signed.signature.key.fingerprint)
  }
}
