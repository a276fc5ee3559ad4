import Federation
import Foundation
import KonsilTesting
import Testing
import Wire

extension EndToEnd {
  @Suite struct TreeTrainingTests {
    @Test("Trees of real processes are those of a simulation, whoever is killed on the way")
    func trained() async throws {
      let plan = try Checkout.text("Tests/Fixtures/small-ibd/ibd-trees.plan.yaml")
      let materials = try FederationMaterials.ibd().editing("template.yaml") { _ in plan }
      try await SlowProxy.run { proxy, port in
        try await FederationProcesses.run(materials) { federation in
          let policy = SiteOptions.policy(algorithms: "boosting")
          try await federation.startCoordinator()
          // One site's way is slow where a run must last.
          try await federation.startAgents(["basel"], SiteOptions(policy: policy, proxyPort: port))
          try await federation.startAgents(
            ["luxembourg", "strasbourg", "freiburg"], SiteOptions(policy: policy))
          try await federation.waitForSites(federation.sites)

          let simulated = try await Self.simulated(federation)
          let undisturbed = try await federation.submit()
          try await federation.watch(undisturbed)
          let exported = try await federation.exportModel(undisturbed, as: "xgboost-json")
          #expect(exported == simulated.exported)
          let model = try await federation.exportModel(undisturbed).without(run: undisturbed)
          let (trained, twin) = (try Self.trained(Data(model.utf8)), try Self.trained(simulated.model))
          #expect(trained == twin)

          proxy.isSlow = true
          let afterAgent = try await Self.agentKilled(federation, proxy)
          #expect(afterAgent == model)
          proxy.isSlow = true
          let afterCoordinator = try await Self.coordinatorKilled(federation, proxy)
          #expect(afterCoordinator == model)
        }
      }
    }

    private static func simulated(
      _ federation: FederationProcesses
    ) async throws -> (model: Data, exported: Data) {
      try await federation.succeed(
        .konsil,
        ["simulate", "--study", "study.yaml", "--plan", "plan.yaml", "--out", "twin", "--site"]
          + federation.sites.map { "\($0)=\($0)/records.csv" })
      try await federation.succeed(
        .konsil,
        [
          "model", "export", "--file", "twin/model.json", "--format", "xgboost-json", "--out", "twin.json",
        ])
      return (try federation.bytes("twin/model.json"), try federation.bytes("twin.json"))
    }

    /// A model file without what says where it comes from.
    private static func trained(_ model: Data) throws -> NSDictionary {
      let all = try #require(try JSONSerialization.jsonObject(with: model) as? [String: Any])
      return all.filter { !["simulated", "run", "study", "plan"].contains($0.key) } as NSDictionary
    }

    /// Submits the plan and waits until a site has answered steps of several trees.
    private static func middle(_ federation: FederationProcesses) async throws -> String {
      let run = try await federation.submit()
      try await wait(
        until: "the run is in its middle", told: federation.coordinator?.tail ?? ""
      ) { federation.steps("freiburg", of: run).last ?? 0 >= 40 }
      return run
    }

    /// - Returns: the model, without its run.
    private static func end(_ federation: FederationProcesses, _ run: String) async throws -> String {
      try await federation.watch(run)
      #expect(federation.epochs("luxembourg", of: run).count >= 2)
      // The steps before are verified, and are not asked again.
      let detail = try await federation.detail(run)
      let first = try #require(detail.steps.first { $0.query == "tree-histograms" }?.step)
      for site in federation.sites {
        // Nor are those of trees, but for the round that was not finished: three levels, and the site answers alike.
        let steps = federation.steps(site, of: run)
        #expect(Set(steps) == Set(1...(steps.max() ?? 1)), "\(site)")
        #expect(steps.count { $0 <= first } == first, "\(site)")
        #expect(steps.count - Set(steps).count <= 3, "\(site)")
      }
      return try await federation.exportModel(run).without(run: run)
    }

    private static func agentKilled(
      _ federation: FederationProcesses, _ proxy: SlowProxy
    ) async throws -> String {
      let run = try await middle(federation)
      await federation.agent("freiburg")?.kill()
      try await wait(until: "the coordinator notices") {
        try await federation.waits(run).contains { $0.site == "freiburg" && $0.reason == "not connected" }
      }
      proxy.isSlow = false
      try federation.startAgent("freiburg")
      return try await end(federation, run)
    }

    private static func coordinatorKilled(
      _ federation: FederationProcesses, _ proxy: SlowProxy
    ) async throws -> String {
      let run = try await middle(federation)
      await federation.coordinator?.kill()
      proxy.isSlow = false
      try await federation.startCoordinator()
      return try await end(federation, run)
    }
  }
}
