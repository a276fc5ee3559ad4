import Foundation
import GRPCCore
import Identity
import SecureAggregation
import Testing

@Suite("Who sends a request", .timeLimit(.minutes(2)))
struct ConnectedPeersTests {
  let minted: MintedAuthority

  init() throws { minted = try MintedAuthority() }

  @Test("is told for every connection apart")
  func simultaneousClients() async throws {
    let names = ["luxembourg", "strasbourg", "freiburg", "basel"]
    let settings = try names.map { try minted.settings(.site, $0) }
    let together = Flag()
    try await RunningServer.run(minted.serverSettings) { server in
      let answers = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
        for (index, tls) in settings.enumerated() {
          group.addTask {
            let transport = try await dial(server.at("localhost"), tls: tls)
            let answer = try await echo([[UInt8(index)]], over: transport) {
              // Each stays connected until one has seen all of them.
              _ = try await eventually {
                if server.peers.all.count == names.count { together.raise() }
                return together.isRaised
              }
            }
            return (index, answer.name)
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      #expect(together.isRaised)
      for (index, name) in names.enumerated() {
        #expect(answers[index] == "konsil://site/\(name)")
      }
      #expect(try await eventually { server.peers.all.isEmpty })
    }
  }

  @Test("comes with the certificate's fingerprint and end")
  func facts() async throws {
    let tls = try minted.settings(.researcher, "ada")
    try await RunningServer.run(minted.serverSettings) { server in
      let transport = try await dial(server.at("localhost"), tls: tls)
      _ = try await echo([], over: transport) {
        let peer = try #require(server.peers.all.first)
        #expect(peer.name == tls.name)
        #expect(peer.fingerprint == tls.certificate.fingerprint)
        #expect(peer.notAfter == tls.certificate.notAfter)
      }
    }
  }

  @Test("is told over IPv6 too", .enabled(if: Loopback.hasIPv6, "there is no ::1"))
  func overIPv6() async throws {
    let tls = try minted.settings(.site, "basel")
    try await RunningServer.run(minted.serverSettings, on: "::1") { server in
      let answer = try await echo([], over: try await dial(server.at("::1"), tls: tls))
      #expect(answer.name == "konsil://site/basel")
    }
  }

  @Test("is nobody when the connection is unknown, closed, or its port came to be another's")
  func lookup() async throws {
    let peers = ConnectedPeers()
    let first = try peer("luxembourg")
    let second = try peer("basel")
    let address = "ipv4:127.0.0.1:5555"
    func lookUp() async throws -> PeerName {
      try await withServerContextRPCCancellationHandle { handle in
        let context = ServerContext(
          descriptor: EchoService.method, remotePeer: address, localPeer: "", cancellation: handle)
        return try peers.peer(for: context).name
      }
    }
    func isNobody() async -> Bool {
      do {
        _ = try await lookUp()
        return false
      } catch {
        return (error as? RPCError)?.code == .unauthenticated
      }
    }
    #expect(await isNobody())
    #expect(peers.open(first, at: address))
    #expect(try await lookUp() == first.name)
    #expect(!peers.open(second, at: address), "in use")
    peers.release(address)
    #expect(try await lookUp() == first.name, "only a closed connection's address is released")
    peers.close(address)
    #expect(await isNobody())
    #expect(!peers.open(second, at: address), "a late request of the first would pass for the second")
    peers.release(address)
    #expect(peers.open(second, at: address))
    #expect(try await lookUp() == second.name)
  }

  private func peer(_ name: String) throws -> ConnectedPeer {
    ConnectedPeer(
      name: try #require(PeerName(role: .site, name: name)), fingerprint: Digest(of: []),
      notAfter: .distantFuture)
  }
}

@Suite("A transport to the coordinator", .timeLimit(.minutes(1)))
struct CoordinatorTransportTests {
  @Test("carries messages of 1 MiB and refuses those beyond the limit")
  func sizes() async throws {
    let minted = try MintedAuthority()
    let tls = try minted.settings(.site, "luxembourg")
    try await RunningServer.run(minted.serverSettings) { server in
      let chunk = [UInt8](repeating: 0xa5, count: 1 << 20)
      let answer = try await echo(
        [chunk, chunk, chunk], over: dial(server.at("localhost"), tls: tls))
      #expect(answer.messages == [chunk, chunk, chunk])
      let tooLong = [UInt8](repeating: 0, count: TransportLimits.messageBytes + 1)
      await #expect(throws: RPCError.self) {
        try await echo([tooLong], over: dial(server.at("localhost"), tls: tls))
      }
      #expect(server.largest.value == chunk.count)
      // The daemon goes on.
      #expect(try await echo([], over: dial(server.at("localhost"), tls: tls)).name != nil)
    }
  }

  @Test("may be dropped unused, and hangs up then")
  func dropped() async throws {
    let minted = try MintedAuthority()
    let tls = try minted.settings(.site, "luxembourg")
    try await RunningServer.run(minted.serverSettings) { server in
      do {
        let transport = try await dial(server.at("localhost"), tls: tls)
        #expect(server.peers.all.count == 1)
        transport.beginGracefulShutdown()
      }
      #expect(try await eventually { server.peers.all.isEmpty })
    }
  }

  @Test("returns from connect when the coordinator goes")
  func serverGoes() async throws {
    let minted = try MintedAuthority()
    let tls = try minted.settings(.site, "luxembourg")
    let (finished, finish) = AsyncStream.makeStream(of: Void.self)
    try await RunningServer.run(minted.serverSettings) { server in
      let transport = try await dial(server.at("localhost"), tls: tls)
      Task {
        try? await transport.connect()
        finish.finish()
      }
      _ = try await eventually { server.peers.all.count == 1 }
    }
    for await _ in finished {}
  }

  @Test("is probed without being used")
  func probe() async throws {
    let minted = try MintedAuthority()
    let tls = try minted.settings(.site, "luxembourg")
    try await RunningServer.run(minted.serverSettings) { server in
      let probe = try await TLSProbe.run(server.at("localhost"), tls: tls)
      #expect(probe.tlsVersion == "1.3")
      #expect(probe.offeredGroups == [.x25519MLKEM768])
      #expect(probe.group == .x25519MLKEM768)
      #expect(probe.server.name?.uri == "konsil://coordinator/basel")
      #expect(try await eventually { server.peers.all.isEmpty })
    }
  }
}
