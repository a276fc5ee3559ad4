import Crypto
import Foundation
import SwiftASN1
import X509

/// A PKCS#10 request (RFC 2986) whose extension request holds one subject alternative name: the
/// URI of the party that asks.
enum CertificateRequest {
  static let expected = "one PEM certificate request (CERTIFICATE REQUEST)"

  /// A request for `peer`, signed with its key.
  static func pem(for peer: PeerName, key: P256.Signing.PrivateKey) throws -> String {
    let extensions = try Certificate.Extensions {
      SubjectAlternativeNames([.uniformResourceIdentifier(peer.uri)])
    }
    let request = try CertificateSigningRequest(
      version: .v1,
      subject: try distinguishedName(unit: peer.role.rawValue, name: peer.name),
      privateKey: Certificate.PrivateKey(key),
      attributes: CertificateSigningRequest.Attributes([
        try CertificateSigningRequest.Attribute(ExtensionRequest(extensions: extensions))
      ]),
      signatureAlgorithm: .ecdsaWithSHA256)
    return try request.serializeAsPEM().pemString + "\n"
  }

  /// What a request asks for, after its signature and form were checked.
  ///
  /// - Returns: the key to certify and the name requested for it.
  static func read(
    pem: String
  ) throws(CertificateProblem) -> (name: PeerName, key: Certificate.PublicKey) {
    let request: CertificateSigningRequest
    let names: SubjectAlternativeNames?
    do {
      request = try CertificateSigningRequest(pemEncoded: pem)
      names = try request.attributes.extensionRequest?.extensions.subjectAlternativeNames
    } catch {
      throw .malformed
    }
    guard P256.Signing.PublicKey(request.publicKey) != nil else { throw .keyNotP256 }
    guard request.publicKey.isValidSignature(request.signature, for: request) else {
      throw .badSignature
    }
    let name = try PeerName(in: names)
    guard names?.count == 1 else { throw .extraNames }
    return (name, request.publicKey)
  }
}

/// A subject for people who read certificates; no program looks at it.
func distinguishedName(unit: String, name: String) throws -> DistinguishedName {
  try DistinguishedName {
    OrganizationName("Konsil")
    OrganizationalUnitName(unit)
    CommonName(name)
  }
}
