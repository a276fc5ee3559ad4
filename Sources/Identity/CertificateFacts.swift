import Foundation
import SecureAggregation
import SwiftASN1
import X509

/// What there is to show of a certificate.
package struct CertificateFacts: Hashable, Sendable {
  /// The party it names; nil for an authority.
  package let name: PeerName?
  package let subject: String
  package let issuer: String
  package let notBefore: Date
  package let notAfter: Date
  /// SHA-256 of the certificate's DER.
  package let fingerprint: Digest

  init(_ certificate: Certificate) throws(CertificateProblem) {
    var serializer = DER.Serializer()
    do { try serializer.serialize(certificate) } catch { throw .malformed }
    let names = try? certificate.extensions.subjectAlternativeNames
    name = try? PeerName(in: names)
    subject = certificate.subject.description
    issuer = certificate.issuer.description
    notBefore = certificate.notValidBefore
    notAfter = certificate.notValidAfter
    fingerprint = Digest(of: serializer.serializedBytes)
  }

  /// The facts of the first certificate in a PEM file.
  package init(contentsOf path: String) throws(IdentityFileError) {
    let chain = try CertificateFile.read(path)
    do { try self.init(chain[0]) } catch { throw .certificate(path, error) }
  }
}

/// PEM files with certificates.
enum CertificateFile {
  static let expected = "one or more PEM certificates (CERTIFICATE)"

  /// - Returns: at least one certificate, in the file's order.
  static func read(_ path: String) throws(IdentityFileError) -> [Certificate] {
    let text = String(decoding: try IdentityFiles.read(path), as: UTF8.self)
    let certificates: [Certificate]
    do {
      certificates = try PEMDocument.parseMultiple(pemString: text).map {
        try Certificate(pemDocument: $0)
      }
    } catch {
      throw .malformed(path, expected: expected)
    }
    guard !certificates.isEmpty else { throw .malformed(path, expected: expected) }
    return certificates
  }
}
