import Foundation
import Identity
import Testing

@Suite("Through an HTTP proxy", .timeLimit(.minutes(1)))
struct ProxyTests {
  let minted: MintedAuthority
  let tls: TLSSettings

  init() throws {
    minted = try MintedAuthority()
    tls = try minted.settings(.site, "luxembourg")
  }

  private func failure(
    _ server: HostPort, _ proxy: HTTPProxy, timeout: Duration = .seconds(10)
  ) async -> ConnectFailure? {
    do {
      _ = try await dial(server, tls: tls, proxy: proxy, timeout: timeout)
      return nil
    } catch {
      return error
    }
  }

  @Test("a site connects as it does without")
  func connects() async throws {
    try await RunningServer.run(minted.serverSettings) { server in
      try await TinyProxy.run(.connect) { proxy, address in
        let transport = try await dial(
          server.at("localhost"), tls: tls, proxy: HTTPProxy(address: address))
        let answer = try await echo([[7]], over: transport)
        #expect(answer.name == "konsil://site/luxembourg")
        #expect(answer.messages == [[7]])
        let request = try #require(proxy.asked.first)
        #expect(request.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
        #expect(request.contains("Host: localhost:\(server.port)\r\n"))
        #expect(!request.contains("Authorization"))
      }
    }
  }

  @Test("user and password are sent to the proxy, and printed nowhere")
  func credentials() async throws {
    let file = try minted.folder.file("proxy", "clinic:open sesame\n")
    let credentials = try ProxyCredentials(contentsOf: file)
    #expect(!"\(credentials)".contains("sesame"))
    var dumped = ""
    dump(
      HTTPProxy(address: try #require(HostPort(host: "a", port: 1)), credentials: credentials), to: &dumped)
    #expect(!dumped.contains("Y2xpbmlj"))
    try await RunningServer.run(minted.serverSettings) { server in
      try await TinyProxy.run(.connect) { proxy, address in
        let through = HTTPProxy(address: address, credentials: credentials)
        #expect(await failure(server.at("127.0.0.1"), through) == nil)
        // printf 'clinic:open sesame' | base64
        let expected = "Proxy-Authorization: Basic Y2xpbmljOm9wZW4gc2VzYW1l\r\n"
        #expect(proxy.asked.first?.contains(expected) == true)
      }
    }
  }

  @Test("the credentials' file must be private and one line")
  func credentialsFile() throws {
    let loose = try minted.folder.file("loose", "a:b\n", mode: 0o644)
    #expect(throws: IdentityFileError.notPrivate(loose, mode: 0o644)) {
      try ProxyCredentials(contentsOf: loose)
    }
    for bad in ["", "ab", ":b", "a:b\nc:d\n"] {
      let path = try minted.folder.file("bad", bad)
      #expect(throws: IdentityFileError.self, "\(bad)") { try ProxyCredentials(contentsOf: path) }
    }
  }

  @Test("a proxy that refuses is named with its status", arguments: [403, 407, 502])
  func refusing(status: Int) async throws {
    let server = try #require(HostPort(host: "localhost", port: 443))
    let answer = "HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nno"
    try await TinyProxy.run(.answer(answer)) { _, address in
      #expect(
        await failure(server, HTTPProxy(address: address))
          == .proxyRefused(address, status: status))
    }
  }

  @Test("a proxy that says nothing, or no HTTP, or is not there, is named")
  func broken() async throws {
    let server = try #require(HostPort(host: "localhost", port: 443))
    try await TinyProxy.run(.silence) { _, address in
      #expect(
        await failure(server, HTTPProxy(address: address), timeout: .milliseconds(300))
          == .timedOut(address, .proxy))
    }
    try await TinyProxy.run(.answer("SSH-2.0-nothing\r\n\r\n")) { _, address in
      guard case .proxyFailed(address, _) = await failure(server, HTTPProxy(address: address)) else {
        Issue.record("not recognised")
        return
      }
    }
    let reserved = try #require(ReservedPort())
    let address = reserved.address
    #expect(await failure(server, HTTPProxy(address: address)) == .connectionRefused(address))
  }

  @Test(
    "whatever a proxy answers, there is an error and no crash",
    arguments: [
      "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 999 \r\n\r\n", "HTTP/1.1 200",
      "HTTP/0.9 200 OK\r\n\r\n", "\r\n\r\n\r\n", "\0\0\0\0", "GET / HTTP/1.1\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 50_000) + "\r\n",
    ])
  func oddAnswers(answer: String) async throws {
    let server = try #require(HostPort(host: "localhost", port: 443))
    try await TinyProxy.run(.answer(answer)) { _, address in
      #expect(
        await failure(server, HTTPProxy(address: address), timeout: .milliseconds(500)) != nil)
    }
  }

  @Test("the proxy's own address does not pass for the server's")
  func proxyAddress() async throws {
    // The certificate is for the address of the proxy, which is not the one that was dialled.
    let other = try MintedAuthority(hosts: ["127.0.0.1"])
    let settings = try other.settings(.site, "luxembourg")
    try await RunningServer.run(other.serverSettings) { server in
      try await TinyProxy.run(.connect) { _, address in
        let dialled = server.at("::1")
        await #expect(throws: ConnectFailure.hostNameMismatch(dialled)) {
          try await dial(dialled, tls: settings, proxy: HTTPProxy(address: address))
        }
      }
    }
  }
}
