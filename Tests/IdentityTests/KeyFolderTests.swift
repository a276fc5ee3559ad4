import Foundation
import Identity
import SecureAggregation
import Testing

@Suite("A party's keys on disk")
struct KeyFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("are made in a folder of mode 0700, in files of mode 0600")
  func modes() throws {
    let keys = KeyFolder(folder.path + "/below/keys")
    let made = try KeyFolder.create(at: keys.path, name: "luxembourg", role: .site)
    #expect(try mode(of: keys.path) == 0o700)
    for file in [keys.identityKey, keys.identityPublic, keys.tlsKey, keys.tlsRequest] {
      #expect(try mode(of: file) == 0o600, "\(file)")
    }
    #expect(made.name == "luxembourg")
    #expect(try keys.publicIdentity() == made)
    #expect(try keys.signingKey().identity == made.key)
  }

  @Test("of a study owner are the identity key alone")
  func owner() throws {
    let keys = KeyFolder(folder.path + "/owner")
    _ = try KeyFolder.create(at: keys.path, name: "owner", role: nil)
    let files = try FileManager.default.contentsOfDirectory(atPath: keys.path).sorted()
    #expect(files == ["identity.key", "identity.pub"])
  }

  @Test("are never overwritten")
  func neverOverwritten() throws {
    let keys = KeyFolder(folder.path + "/keys")
    let first = try KeyFolder.create(at: keys.path, name: "basel", role: .site)
    #expect(throws: IdentityFileError.exists(keys.identityKey)) {
      try KeyFolder.create(at: keys.path, name: "basel", role: .site)
    }
    #expect(try keys.signingKey().identity == first.key)
  }

  @Test("differ each time")
  func fresh() throws {
    let keys = try (0..<2).map {
      try KeyFolder.create(at: folder.path + "/\($0)", name: "a", role: nil).key
    }
    #expect(keys[0] != keys[1])
  }

  @Test("are not put into a folder that others may write to")
  func openFolder() throws {
    let path = folder.path + "/open"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try setMode(0o777, of: path)
    #expect(throws: IdentityFileError.folderNotPrivate(path)) {
      try KeyFolder.create(at: path, name: "basel", role: .site)
    }
  }

  @Test("are not made for a name that no certificate can hold")
  func badName() {
    #expect(throws: IdentityFileError.invalidName("Basel")) {
      try KeyFolder.create(at: folder.path + "/x", name: "Basel", role: .site)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/x"))
  }

  @Test(
    "are refused when group or others may read them, with the command that mends it",
    arguments: [0o640, 0o604, 0o644, 0o610, 0o601])
  func looseModes(loose: Int) throws {
    let keys = KeyFolder(folder.path + "/keys")
    _ = try KeyFolder.create(at: keys.path, name: "basel", role: .site)
    try setMode(loose, of: keys.identityKey)
    let error = #expect(throws: IdentityFileError.self) { try keys.signingKey() }
    #expect(error == .notPrivate(keys.identityKey, mode: UInt32(loose)))
    #expect(error?.description.contains("chmod 600 \(keys.identityKey)") == true)
    try setMode(0o600, of: keys.identityKey)
    _ = try keys.signingKey()
  }

  @Test("are read as RFC 8410 writes them")
  func knownKey() throws {
    // RFC 8410, section 10.3 (private key) and 10.1 (its public key).
    let pem = """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----

      """
    _ = try folder.file("identity.key", pem)
    let key = try KeyFolder(folder.path).signingKey()
    #expect(
      Data(key.identity.bytes).base64EncodedString()
        == "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
  }

  @Test(
    "that are malformed are refused with the file's name",
    arguments: [
      "", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
      // An X25519 key: one byte of the algorithm differs.
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
      // A digit that is none.
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdV*C\n-----END PRIVATE KEY-----\n",
      // Something after the end.
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\nx",
    ])
  func malformedKeys(pem: String) throws {
    let path = try folder.file("identity.key", pem)
    let error = #expect(throws: IdentityFileError.self) {
      try KeyFolder(folder.path).signingKey()
    }
    #expect(error?.description.contains(path) == true)
    guard case .malformed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("that are far too long, a folder or absent are refused")
  func notFiles() throws {
    let keys = KeyFolder(folder.path)
    #expect(throws: IdentityFileError.self) { try keys.signingKey() }
    let path = try folder.file("identity.key", String(repeating: "A", count: 70_000))
    #expect(throws: IdentityFileError.tooLarge(path, limit: 65_536)) { try keys.signingKey() }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: IdentityFileError.self) { try keys.signingKey() }
  }

  @Test("print their public half on one line, which is read back in that spelling alone")
  func publicLine() throws {
    let made = try KeyFolder.create(at: folder.path + "/k", name: "basel", role: nil)
    #expect(made.line.split(separator: " ").count == 3)
    #expect(PublicIdentity(line: made.line) == made)
    #expect(PublicIdentity(line: made.line + "\n") == made)
    for bad in [
      made.line + " x", made.line + "\n\n", " " + made.line, made.line.uppercased(),
      made.line.replacing(" ", with: "  "), made.line.replacing("=", with: ""),
      "konsil-ed25519 AAAA basel", "",
    ] {
      #expect(PublicIdentity(line: bad) == nil, "\(bad)")
    }
  }
}
