import Crypto
import Foundation
import Identity
import SecureAggregation
import SwiftASN1
import Testing
import X509

@Suite("The certificate authority")
struct CertificateAuthorityTests {
  let minted: MintedAuthority

  init() throws { minted = try MintedAuthority() }

  private func issue(
    names: [GeneralName], key: Certificate.PrivateKey? = nil, role: Role = .site
  ) throws -> IssuedCertificate {
    try CertificateAuthority(minted.authority).issue(
      request: minted.request(
        names: names, key: key ?? Certificate.PrivateKey(P256.Signing.PrivateKey())),
      role: role, now: Date())
  }

  @Test("keeps its keys to itself and overwrites nothing")
  func files() throws {
    let folder = minted.authority
    #expect(try mode(of: folder.path) == 0o700)
    for key in [folder.rootKey, folder.issuingKey, folder.serverKey] {
      #expect(try mode(of: key) == 0o600, "\(key)")
    }
    let root = try text(of: folder.rootCertificate)
    #expect(throws: IdentityFileError.self) {
      try AuthorityFolder.create(at: folder.path, name: "basel", now: Date())
    }
    #expect(try text(of: folder.rootCertificate) == root)
    try setMode(0o640, of: folder.issuingKey)
    #expect(throws: IdentityFileError.notPrivate(folder.issuingKey, mode: 0o640)) {
      try CertificateAuthority(folder)
    }
  }

  @Test("makes a root, an issuing authority below it, and a server certificate")
  func chain() throws {
    let root = try Certificate(pemEncoded: text(of: minted.authority.rootCertificate))
    let chain = try PEMDocument.parseMultiple(
      pemString: text(of: minted.authority.serverCertificate)
    ).map { try Certificate(pemDocument: $0) }
    try #require(chain.count == 2)
    #expect(root.publicKey.isValidSignature(root.signature, for: root))
    #expect(root.publicKey.isValidSignature(chain[1].signature, for: chain[1]))
    #expect(chain[1].publicKey.isValidSignature(chain[0].signature, for: chain[0]))
    #expect(
      try root.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 1))
    #expect(
      try chain[1].extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
    #expect(try chain[0].extensions.basicConstraints == .notCertificateAuthority)
    let names = try #require(try chain[0].extensions.subjectAlternativeNames)
    #expect(
      Array(names) == [
        .uniformResourceIdentifier("konsil://coordinator/basel"), .dnsName("localhost"),
        .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
        .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
      ])
    #expect(Set([root, chain[0], chain[1]].map(\.serialNumber)).count == 3)
  }

  @Test("certifies the key and the name of a request, for the days asked")
  func issue() throws {
    let now = Date(timeIntervalSince1970: (Date().timeIntervalSince1970).rounded())
    let keys = KeyFolder(minted.folder.path + "/site")
    _ = try KeyFolder.create(at: keys.path, name: "luxembourg", role: .site)
    let issued = try CertificateAuthority(minted.authority).issue(
      requestFile: keys.tlsRequest, role: .site, days: 10, now: now)
    #expect(issued.facts.name?.uri == "konsil://site/luxembourg")
    #expect(issued.facts.notAfter == now.addingTimeInterval(864_000))
    #expect(issued.facts.notBefore < now && issued.facts.notBefore > now.addingTimeInterval(-3600))
    let leaf = try Certificate(
      pemDocument: try #require(PEMDocument.parseMultiple(pemString: issued.chain).first))
    let request = try CertificateSigningRequest(pemEncoded: text(of: keys.tlsRequest))
    #expect(leaf.publicKey == request.publicKey)
    #expect(try leaf.extensions.extendedKeyUsage == ExtendedKeyUsage([.clientAuth]))
    var der = DER.Serializer()
    try der.serialize(leaf)
    #expect(issued.facts.fingerprint == Digest(of: der.serializedBytes))
  }

  @Test("does not overwrite a certificate when it issues another")
  func issuedOnce() throws {
    let issued = try issue(names: [.uniformResourceIdentifier("konsil://site/luxembourg")])
    let path = minted.folder.path + "/luxembourg.pem"
    try issued.write(to: path)
    #expect(try CertificateFacts(contentsOf: path) == issued.facts)
    #expect(throws: IdentityFileError.exists(path)) { try issued.write(to: path) }
  }

  @Test("wants the role that the administrator gave")
  func roles() throws {
    let name = try #require(PeerName(role: .researcher, name: "ada"))
    let request = [GeneralName.uniformResourceIdentifier(name.uri)]
    #expect(throws: CertificateProblem.roleMismatch(found: name, wanted: [.site])) {
      try issue(names: request, role: .site)
    }
    #expect(try issue(names: request, role: .researcher).facts.name == name)
    #expect(throws: CertificateProblem.self) {
      try issue(names: [.uniformResourceIdentifier("konsil://coordinator/x")], role: .coordinator)
    }
  }

  @Test("wants one name and nothing else")
  func names() {
    let site = GeneralName.uniformResourceIdentifier("konsil://site/luxembourg")
    let other = GeneralName.uniformResourceIdentifier("konsil://site/basel")
    let cases: [([GeneralName], CertificateProblem)] = [
      ([], .noName),
      ([.dnsName("luxembourg")], .noName),
      ([.uniformResourceIdentifier("https://luxembourg")], .noName),
      ([site, other], .severalNames),
      ([site, .uniformResourceIdentifier("KONSIL://site/basel")], .severalNames),
      ([.uniformResourceIdentifier("konsil://site/Luxembourg")], .badName),
      ([.uniformResourceIdentifier("konsil://site/a/b")], .badName),
      ([site, .dnsName("localhost")], .extraNames),
    ]
    for (names, problem) in cases {
      #expect(throws: problem, "\(names)") { try issue(names: names) }
    }
  }

  @Test("wants a P-256 key that signed the request")
  func keys() throws {
    let site = [GeneralName.uniformResourceIdentifier("konsil://site/luxembourg")]
    let weak = try minted.request(
      names: site, key: Certificate.PrivateKey(P384.Signing.PrivateKey()),
      algorithm: .ecdsaWithSHA384)
    let authority = try CertificateAuthority(minted.authority)
    #expect(throws: CertificateProblem.keyNotP256) {
      try authority.issue(request: weak, role: .site, now: Date())
    }
    let good = try PEMDocument(
      pemString: minted.request(
        names: site, key: Certificate.PrivateKey(P256.Signing.PrivateKey())))
    // The name stands in the request as text: exchange it for another of the same length.
    var bytes = good.derBytes
    let from = Array("konsil://site/luxembourg".utf8)
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: from) })
    bytes.replaceSubrange(
      start..<(start + from.count), with: Array("konsil://site/strasbourg".utf8))
    let stolen = PEMDocument(type: good.discriminator, derBytes: bytes).pemString
    #expect(throws: CertificateProblem.badSignature) {
      try authority.issue(request: stolen, role: .site, now: Date())
    }
  }

  @Test("refuses what is no request", arguments: ["", "x", "-----BEGIN CERTIFICATE REQUEST-----"])
  func malformed(request: String) throws {
    let authority = try CertificateAuthority(minted.authority)
    #expect(throws: CertificateProblem.malformed) {
      try authority.issue(request: request, role: .site, now: Date())
    }
  }

  @Test("does not outlive itself", arguments: [0, -1, 3651, Int.max])
  func days(days: Int) throws {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let request = try minted.request(
      names: [.uniformResourceIdentifier("konsil://site/luxembourg")], key: key)
    let authority = try CertificateAuthority(minted.authority)
    let error = #expect(throws: CertificateProblem.self) {
      try authority.issue(request: request, role: .site, days: days, now: Date())
    }
    guard case .validity(days, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("certifies hosts that are names or addresses", arguments: ["", "*.example.org", "a b", "1.2.3"])
  func hosts(host: String) {
    #expect(throws: IdentityFileError.self) {
      try AuthorityFolder.create(
        at: minted.folder.path + "/other", name: "basel", hosts: [host], now: Date())
    }
    #expect(!FileManager.default.fileExists(atPath: minted.folder.path + "/other"))
  }

  @Test("is not made with another's key")
  func foreignKey() throws {
    let other = try MintedAuthority()
    try FileManager.default.removeItem(atPath: minted.authority.issuingKey)
    try FileManager.default.copyItem(
      atPath: other.authority.issuingKey, toPath: minted.authority.issuingKey)
    #expect(throws: IdentityFileError.self) { try CertificateAuthority(minted.authority) }
  }
}
