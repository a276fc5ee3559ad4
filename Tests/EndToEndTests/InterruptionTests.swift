import Federation
import Foundation
import KonsilTesting
import Testing
import Wire

extension EndToEnd {
  @Suite struct InterruptionTests {
    @Test("A killed agent or coordinator pauses a run and changes nothing in its model")
    func killed() async throws {
      try await SlowProxy.run { proxy, port in
        try await FederationProcesses.run(try .ibd()) { federation in
          try await federation.startCoordinator()
          // One site's way is slow where a run must last.
          try await federation.startAgents(
            ["basel"], SiteOptions(proxyPort: port))
          try await federation.startAgents(["luxembourg", "strasbourg", "freiburg"])
          try await federation.waitForSites(federation.sites)
          #expect(proxy.asked.first?.hasPrefix("CONNECT localhost:\(federation.port) ") == true)

          let undisturbed = try await Self.undisturbedRun(federation)
          proxy.isSlow = true
          try await Self.agentKilled(federation, proxy, undisturbed)
          proxy.isSlow = true
          try await Self.coordinatorKilled(federation, proxy, undisturbed)
          try await Self.everythingStays(federation, undisturbed)
        }
      }
    }

    struct Undisturbed {
      let run: String
      let model: Data
      var text: String { model.without(run: run) }
    }

    private static func undisturbedRun(_ federation: FederationProcesses) async throws -> Undisturbed {
      let run = try await federation.submit()
      try await federation.watch(run)
      let model = try await federation.exportModel(run)
      let texts = try federation.sites.map {
        (name: $0, text: try federation.text("\($0)/records.csv"))
      }
      try FederatedModel(json: model).expectEqual(toPooled: texts, IBD.terms, outcome: "failure_12m")
      #expect(federation.epochs("freiburg", of: run) == [1])

      let csv = try await federation.exportModel(run, as: "csv")
      #expect(csv.split(separator: UInt8(ascii: "\n")).count == 13)
      try model.write(to: URL(fileURLWithPath: federation("model.json")))
      let predicted = try await federation.succeed(
        .konsil, ["predict", "--model", "model.json", "--input", "basel/records.csv"])
      #expect(predicted.output.split(separator: "\n").count == 241)
      let shown = try await federation.konsil("model", "show", String(run.prefix(8)))
      #expect(shown.status == 0 && shown.output.contains("prior_anti_tnf"), "\(shown)")
      return Undisturbed(run: run, model: model)
    }

    /// Waits until a site has answered a step in the run's middle.
    private static func middle(_ federation: FederationProcesses, _ run: String) async throws {
      try await wait(
        until: "the run is in its middle", told: federation.coordinator?.tail ?? ""
      ) { federation.steps("freiburg", of: run).last ?? 0 >= 4 }
    }

    private static func agentKilled(
      _ federation: FederationProcesses, _ proxy: SlowProxy, _ undisturbed: Undisturbed
    ) async throws {
      let before = Date()
      let run = try await federation.submit()
      try await middle(federation, run)
      await federation.agent("freiburg")?.kill()
      try await wait(until: "the coordinator notices") {
        try await federation.waits(run).contains {
          $0.site == "freiburg" && $0.reason == "not connected"
            && $0.since.milliseconds >= Int64(before.timeIntervalSince1970 * 1000)
            && $0.since.milliseconds <= Int64(Date().timeIntervalSince1970 * 1000)
        }
      }
      #expect(try await federation.detail(run).summary.state == .running)
      let sites = try await federation.konsil("site", "list", "--json").decoded(as: SiteList.self).sites
      #expect(sites.filter { !$0.isConnected }.map(\.site) == ["freiburg"])

      proxy.isSlow = false
      try federation.startAgent("freiburg")
      try await federation.watch(run)
      #expect(try await federation.exportModel(run).without(run: run) == undisturbed.text)
      #expect(federation.epochs("luxembourg", of: run).count >= 2)
      let steps = federation.steps("freiburg", of: run)
      #expect(Set(steps) == Set(1...(steps.max() ?? 1)))
    }

    private static func coordinatorKilled(
      _ federation: FederationProcesses, _ proxy: SlowProxy, _ undisturbed: Undisturbed
    ) async throws {
      let run = try await federation.submit()
      try await middle(federation, run)
      await federation.coordinator?.kill()
      let answered = federation.steps("luxembourg", of: run).count
      let nobody = try await federation.konsil("run", "list", "--json")
      #expect(nobody.status == Federation.ExitStatus.unavailable.rawValue, "\(nobody)")

      proxy.isSlow = false
      try await federation.startCoordinator()
      #expect(try await federation.detail(run).summary.state != .finished)
      try await federation.watch(run)
      #expect(try await federation.exportModel(run).without(run: run) == undisturbed.text)
      #expect(federation.epochs("luxembourg", of: run).count >= 2)
      #expect(federation.steps("luxembourg", of: run).count > answered)
    }

    /// After the coordinator has died once more, everything that was finished is there.
    private static func everythingStays(
      _ federation: FederationProcesses, _ undisturbed: Undisturbed
    ) async throws {
      await federation.coordinator?.kill()
      try await federation.startCoordinator()
      let runs = try await federation.konsil("run", "list", "--json").decoded(as: RunList.self).runs
      #expect(runs.map(\.state) == [.finished, .finished, .finished])
      #expect(runs.last?.run == undisturbed.run)
      #expect(try await federation.exportModel(undisturbed.run) == undisturbed.model)
      let why = try await federation.konsil("run", "why", undisturbed.run)
      #expect(why.output == "the run waits for nobody: it is finished\n")
      let detail = try await federation.detail(undisturbed.run)
      #expect(
        detail.steps.map(\.query).prefix(6) == ["support", "counts", "cells", "moments", "spread", "newton"])
      #expect(detail.summary.steps == detail.steps.count)
    }
  }
}
