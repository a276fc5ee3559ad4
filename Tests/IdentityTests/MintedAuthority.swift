import Crypto
import Foundation
import Identity
import SwiftASN1
import X509

/// A throw-away certificate authority with the certificates that tests need, right and wrong ones.
struct MintedAuthority {
  let folder: TemporaryFolder
  let authority: AuthorityFolder

  init(hosts: [String] = AuthorityFolder.localHosts) throws {
    folder = try TemporaryFolder()
    authority = AuthorityFolder(folder.path + "/coordinator")
    _ = try AuthorityFolder.create(
      at: authority.path, name: "basel", hosts: hosts, now: Date())
  }

  var serverSettings: TLSSettings { get throws { try TLSSettings(authority) } }

  /// Keys and a certificate as a site or researcher gets them.
  func enrolled(
    _ role: Role, _ name: String, days: Int = 30, now: Date = Date()
  ) throws -> KeyFolder {
    let keys = KeyFolder(folder.path + "/\(role.rawValue)-\(name)-\(UUID().uuidString)")
    _ = try KeyFolder.create(at: keys.path, name: name, role: role)
    let issued = try CertificateAuthority(authority).issue(
      requestFile: keys.tlsRequest, role: role, days: days, now: now)
    try issued.write(to: keys.tlsCertificate)
    return keys
  }

  func settings(
    _ role: Role, _ name: String, groups: [KeyExchangeGroup] = KeyExchangeGroup.defaults
  ) throws -> TLSSettings {
    try TLSSettings(
      enrolled(role, name), authority: authority.rootCertificate, groups: groups)
  }

  /// A certificate that the authority's key signs, but no rule of the product allows.
  ///
  /// - Returns: paths of certificate and key.
  func forged(
    names: [GeneralName], usage: ExtendedKeyUsage.Usage
  ) throws -> (certificate: String, key: String) {
    let issuer = try Certificate(pemEncoded: text(of: authority.issuingCertificate))
    let issuerKey = try Certificate.PrivateKey(pemEncoded: text(of: authority.issuingKey))
    let key = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(key.publicKey),
      notValidBefore: Date(timeIntervalSinceNow: -60),
      notValidAfter: Date(timeIntervalSinceNow: 3600),
      issuer: issuer.subject, subject: try DistinguishedName { CommonName("luxembourg") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        try ExtendedKeyUsage([usage])
        if !names.isEmpty { SubjectAlternativeNames(names) }
      },
      issuerPrivateKey: issuerKey)
    let stem = UUID().uuidString
    return (
      try folder.file(
        stem + ".pem",
        certificate.serializeAsPEM().pemString + "\n" + text(of: authority.issuingCertificate)),
      try folder.file(stem + ".key", key.pemRepresentation)
    )
  }

  /// A request as an attacker may write one.
  func request(
    names: [GeneralName], key: Certificate.PrivateKey,
    algorithm: Certificate.SignatureAlgorithm = .ecdsaWithSHA256
  ) throws -> String {
    let extensions = try Certificate.Extensions {
      if !names.isEmpty { SubjectAlternativeNames(names) }
    }
    let request = try CertificateSigningRequest(
      version: .v1, subject: try DistinguishedName { CommonName("site/luxembourg") },
      privateKey: key,
      attributes: CertificateSigningRequest.Attributes([
        try CertificateSigningRequest.Attribute(ExtensionRequest(extensions: extensions))
      ]),
      signatureAlgorithm: algorithm)
    return try request.serializeAsPEM().pemString
  }
}
