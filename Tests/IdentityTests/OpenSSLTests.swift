import Foundation
import Identity
import SecureAggregation
import Testing

/// The `openssl` command as a second opinion on every file.
enum OpenSSL {
  private static let path = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  static var isThere: Bool { path != nil }

  static func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

@Suite(
  "The openssl command",
  .enabled(if: OpenSSL.isThere, "openssl is not installed"))
struct OpenSSLTests {
  let minted: MintedAuthority
  let keys: KeyFolder

  init() throws {
    minted = try MintedAuthority()
    keys = try minted.enrolled(.site, "luxembourg")
  }

  @Test("verifies a site's and the server's certificate, each for its own purpose only")
  func verify() throws {
    let folder = minted.authority
    func verify(_ leaf: String, _ purpose: String) throws -> Int32 {
      try OpenSSL.run(
        "verify", "-x509_strict", "-purpose", purpose, "-CAfile", folder.rootCertificate,
        "-untrusted", folder.issuingCertificate, leaf
      ).status
    }
    #expect(try verify(keys.tlsCertificate, "sslclient") == 0)
    #expect(try verify(keys.tlsCertificate, "sslserver") != 0)
    #expect(try verify(folder.serverCertificate, "sslserver") == 0)
    #expect(try verify(folder.serverCertificate, "sslclient") != 0)
  }

  @Test("reads the name, the usage and the path lengths")
  func text() throws {
    let leaf = try OpenSSL.run("x509", "-in", keys.tlsCertificate, "-noout", "-text").output
    #expect(leaf.contains("URI:konsil://site/luxembourg"))
    #expect(leaf.contains("TLS Web Client Authentication"))
    #expect(leaf.contains("CA:FALSE"))
    let root = try OpenSSL.run(
      "x509", "-in", minted.authority.rootCertificate, "-noout", "-text"
    ).output
    #expect(root.contains("CA:TRUE, pathlen:1"))
    #expect(root.contains("Certificate Sign, CRL Sign"))
    let issuing = try OpenSSL.run(
      "x509", "-in", minted.authority.issuingCertificate, "-noout", "-text"
    ).output
    #expect(issuing.contains("CA:TRUE, pathlen:0"))
    let server = try OpenSSL.run(
      "x509", "-in", minted.authority.serverCertificate, "-noout", "-text"
    ).output
    #expect(server.contains("URI:konsil://coordinator/basel, DNS:localhost, IP Address:127.0.0.1"))
    #expect(server.contains("TLS Web Server Authentication"))
  }

  @Test("finds the same fingerprint")
  func fingerprint() throws {
    let facts = try CertificateFacts(contentsOf: keys.tlsCertificate)
    let output = try OpenSSL.run(
      "x509", "-in", keys.tlsCertificate, "-noout", "-fingerprint", "-sha256"
    ).output
    let digits = output.split(separator: "=").last.map {
      $0.replacing(":", with: "").trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }
    #expect(digits == facts.fingerprint.hexadecimal)
  }

  @Test("verifies the request and reads both private keys")
  func requestAndKeys() throws {
    let request = try OpenSSL.run(
      "req", "-in", keys.tlsRequest, "-noout", "-verify", "-text")
    #expect(request.status == 0)
    #expect(request.output.contains("URI:konsil://site/luxembourg"))
    let tls = try OpenSSL.run("pkey", "-in", keys.tlsKey, "-noout", "-text")
    #expect(tls.output.contains("prime256v1"))
    let identity = try OpenSSL.run("pkey", "-in", keys.identityKey, "-pubout", "-outform", "PEM")
    // RFC 8410: twelve bytes of header, then the key.
    let base64 = identity.output.split(separator: "\n").dropFirst().first ?? ""
    let der = try #require(Data(base64Encoded: String(base64)))
    #expect(Array(der.dropFirst(12)) == (try keys.publicIdentity().key.bytes))
  }
}
