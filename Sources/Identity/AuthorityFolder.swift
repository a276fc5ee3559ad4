import Crypto
import Foundation
import SwiftASN1
import X509

/// The coordinator's folder: 0700, its keys 0600.
///
/// | file | content |
/// | --- | --- |
/// | `root.pem` | the root authority, which every site and researcher is given |
/// | `root.key` | its key; it signs issuing authorities only and may be kept elsewhere |
/// | `issuing.pem`, `issuing.key` | the authority that certifies sites and researchers |
/// | `server.pem` | the coordinator's own certificate, followed by the issuing authority |
/// | `server.key` | its key |
package struct AuthorityFolder: Hashable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var rootCertificate: String { path + "/root.pem" }
  package var rootKey: String { path + "/root.key" }
  package var issuingCertificate: String { path + "/issuing.pem" }
  package var issuingKey: String { path + "/issuing.key" }
  package var serverCertificate: String { path + "/server.pem" }
  package var serverKey: String { path + "/server.key" }

  /// Days from making to the end of the three certificates.
  package static let rootDays = 7300
  package static let issuingDays = 3650
  package static let serverDays = 825

  /// By what names and addresses clients on the same machine dial.
  package static let localHosts = ["localhost", "127.0.0.1", "::1"]

  /// Makes the folder with new authorities and a server certificate for
  /// `konsil://coordinator/<name>`. Nothing that exists is overwritten.
  ///
  /// - Parameters:
  ///   - hosts: DNS names and IP addresses that clients dial.
  ///   - serverDays: validity of the server certificate.
  /// - Returns: the server certificate.
  package static func create(
    at path: String, name: String, hosts: [String] = localHosts, serverDays: Int = serverDays,
    now: Date
  ) throws(IdentityFileError) -> IssuedCertificate {
    let folder = Self(path)
    guard let peer = PeerName(role: .coordinator, name: name) else { throw .invalidName(name) }
    let keys = (root: newKey(), issuing: newKey(), server: newKey())
    let root: CertificateIssuer
    let issuing: CertificateIssuer
    let server: IssuedCertificate
    do {
      root = try .root(
        name: name, key: Certificate.PrivateKey(keys.root), days: rootDays, now: now)
      issuing = try root.issuingAuthority(
        name: name, key: Certificate.PrivateKey(keys.issuing), days: issuingDays, now: now)
      let certificate = try issuing.issue(
        .server(peer, hosts: try parse(hosts)),
        key: Certificate.PrivateKey(keys.server).publicKey, days: serverDays, now: now)
      server = try IssuedCertificate([certificate, issuing.certificate])
    } catch {
      throw .certificate(path, error)
    }
    try IdentityFiles.makeFolder(path)
    try folder.requireAbsent()
    try writeKey(keys.root, to: folder.rootKey)
    try write(root.certificate, to: folder.rootCertificate)
    try writeKey(keys.issuing, to: folder.issuingKey)
    try write(issuing.certificate, to: folder.issuingCertificate)
    try writeKey(keys.server, to: folder.serverKey)
    try server.write(to: folder.serverCertificate)
    return server
  }

  private static func newKey() -> P256.Signing.PrivateKey { P256.Signing.PrivateKey() }

  private static func parse(_ hosts: [String]) throws(CertificateProblem) -> [HostName] {
    var names: [HostName] = []
    for host in hosts {
      guard let name = HostName(host) else { throw .badHost(host) }
      names.append(name)
    }
    return names
  }

  private func requireAbsent() throws(IdentityFileError) {
    try IdentityFiles.requireAbsent([
      rootCertificate, rootKey, issuingCertificate, issuingKey, serverCertificate, serverKey,
    ])
  }

  private static func write(
    _ certificate: Certificate, to path: String
  ) throws(IdentityFileError) {
    let pem: String
    do { pem = try certificate.serializeAsPEM().pemString } catch {
      throw .certificate(path, .malformed)
    }
    try IdentityFiles.create(path, Array("\(pem)\n".utf8), mode: 0o644)
  }

  private static func writeKey(
    _ key: P256.Signing.PrivateKey, to path: String
  ) throws(IdentityFileError) {
    try IdentityFiles.create(path, Array("\(key.pemRepresentation)\n".utf8))
  }
}

extension CertificateIssuer {
  /// An authority below this one that may certify parties but no further authorities.
  fileprivate func issuingAuthority(
    name: String, key: Certificate.PrivateKey, days: Int, now: Date
  ) throws(CertificateProblem) -> CertificateIssuer {
    let certificate = try issue(
      .authority(unit: "issuing", name: name, pathLength: 0), key: key.publicKey, days: days,
      now: now)
    return CertificateIssuer(certificate: certificate, key: key)
  }
}
