import Foundation
import Identity
import NIOSSL
import SwiftASN1
import Testing
import X509

@Suite("A connection", .timeLimit(.minutes(2)))
struct MutualTLSTests {
  let minted: MintedAuthority

  init() throws { minted = try MintedAuthority() }

  /// Dials from a party that must not get in.
  private func failure(_ server: HostPort, _ tls: TLSSettings) async -> ConnectFailure? {
    do {
      _ = try await dial(server, tls: tls, timeout: .seconds(10))
      return nil
    } catch {
      return error
    }
  }

  private func clock(at moment: Date) -> @Sendable () -> Date { { moment } }

  private func forgedSettings(
    names: [GeneralName], usage: ExtendedKeyUsage.Usage = .clientAuth
  ) throws -> TLSSettings {
    let forged = try minted.forged(names: names, usage: usage)
    return try TLSSettings(
      authority: minted.authority.rootCertificate, certificate: forged.certificate,
      key: forged.key)
  }

  @Test("is made by sites and researchers, by any name the server was certified for")
  func accepted() async throws {
    let site = try minted.settings(.site, "luxembourg")
    let researcher = try minted.settings(.researcher, "ada")
    try await RunningServer.run(minted.serverSettings) { server in
      for host in ["localhost", "127.0.0.1", "LocalHost"] {
        let transport = try await dial(server.at(host), tls: site)
        #expect(transport.server.name?.uri == "konsil://coordinator/basel")
        let answer = try await echo([[1, 2, 3]], over: transport)
        #expect(answer.name == "konsil://site/luxembourg")
        #expect(answer.messages == [[1, 2, 3]])
      }
      let answer = try await echo([], over: try await dial(server.at("localhost"), tls: researcher))
      #expect(answer.name == "konsil://researcher/ada")
      #expect(server.refused.isEmpty)
    }
  }

  @Test("is refused under another authority, whoever does not trust whom")
  func wrongAuthority() async throws {
    let other = try MintedAuthority()
    let theirs = try other.enrolled(.site, "luxembourg")
    let stranger = try TLSSettings(theirs, authority: minted.authority.rootCertificate)
    let misled = try TLSSettings(
      minted.enrolled(.site, "basel"), authority: other.authority.rootCertificate)
    try await RunningServer.run(minted.serverSettings) { server in
      let address = server.at("localhost")
      #expect(
        await failure(address, stranger) == .certificateRefused(address, alert: "unknown ca"))
      #expect(
        await failure(address, misled)
          == .serverNotTrusted(address, authority: misled.authority.subject))
      #expect(server.peers.all.isEmpty)
      #expect(server.refused.first?.contains("certificate verify failed") == true)
    }
  }

  @Test("is refused with a certificate whose time is over")
  func expired() async throws {
    let keys = try minted.enrolled(
      .site, "luxembourg", days: 1, now: Date(timeIntervalSinceNow: -2 * 86_400))
    let settings = try TLSSettings(keys, authority: minted.authority.rootCertificate)
    try await RunningServer.run(minted.serverSettings) { server in
      let address = server.at("localhost")
      #expect(
        await failure(address, settings)
          == .certificateRefused(address, alert: "certificate expired"))
    }
  }

  @Test("ends with the certificate, at the latest")
  func endsWithCertificate() async throws {
    let keys = try minted.enrolled(.site, "luxembourg", days: 1)
    let settings = try TLSSettings(keys, authority: minted.authority.rootCertificate)
    // The server's clock stands still shortly before the certificate's end. On a busy machine a connection may
    // take longer than that, so the time that is left grows until one comes about.
    var seconds = 3.0
    var connected = false
    while !connected {
      let nearTheEnd = clock(at: settings.certificate.notAfter.addingTimeInterval(-seconds))
      connected = try await RunningServer.run(minted.serverSettings, now: nearTheEnd) { server in
        let transport = try await dial(server.at("localhost"), tls: settings)
        do {
          try await transport.connect()
        } catch {
          if seconds < 100 { return false }
          throw error
        }
        #expect(try await eventually(within: seconds + 5) { server.peers.all.isEmpty })
        return true
      }
      seconds *= 4
    }
    // And here it stands at the end itself, though the TLS library would still let it in.
    let atTheEnd = clock(at: settings.certificate.notAfter)
    try await RunningServer.run(minted.serverSettings, now: atTheEnd) { server in
      let address = server.at("localhost")
      #expect(await failure(address, settings) == .certificateRefused(address, alert: nil))
      #expect(server.refused.first?.contains("it is valid from") == true)
    }
  }

  @Test("is refused without a certificate, with TLS 1.2, without HTTP/2")
  func foreignClients() async throws {
    let root = minted.authority.rootCertificate
    let keys = try minted.enrolled(.site, "luxembourg")
    func certified(_ configuration: inout TLSConfiguration) throws {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(keys.tlsCertificate).map {
        .certificate($0)
      }
      configuration.privateKey = .privateKey(
        try NIOSSLPrivateKey(file: keys.tlsKey, format: .pem))
    }
    try await RunningServer.run(minted.serverSettings) { server in
      let good = try ForeignClient(trusting: root) { try certified(&$0) }
      #expect(try await good.isSpokenTo(at: server.port), "the others differ from this in one thing")
      let nobody = ForeignClient(trusting: root) { _ in }
      #expect(try await !nobody.isSpokenTo(at: server.port))
      let old = try ForeignClient(trusting: root) {
        try certified(&$0)
        $0.maximumTLSVersion = .tlsv12
      }
      #expect(try await !old.isSpokenTo(at: server.port))
      let classical = try ForeignClient(trusting: root) {
        try certified(&$0)
        $0.curves = [.x25519, .secp256r1, .secp384r1]
      }
      #expect(try await !classical.isSpokenTo(at: server.port))
      let http1 = try ForeignClient(trusting: root) {
        try certified(&$0)
        $0.applicationProtocols = []
      }
      #expect(try await !http1.isSpokenTo(at: server.port))
      #expect(try await eventually { server.refused.count == 4 })
      let words = [
        "peer did not return a certificate", "unsupported protocol", "no shared group", "HTTP/2",
      ]
      for (reason, word) in zip(server.refused, words) {
        #expect(reason.contains(word), "\(reason)")
      }
    }
  }

  @Test("needs the post-quantum group unless both sides are configured otherwise")
  func groups() async throws {
    let classical = try minted.settings(.site, "luxembourg", groups: [.x25519, .secp256r1])
    let both = try minted.settings(.site, "basel", groups: [.x25519MLKEM768, .x25519])
    try await RunningServer.run(minted.serverSettings) { server in
      let address = server.at("localhost")
      #expect(
        await failure(address, classical) == .notAgreed(address, reason: "handshake failure"))
      #expect(await failure(address, both) == nil)
      let probe = try await TLSProbe.run(address, tls: both)
      #expect(probe.group == nil)
    }
    let lenient = try TLSSettings(minted.authority, groups: [.x25519MLKEM768, .x25519])
    try await RunningServer.run(lenient) { server in
      #expect(await failure(server.at("localhost"), classical) == nil)
    }
  }

  @Test("is refused when the certificate does not name exactly one site or researcher")
  func forgedNames() async throws {
    func uri(_ text: String) -> GeneralName { .uniformResourceIdentifier(text) }
    let cases: [(names: [GeneralName], problem: CertificateProblem)] = [
      ([], .noName),
      ([.dnsName("localhost")], .noName),
      ([uri("https://site/luxembourg")], .noName),
      ([uri("konsil://site/luxembourg"), uri("konsil://site/basel")], .severalNames),
      ([uri("konsil://site/Luxembourg")], .badName),
      ([uri("konsil://owner/luxembourg")], .badName),
    ]
    let coordinator = try forgedSettings(names: [uri("konsil://coordinator/basel")])
    try await RunningServer.run(minted.serverSettings) { server in
      let address = server.at("localhost")
      for (names, problem) in cases {
        // `TLSSettings` would not take a certificate without a name, which an attacker needs not.
        let forged = try minted.forged(names: names, usage: .clientAuth)
        let client = try ForeignClient(trusting: minted.authority.rootCertificate) {
          $0.certificateChain = try NIOSSLCertificate.fromPEMFile(forged.certificate).map {
            .certificate($0)
          }
          $0.privateKey = .privateKey(try NIOSSLPrivateKey(file: forged.key, format: .pem))
        }
        #expect(try await !client.isSpokenTo(at: server.port), "\(names)")
        #expect(server.refused.last?.contains(problem.description) == true, "\(names)")
      }
      #expect(await failure(address, coordinator) == .certificateRefused(address, alert: nil))
      #expect(server.refused.last?.contains("the role must be site or researcher") == true)
      #expect(server.peers.all.isEmpty)
    }
  }

  @Test("is given up when the server is not certified for the host that was dialled")
  func hostNames() async throws {
    // An address in the certificate does not stand for a name that leads to it, nor the reverse.
    for (certified, dialled) in [
      ("coordinator.example.org", "localhost"), ("127.0.0.1", "localhost"),
      ("localhost", "127.0.0.1"), ("::1", "127.0.0.1"),
    ] {
      let other = try MintedAuthority(hosts: [certified])
      let settings = try other.settings(.site, "luxembourg")
      try await RunningServer.run(other.serverSettings) { server in
        let address = server.at(dialled)
        #expect(
          await failure(address, settings) == .hostNameMismatch(address),
          "\(certified) \(dialled)")
      }
    }
  }

  @Test("is given up when the server is not a coordinator")
  func notACoordinator() async throws {
    let names: [GeneralName] = [
      .dnsName("localhost"), .uniformResourceIdentifier("konsil://site/luxembourg"),
    ]
    let site = try minted.settings(.site, "luxembourg")
    let name = try #require(PeerName(uri: "konsil://site/luxembourg"))
    let impostor = try forgedSettings(names: names, usage: .serverAuth)
    try await RunningServer.run(impostor) { server in
      let address = server.at("localhost")
      #expect(
        await failure(address, site)
          == .notACoordinator(address, .roleMismatch(found: name, wanted: [.coordinator])))
    }
    // A certificate that was issued to a client does not make a server.
    try await RunningServer.run(site) { server in
      let address = server.at("localhost")
      #expect(
        await failure(address, site)
          == .serverNotTrusted(address, authority: site.authority.subject))
    }
  }

  @Test("is still possible after many that failed")
  func serverStaysUp() async throws {
    let other = try MintedAuthority()
    let stranger = try TLSSettings(
      other.enrolled(.site, "luxembourg"), authority: minted.authority.rootCertificate)
    let site = try minted.settings(.site, "luxembourg")
    try await RunningServer.run(minted.serverSettings) { server in
      let address = server.at("localhost")
      for _ in 0..<20 { #expect(await failure(address, stranger) != nil) }
      let answer = try await echo([], over: dial(address, tls: site))
      #expect(answer.name == "konsil://site/luxembourg")
    }
  }
}
