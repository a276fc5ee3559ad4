import Foundation
import SwiftASN1
import X509

extension PeerName {
  /// The one name among a certificate's or a request's subject alternative names.
  init(in names: SubjectAlternativeNames?) throws(CertificateProblem) {
    let claims = (names ?? SubjectAlternativeNames()).compactMap { name -> String? in
      guard case .uniformResourceIdentifier(let uri) = name, Self.isClaimed(by: uri) else {
        return nil
      }
      return uri
    }
    guard let claim = claims.first else { throw .noName }
    guard claims.count == 1 else { throw .severalNames }
    guard let name = PeerName(uri: claim) else { throw .badName }
    self = name
  }

  /// The name that a certificate gives its holder, if the holder may play one of `roles`. Dates
  /// and issuer are not looked at.
  init(of certificate: Certificate, roles: [Role]) throws(CertificateProblem) {
    let names: SubjectAlternativeNames?
    do { names = try certificate.extensions.subjectAlternativeNames } catch { throw .malformed }
    try self.init(in: names)
    guard roles.contains(role) else { throw .roleMismatch(found: self, wanted: roles) }
  }
}

/// A host as a certificate names it: a DNS name or an IP address.
enum HostName: Hashable, Sendable {
  case dns(String)
  /// 4 or 16 bytes in network order.
  case address([UInt8])

  /// - Returns: nil unless `text` is an IPv4 or IPv6 address without a zone, or a DNS name
  ///   (RFC 1123: labels of letters, digits and '-') without a wildcard.
  init?(_ text: String) {
    if let address = Self.addressBytes(text) {
      self = .address(address)
    } else if Self.isDNSName(text) {
      self = .dns(text.lowercased())
    } else {
      return nil
    }
  }

  var generalName: GeneralName {
    switch self {
    case .dns(let name): .dnsName(name)
    case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    }
  }

  /// Whether the certificate is for this host. The common name is never looked at, an address in
  /// the certificate never stands for a name, and there are no wildcards.
  func isNamed(in certificate: Certificate) -> Bool {
    guard let names = try? certificate.extensions.subjectAlternativeNames else { return false }
    return names.contains { name in
      switch (self, name) {
      case (.dns(let host), .dnsName(let candidate)): candidate.lowercased() == host
      case (.address(let host), .ipAddress(let candidate)): candidate.bytes.elementsEqual(host)
      default: false
      }
    }
  }

  private static func addressBytes(_ text: String) -> [UInt8]? {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
    var v6 = in6_addr()
    if inet_pton(AF_INET6, text, &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
    return nil
  }

  private static func isDNSName(_ text: String) -> Bool {
    guard (1...253).contains(text.utf8.count) else { return false }
    let labels = text.utf8.split(separator: 0x2e, omittingEmptySubsequences: false)
    // A last label of digits alone would be a mistyped address.
    guard let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    return labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != 0x2d && label.last != 0x2d
        && label.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
          default: false
          }
        }
    }
  }
}
