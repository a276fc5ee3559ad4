import Federation
import Foundation
import GRPCCore
import Identity
import KonsilTesting
import SiteAgent
import Testing
import Wire

extension EndToEnd {
  @Suite struct ConnectionTests {
    @Test("An agent without a right certificate is turned away in one line, and the coordinator goes on")
    func certificates() async throws {
      var materials = try FederationMaterials.ibd()
      materials.authorityAgeInDays = 10
      try await FederationProcesses.run(materials) { federation in
        try await federation.startCoordinator()
        try await federation.succeed(.coordinator, ["init", "--out", "elsewhere"])
        try await federation.certify(
          "luxembourg", in: "luxembourg/identity", role: "site", authority: "elsewhere")
        try federation.certifyInThePast("strasbourg")
        try await Self.turnedAway(
          federation, "luxembourg", there: "certificate verify failed", here: "unknown ca")
        try await Self.turnedAway(
          federation, "strasbourg", there: "certificate verify failed", here: "certificate expired")
        try await Self.researcherAsSite(federation)

        try await federation.startAgents(["freiburg"])
        try await federation.waitForSites(["freiburg"])
        #expect(federation.coordinator?.log.contains("site=luxembourg") == false)
        #expect(federation.coordinator?.log.contains("site=strasbourg") == false)
      }
    }

    @Test("Only a coordinator that says welcome makes an agent dial again without a longer pause")
    func welcome() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let agent = try #require(try Twin(federation).agents.first?.agent)
        _ = await agent.connected()
        #expect(await !agent.takeWelcome())
        await agent.receive(
          .welcome(version: WireProtocol.version, time: Instant(milliseconds: 0)))
        await agent.disconnected()
        #expect(await agent.takeWelcome())
        #expect(await !agent.takeWelcome())
      }
    }

    /// - Parameters:
    ///   - there: what the coordinator's log says.
    ///   - here: what the agent's log says.
    private static func turnedAway(
      _ federation: FederationProcesses, _ site: String, there: String, here: String
    ) async throws {
      let before = federation.coordinator?.log.count ?? 0
      try federation.configure(site)
      try federation.startAgent(site)
      let agent = try #require(federation.agent(site))
      try await wait(until: "the agent says why", told: agent.tail) {
        agent.log.contains("no connection: ")
      }
      #expect(agent.log.contains(here), "\(agent.tail)")
      try await wait(until: "the coordinator says why", told: federation.coordinator?.tail ?? "") {
        (federation.coordinator?.log.count ?? 0) > before
      }
      await agent.stop()
      let log = federation.coordinator?.log.dropFirst(before) ?? ""
      let lines = log.split(separator: "\n")
      #expect(
        lines.allSatisfy { $0.contains("refused a connection from ") && $0.contains("127.0.0.1") }
          && lines.allSatisfy { $0.contains(there) }, "\(log)")
    }

    /// A researcher's certificate opens the connection, but not the sites' service.
    private static func researcherAsSite(_ federation: FederationProcesses) async throws {
      var options = SiteOptions()
      options.identity = "../ada"
      try federation.configure("basel", options)
      let agent = try await federation.administrator("basel", "run")
      #expect(agent.status == Federation.ExitStatus.refused.rawValue, "\(agent)")
      #expect(agent.errors.contains("konsil://researcher/ada"), "\(agent)")

      let route = try CoordinatorRoute(
        Endpoint(
          host: "localhost", port: federation.port, authority: federation("authority/root.pem"),
          proxy: nil, groups: Endpoint.defaultGroups), folder: KeyFolder(federation("ada")))
      try await withGRPCClient(transport: try await route.dial()) { client in
        let service = Konsil_V1_SiteService.Client(wrapping: client)
        await #expect {
          try await service.attend { writer in
            let hello = SiteEvent.hello(version: WireProtocol.version, software: "test", live: [:])
            for frame in try FromSiteFramer.frames(hello) { try await writer.write(frame) }
          } onResponse: { response in
            for try await _ in response.messages {}
          }
        } throws: { error in
          (error as? RPCError).flatMap { Complaint($0) }?.code == "not-a-site"
        }
      }
    }
  }
}
