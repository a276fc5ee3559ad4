import Console
import Federation
import Foundation
import Identity
import SecureAggregation

/// The coordinator's authority over certificates.
package enum Authority {
  package static func create(at path: String, name: String, hosts: [String]) throws -> FactsReport {
    let server = try AuthorityFolder.create(
      at: path, name: name, hosts: hosts.isEmpty ? AuthorityFolder.localHosts : hosts, now: Date())
    let folder = AuthorityFolder(path)
    return FactsReport(
      [
        ("root", folder.rootCertificate), ("server certificate", folder.serverCertificate),
        ("valid until", server.facts.notAfter.formatted(.iso8601)),
      ],
      notes: ["give \(folder.rootCertificate) to every site and researcher"])
  }

  /// Where the certificate for a request goes: `tls.pem` for `tls.csr`.
  package static func certificatePath(of request: String) -> String {
    (request.hasSuffix(".csr") ? String(request.dropLast(4)) : request) + ".pem"
  }

  /// - Parameter role: `site` or `researcher`.
  package static func issue(
    request: String, role: String, authority: String, out: String, days: Int
  ) throws -> FactsReport {
    guard let wanted = Role(rawValue: role), wanted != .coordinator else {
      throw Complaint(
        .usage, code: "unknown-role", "“\(role)” is not a role that is issued",
        advice: "give --role site or --role researcher")
    }
    guard (1...3650).contains(days) else {
      throw Complaint(
        .usage, code: "bad-days", "\(days) days is not a validity", advice: "give 1 to 3650")
    }
    let certificate = try CertificateAuthority(AuthorityFolder(authority))
      .issue(requestFile: request, role: wanted, days: days, now: Date())
    try certificate.write(to: out)
    return FactsReport([
      ("for", certificate.facts.name?.uri ?? ""), ("certificate", out),
      ("valid until", certificate.facts.notAfter.formatted(.iso8601)),
      ("fingerprint", certificate.facts.fingerprint.hexadecimal),
    ])
  }
}
