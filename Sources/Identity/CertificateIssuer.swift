import Foundation
import SwiftASN1
import X509

/// What a certificate is for; decides its extensions (RFC 5280, section 4.2).
enum CertificatePurpose {
  /// An authority with at most this many further authorities below it.
  case authority(unit: String, name: String, pathLength: Int)
  case server(PeerName, hosts: [HostName])
  case client(PeerName)

  func subject() throws -> DistinguishedName {
    switch self {
    case .authority(let unit, let name, _): try distinguishedName(unit: unit, name: name)
    case .server(let peer, _), .client(let peer):
      try distinguishedName(unit: peer.role.rawValue, name: peer.name)
    }
  }

  @ExtensionsBuilder
  func extensions() throws -> Result<Certificate.Extensions, any Error> {
    switch self {
    case .authority(_, _, let pathLength):
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
      Critical(KeyUsage(keyCertSign: true, cRLSign: true))
    case .server(let peer, let hosts):
      Critical(BasicConstraints.notCertificateAuthority)
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage([.serverAuth])
      SubjectAlternativeNames(
        [.uniformResourceIdentifier(peer.uri)] + hosts.map(\.generalName))
    case .client(let peer):
      Critical(BasicConstraints.notCertificateAuthority)
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage([.clientAuth])
      SubjectAlternativeNames([.uniformResourceIdentifier(peer.uri)])
    }
  }
}

/// A certificate authority's certificate with its private key.
struct CertificateIssuer: Sendable {
  let certificate: Certificate
  let key: Certificate.PrivateKey

  /// Clocks differ: a certificate is valid this many seconds before it was made.
  static let leeway: TimeInterval = 300

  /// Whether the key belongs to the certificate.
  var isWhole: Bool { certificate.publicKey == key.publicKey }

  /// A self-signed authority.
  static func root(
    name: String, key: Certificate.PrivateKey, days: Int, now: Date
  ) throws(CertificateProblem) -> Self {
    let purpose = CertificatePurpose.authority(unit: "root", name: name, pathLength: 1)
    let identifier = SubjectKeyIdentifier(hash: key.publicKey)
    let certificate = try sign(
      purpose, key: key.publicKey, until: now.addingTimeInterval(Double(days) * 86_400), now: now,
      issuer: nil, issuerIdentifier: identifier, issuerKey: key)
    return Self(certificate: certificate, key: key)
  }

  /// Certifies `key` for `purpose`.
  ///
  /// - Parameter days: at least 1, and not beyond the authority's own end.
  func issue(
    _ purpose: CertificatePurpose, key: Certificate.PublicKey, days: Int, now: Date
  ) throws(CertificateProblem) -> Certificate {
    let most = Int(certificate.notValidAfter.timeIntervalSince(now) / 86_400)
    guard days >= 1, days <= most else { throw .validity(days: days, most: most) }
    return try Self.sign(
      purpose, key: key, until: now.addingTimeInterval(Double(days) * 86_400), now: now,
      issuer: certificate.subject,
      issuerIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey), issuerKey: self.key)
  }

  private static func sign(
    _ purpose: CertificatePurpose, key: Certificate.PublicKey, until: Date, now: Date,
    issuer: DistinguishedName?, issuerIdentifier: SubjectKeyIdentifier,
    issuerKey: Certificate.PrivateKey
  ) throws(CertificateProblem) -> Certificate {
    do {
      let subject = try purpose.subject()
      var extensions = try purpose.extensions().get()
      try extensions.append(
        SubjectKeyIdentifier(hash: key).makeCertificateExtension())
      try extensions.append(
        AuthorityKeyIdentifier(keyIdentifier: issuerIdentifier.keyIdentifier)
          .makeCertificateExtension())
      return try Certificate(
        version: .v3, serialNumber: randomSerial(), publicKey: key,
        notValidBefore: now.addingTimeInterval(-leeway), notValidAfter: until,
        issuer: issuer ?? subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
        extensions: extensions, issuerPrivateKey: issuerKey)
    } catch {
      throw .signingFailed
    }
  }

  /// 127 random bits: positive, never zero and shorter than the 20 bytes allowed
  /// (RFC 5280, section 4.1.2.2).
  private static func randomSerial() -> Certificate.SerialNumber {
    var generator = SystemRandomNumberGenerator()
    let first = UInt8.random(in: 1...0x7f, using: &generator)
    let rest = (1..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return Certificate.SerialNumber(bytes: [first] + rest)
  }
}
