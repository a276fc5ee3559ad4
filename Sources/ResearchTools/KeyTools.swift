import Console
import Federation
import Identity
import SecureAggregation

/// A researcher's or study owner's own keys.
package enum KeyTools {
  /// Makes new keys in a folder; nothing that is there is overwritten.
  ///
  /// - Parameter identityOnly: for a study's owner, who signs files and connects to nobody.
  package static func new(name: String, folder: String, identityOnly: Bool) throws -> NewKeysReport {
    let identity = try KeyFolder.create(at: folder, name: name, role: identityOnly ? nil : .researcher)
    let keys = KeyFolder(folder)
    return NewKeysReport(
      name: identity.name, fingerprint: identity.key.fingerprint, folder: folder,
      identity: keys.identityPublic, request: identityOnly ? nil : keys.tlsRequest)
  }

  /// Whose key it is.
  ///
  /// - Parameter path: a folder of keys, or an `identity.pub` file.
  package static func show(_ path: String) throws -> KeyReport {
    let file = LocalFiles.isFolder(path) ? KeyFolder(path).identityPublic : path
    let identity = try publicIdentity(file)
    return KeyReport(name: identity.name, fingerprint: identity.key.fingerprint, file: file)
  }

  /// - Parameter path: a folder of keys, or the `identity.key` in one.
  static func signingKey(_ path: String) throws -> SigningKey {
    let keyFile = "identity.key"
    if path == keyFile { return try KeyFolder(".").signingKey() }
    if path.hasSuffix("/\(keyFile)") {
      return try KeyFolder(String(path.dropLast(keyFile.count + 1))).signingKey()
    }
    guard LocalFiles.isFolder(path) else {
      throw Complaint(
        .noInput, code: "no-key-folder", "\(path): is neither a folder of keys nor an \(keyFile)",
        advice: "give the folder that “konsil keys new” made")
    }
    return try KeyFolder(path).signingKey()
  }

  /// The party of an `identity.pub` file.
  ///
  /// - Throws: a complaint when the file is another party's.
  static func party(_ named: NamedPath, option: String) throws -> Party {
    let identity = try publicIdentity(named.path)
    guard identity.name == named.name else {
      throw Complaint(
        .badInput, code: "key-of-another-name",
        "\(option) \(named.name): \(named.path) is the key of “\(identity.name)”",
        advice: "give the key under its own name, which the certificate has as well")
    }
    return Party(name: identity.name, key: identity.key)
  }

  private static func publicIdentity(_ path: String) throws -> PublicIdentity {
    try LocalFiles.requireReadable(path)
    return try PublicIdentity(contentsOf: path)
  }
}

/// Keys that were made.
package struct NewKeysReport: Report {
  let name: String
  let fingerprint: String
  let folder: String
  /// The file to give to study owners.
  let identity: String
  /// The certificate request; absent for a study's owner.
  let request: String?

  package var text: String {
    var text = TextLines.facts([
      ("name", name), ("fingerprint", fingerprint),
      ("folder", "\(folder), its files readable by this account alone"),
    ])
    text += "\nWhat to do next:\n"
    guard let request else {
      return text
        + "  Tell every site the fingerprint by telephone or in person: it accepts your studies by it.\n"
        + "  Sign a study:\n    konsil study sign STUDY.yaml --key \(folder)\n"
    }
    return text
      + "  Tell the study's owner the fingerprint by telephone or in person, and hand over the public key:\n"
      + "    \(identity)\n  Send the coordinator the certificate request:\n    \(request)\n"
      + "  The certificate that comes back belongs into the folder as tls.pem. It is made by:\n"
      + "    konsil-coordinator certificate issue --role researcher tls.csr\n"
  }
}

/// Whose key it is.
package struct KeyReport: Report {
  let name: String
  let fingerprint: String
  let file: String

  package var text: String {
    TextLines.facts([("name", name), ("fingerprint", fingerprint), ("file", file)])
  }
}
