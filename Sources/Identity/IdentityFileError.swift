/// What is wrong with a key, certificate or signature file, and what to do about it.
package enum IdentityFileError: Error, Hashable, CustomStringConvertible {
  /// Something is there already; keys are never overwritten.
  case exists(String)
  case unreadable(String, reason: String)
  case unwritable(String, reason: String)
  /// A private key that group or others may read; `mode` holds the permission bits.
  case notPrivate(String, mode: UInt32)
  /// A folder for keys that group or others may write to.
  case folderNotPrivate(String)
  case tooLarge(String, limit: Int)
  case malformed(String, expected: String)
  case invalidName(String)
  /// The private key of the second file does not belong to the certificate of the first.
  case keyMismatch(certificate: String, key: String)
  case certificate(String, CertificateProblem)

  package var description: String {
    switch self {
    case .exists(let path):
      "\(path) exists already and is not overwritten; choose another folder or move it away"
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    case .notPrivate(let path, let mode):
      "\(path) holds a secret that others may read (mode \(String(mode, radix: 8))); "
        + "run: chmod 600 \(path)"
    case .folderNotPrivate(let path):
      "others may write to the folder \(path); run: chmod 700 \(path)"
    case .tooLarge(let path, let limit): "\(path) has more than \(limit) bytes"
    case .malformed(let path, let expected): "\(path) is malformed: expected \(expected)"
    case .invalidName: "the name cannot be used: \(PeerName.rule)"
    case .keyMismatch(let certificate, let key):
      "the private key \(key) does not belong to the certificate \(certificate); "
        + "use the key that its request was made with"
    case .certificate(let path, let problem): "\(path): \(problem)"
    }
  }
}
