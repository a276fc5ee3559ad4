import Crypto
import Foundation
import SwiftASN1
import X509

/// The coordinator's issuing authority, which certifies sites and researchers.
package struct CertificateAuthority: Sendable {
  private let issuer: CertificateIssuer

  /// Days that a certificate of a site or researcher is valid, unless asked otherwise.
  package static let defaultDays = 365

  /// Reads the authority from the folder that `create` made.
  package init(_ folder: AuthorityFolder) throws(IdentityFileError) {
    let chain = try CertificateFile.read(folder.issuingCertificate)
    let pem = try IdentityFiles.readSecret(folder.issuingKey).withBytes {
      String(decoding: $0, as: UTF8.self)
    }
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
      throw .malformed(folder.issuingKey, expected: "a P-256 private key as PEM")
    }
    let issuer = CertificateIssuer(certificate: chain[0], key: Certificate.PrivateKey(key))
    guard issuer.isWhole else {
      throw .keyMismatch(certificate: folder.issuingCertificate, key: folder.issuingKey)
    }
    self.issuer = issuer
  }

  /// Signs a request whose signature, key and name were checked.
  ///
  /// - Parameters:
  ///   - request: PEM PKCS#10.
  ///   - role: what the request must ask for: site or researcher.
  ///   - days: validity from `now`, within that of the authority.
  package func issue(
    request: String, role: Role, days: Int = defaultDays, now: Date
  ) throws(CertificateProblem) -> IssuedCertificate {
    let (name, key) = try CertificateRequest.read(pem: request)
    guard role != .coordinator, name.role == role else {
      throw .roleMismatch(found: name, wanted: role == .coordinator ? [.site, .researcher] : [role])
    }
    let certificate = try issuer.issue(.client(name), key: key, days: days, now: now)
    return try IssuedCertificate([certificate, issuer.certificate])
  }

  /// `issue` from the file of a request.
  package func issue(
    requestFile path: String, role: Role, days: Int = defaultDays, now: Date
  ) throws(IdentityFileError) -> IssuedCertificate {
    let pem = String(decoding: try IdentityFiles.read(path), as: UTF8.self)
    do { return try issue(request: pem, role: role, days: days, now: now) } catch {
      throw .certificate(path, error)
    }
  }
}

/// A new certificate with the authority that signed it.
package struct IssuedCertificate: Hashable, Sendable {
  /// The certificate and its issuing authority as PEM: what the holder presents.
  package let chain: String
  package let facts: CertificateFacts

  init(_ certificates: [Certificate]) throws(CertificateProblem) {
    guard let leaf = certificates.first else { throw .malformed }
    do {
      chain = try certificates.map { try $0.serializeAsPEM().pemString + "\n" }.joined()
    } catch {
      throw .malformed
    }
    facts = try CertificateFacts(leaf)
  }

  /// Writes the chain to a new file.
  package func write(to path: String) throws(IdentityFileError) {
    try IdentityFiles.create(path, Array(chain.utf8), mode: 0o644)
  }
}
