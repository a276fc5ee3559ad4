import SecureAggregation

/// A study or plan as its bytes stand on disk, with the signature that covers exactly these bytes.
package struct SignedFile: Hashable, Sendable {
  package let bytes: [UInt8]
  package let signature: DetachedSignature

  /// Where the signature of a file is.
  package static func signaturePath(of path: String) -> String { path + ".sig" }

  /// Reads a file and its signature, and verifies it.
  ///
  /// - Parameter limit: the most bytes the file may have.
  package init(
    contentsOf path: String, label: SignatureLabel, limit: Int = 1 << 20
  ) throws(SignedFileError) {
    let signaturePath = Self.signaturePath(of: path)
    let line: [UInt8]
    do {
      bytes = try IdentityFiles.read(path, limit: limit)
      line = try IdentityFiles.read(signaturePath, limit: 512)
    } catch {
      throw .file(error)
    }
    guard let signature = DetachedSignature(line: String(decoding: line, as: UTF8.self)) else {
      let expected =
        "one line '\(DetachedSignature.kind) <label> <base64 public key> <base64 signature>'"
      throw .file(.malformed(signaturePath, expected: expected))
    }
    guard signature.label == label else {
      throw .wrongLabel(signaturePath, found: signature.label, expected: label)
    }
    guard signature.covers(bytes, as: label) else { throw .doesNotMatch(path) }
    self.signature = signature
  }

  /// Signs the bytes of a file as they stand and writes `FILE.sig`, in the place of an older one.
  @discardableResult
  package static func sign(
    _ path: String, label: SignatureLabel, with key: SigningKey, limit: Int = 1 << 20
  ) throws(SignedFileError) -> SignedFile {
    do throws(IdentityFileError) {
      let bytes = try IdentityFiles.read(path, limit: limit)
      guard let signature = try? DetachedSignature(label, of: bytes, by: key) else {
        throw .unwritable(signaturePath(of: path), reason: "signing failed")
      }
      try IdentityFiles.replace(
        signaturePath(of: path), Array("\(signature.line)\n".utf8), mode: 0o644)
      return SignedFile(bytes: bytes, signature: signature)
    } catch {
      throw .file(error)
    }
  }

  private init(bytes: [UInt8], signature: DetachedSignature) {
    self.bytes = bytes
    self.signature = signature
  }
}

/// Why a signed file is not accepted.
package enum SignedFileError: Error, Hashable, CustomStringConvertible {
  case file(IdentityFileError)
  /// A signature made for something else, for example a plan's for a study.
  case wrongLabel(String, found: SignatureLabel, expected: SignatureLabel)
  case doesNotMatch(String)

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .wrongLabel(let path, let found, let expected):
      "\(path) signs '\(found.rawValue)', but '\(expected.rawValue)' is needed; sign it as that"
    case .doesNotMatch(let path):
      "\(path) is not what was signed: it was changed after signing, or the signature belongs to "
        + "another file; have it signed again"
    }
  }
}
