import Crypto
import Queries
import SecureAggregation

/// The folder with a party's own keys, made on its own machine: 0700, its files 0600.
///
/// | file | content |
/// | --- | --- |
/// | `identity.key` | Ed25519 private key, PEM PKCS#8: signs set-ups, plans or studies |
/// | `identity.pub` | one line, see `PublicIdentity` |
/// | `tls.key` | P-256 private key, PEM PKCS#8 |
/// | `tls.csr` | PEM PKCS#10 request that names the party |
/// | `tls.pem` | what the coordinator issued for it: certificate and issuing authority |
package struct KeyFolder: Hashable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var identityKey: String { path + "/identity.key" }
  package var identityPublic: String { path + "/identity.pub" }
  package var tlsKey: String { path + "/tls.key" }
  package var tlsRequest: String { path + "/tls.csr" }
  package var tlsCertificate: String { path + "/tls.pem" }

  /// Makes the folder and new keys in it. Nothing that exists is overwritten.
  ///
  /// - Parameter role: what to request a certificate for; nil for a study owner, who signs files
  ///   and connects to nobody.
  package static func create(
    at path: String, name: String, role: Role?
  ) throws(IdentityFileError) -> PublicIdentity {
    let folder = Self(path)
    guard PeerName.isName(name) else { throw .invalidName(name) }
    try IdentityFiles.makeFolder(path)
    try IdentityFiles.requireAbsent([
      folder.identityKey, folder.identityPublic, folder.tlsKey, folder.tlsRequest,
      folder.tlsCertificate,
    ])
    if let role, let peer = PeerName(role: role, name: name) {
      try folder.createTLSKey(for: peer)
    }
    return try folder.createIdentityKey(named: name)
  }

  /// The private identity key; refused if group or others may read its file.
  package func signingKey() throws(IdentityFileError) -> SigningKey {
    let pem = try IdentityFiles.readSecret(identityKey)
    guard let key = IdentityKeyPEM.decode(pem) else {
      throw .malformed(identityKey, expected: IdentityKeyPEM.expected)
    }
    return key
  }

  package func publicIdentity() throws(IdentityFileError) -> PublicIdentity {
    try PublicIdentity(contentsOf: identityPublic)
  }

  private func createIdentityKey(named name: String) throws(IdentityFileError) -> PublicIdentity {
    var generator = SystemRandomNumberGenerator()
    var seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    defer { wipe(&seed) }
    guard let key = SigningKey(seed: seed),
      let identity = PublicIdentity(name: name, key: key.identity)
    else { throw .invalidName(name) }
    var pem = IdentityKeyPEM.encode(seed: seed)
    defer { wipe(&pem) }
    try IdentityFiles.create(identityKey, pem)
    try IdentityFiles.create(identityPublic, Array("\(identity.line)\n".utf8))
    return identity
  }

  private func createTLSKey(for peer: PeerName) throws(IdentityFileError) {
    let key = P256.Signing.PrivateKey()
    let request: String
    do { request = try CertificateRequest.pem(for: peer, key: key) } catch {
      throw .unwritable(tlsRequest, reason: "the request cannot be encoded (\(error))")
    }
    try IdentityFiles.create(tlsKey, Array("\(key.pemRepresentation)\n".utf8))
    try IdentityFiles.create(tlsRequest, Array(request.utf8))
  }
}
