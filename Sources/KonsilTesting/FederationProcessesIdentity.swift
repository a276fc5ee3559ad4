import Foundation
import Identity
import SecureAggregation

/// An authority made in the past, so that it can have signed certificates that are over.
func makeOldAuthority(at path: String, daysAgo: Int) throws {
  _ = try AuthorityFolder.create(
    at: path, name: "konsil", now: Date(timeIntervalSinceNow: -Double(daysAgo) * 86_400))
}

func ownerFingerprint(at folder: String) throws -> String {
  try KeyFolder(folder).signingKey().identity.fingerprint
}

extension FederationProcesses {
  /// Puts a certificate in a site's folder that ended a day ago. The authority must be older than that.
  package func certifyInThePast(_ site: String) throws {
    let keys = KeyFolder(self("\(site)/identity"))
    try FileManager.default.removeItem(atPath: keys.tlsCertificate)
    try CertificateAuthority(AuthorityFolder(self("authority")))
      .issue(
        requestFile: keys.tlsRequest, role: .site, days: 1,
        now: Date(timeIntervalSinceNow: -2 * 86_400)
      )
      .write(to: keys.tlsCertificate)
  }
}
