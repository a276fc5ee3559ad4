import Federation
import Identity
import Testing

@Suite("The way to the coordinator", .timeLimit(.minutes(1)))
struct CoordinatorRouteTests {
  let minted: MintedAuthority
  let keys: KeyFolder

  init() throws {
    minted = try MintedAuthority()
    keys = try minted.enrolled(.site, "luxembourg")
  }

  private func endpoint(
    host: String = "localhost", port: Int = 1, authority: String? = nil,
    proxy: Endpoint.Proxy? = nil, groups: [String] = Endpoint.defaultGroups
  ) -> Endpoint {
    Endpoint(
      host: host, port: port, authority: authority ?? minted.authority.rootCertificate,
      proxy: proxy, groups: groups)
  }

  @Test("is what the configuration says, proxy and groups included")
  func good() async throws {
    try await RunningServer.run(minted.serverSettings) { server in
      try await TinyProxy.run(.connect) { proxy, address in
        let credentials = try minted.folder.file("credentials", "clinic:secret\n")
        let route = try CoordinatorRoute(
          endpoint(
            port: server.port,
            proxy: Endpoint.Proxy(
              host: address.host, port: address.port, credentials: credentials),
            groups: ["x25519mlkem768", "X25519"]),
          folder: keys)
        #expect(route.tls.groups == [.x25519MLKEM768, .x25519])
        #expect(try await route.probe().server.name?.role == .coordinator)
        let answer = try await echo([], over: try await route.dial())
        #expect(answer.name == "konsil://site/luxembourg")
        #expect(proxy.asked.count == 2)
        #expect(proxy.asked.allSatisfy { $0.contains("Proxy-Authorization: Basic ") })
      }
    }
  }

  @Test("is refused with the reason when an address, a group or a file is wrong")
  func bad() throws {
    func error(_ endpoint: Endpoint, _ folder: KeyFolder? = nil) -> CoordinatorRouteError? {
      #expect(throws: CoordinatorRouteError.self) {
        try CoordinatorRoute(endpoint, folder: folder ?? keys)
      }
    }
    #expect(error(endpoint(host: "a b")) == .badAddress("a b:1"))
    #expect(error(endpoint(port: 0)) == .badAddress("localhost:0"))
    let proxy = Endpoint.Proxy(host: "proxy\r\nX: y", port: 80, credentials: nil)
    #expect(error(endpoint(proxy: proxy)) == .badAddress("proxy\r\nX: y:80"))
    #expect(error(endpoint(groups: ["rsa"])) == .unknownGroup("rsa"))
    let none = minted.folder.path + "/none.pem"
    guard case .file(.unreadable(none, _)) = error(endpoint(authority: none)) else {
      Issue.record("the absent authority is not named")
      return
    }
    let other = try minted.enrolled(.site, "basel")
    let swapped = KeyFolder(minted.folder.path + "/swapped")
    _ = try KeyFolder.create(at: swapped.path, name: "basel", role: .site)
    try replace(swapped.tlsCertificate, with: text(of: other.tlsCertificate))
    #expect(
      error(endpoint(), swapped)
        == .file(.keyMismatch(certificate: swapped.tlsCertificate, key: swapped.tlsKey)))
    try replace(swapped.tlsCertificate, with: "no certificate")
    guard case .file(.malformed(swapped.tlsCertificate, _)) = error(endpoint(), swapped) else {
      Issue.record("the malformed certificate is not named")
      return
    }
    try setMode(0o644, of: keys.tlsKey)
    #expect(error(endpoint()) == .file(.notPrivate(keys.tlsKey, mode: 0o644)))
  }
}
