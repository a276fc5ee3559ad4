import Federation
import Foundation
import KonsilTesting
import Testing

extension EndToEnd {
  @Suite struct BadInputTests {
    @Test("Each thing that is wrong with a site gets one clear error, and the coordinator stays up")
    func site() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        try await federation.startCoordinator()
        let coordinator = try #require(federation.coordinator)
        try await federation.startAgents()
        try await federation.waitForSites(federation.sites)
        try await Self.second(federation)
        try await Self.configurations(federation)
        try await Self.files(federation)
        try await Self.records(federation)
        try await Self.journal(federation)
        #expect(coordinator.isRunning)
        #expect(try await federation.konsil("site", "list").status == 0)
      }
    }

    /// An agent that must not start.
    private static func fails(
      _ federation: FederationProcesses, _ site: String, _ status: Federation.ExitStatus,
      naming words: String...,
      location: SourceLocation = #_sourceLocation
    ) async throws {
      let result = try await federation.administrator(site, "run")
      #expect(result.status == status.rawValue, "\(result)", sourceLocation: location)
      let lines = result.errors.split(separator: "\n").filter { $0.contains("error: ") }
      #expect(lines.count == 1, "\(result)", sourceLocation: location)
      for word in words {
        #expect(result.errors.contains(word), "\(word): \(result)", sourceLocation: location)
      }
    }

    private static func second(_ federation: FederationProcesses) async throws {
      try await fails(federation, "basel", .unavailable, naming: "another agent runs on", "basel/state")
      let again = try await federation.call(.coordinator, ["run", "--config", "coordinator.yaml"])
      #expect(again.status == Federation.ExitStatus.unavailable.rawValue, "\(again)")
      #expect(again.errors.contains("konsil.sqlite"), "\(again)")
      // Another database, the same port.
      try federation.write(
        try federation.text("coordinator.yaml")
          .replacingOccurrences(of: "konsil.sqlite", with: "other.sqlite")
          .replacingOccurrences(of: "port: 0", with: "port: \(federation.port)"), to: "other.yaml")
      let samePort = try await federation.call(.coordinator, ["run", "--config", "other.yaml"])
      #expect(samePort.status == Federation.ExitStatus.unavailable.rawValue, "\(samePort)")
      #expect(samePort.errors.contains("127.0.0.1:\(federation.port)"), "\(samePort)")
      await federation.agent("basel")?.stop()
    }

    private static func configurations(_ federation: FederationProcesses) async throws {
      let good = try federation.text("basel/site.yaml")
      try federation.write(good + "policies: {}\n", to: "basel/site.yaml")
      try await fails(federation, "basel", .badInput, naming: "site.yaml", "policies")
      try federation.write(good + "  - [\n", to: "basel/site.yaml")
      try await fails(federation, "basel", .badInput, naming: "site.yaml")
      try federation.write(
        good.replacingOccurrences(of: "least_sites: 3", with: "least_sites: three"),
        to: "basel/site.yaml")
      try await fails(federation, "basel", .badInput, naming: "site.yaml", "least_sites")
      try FileManager.default.removeItem(atPath: federation("basel/site.yaml"))
      try await fails(federation, "basel", .noInput, naming: "site.yaml", "No such file or directory")
      try FileManager.default.createDirectory(
        atPath: federation("basel/site.yaml"), withIntermediateDirectories: false)
      try await fails(federation, "basel", .noInput, naming: "site.yaml", "Is a directory")
      try FileManager.default.removeItem(atPath: federation("basel/site.yaml"))
      try federation.write(good, to: "basel/site.yaml")
      for (file, reason) in [("nowhere.yaml", "No such file or directory"), ("basel", "Is a directory")] {
        let coordinator = try await federation.call(.coordinator, ["run", "--config", file])
        #expect(coordinator.status == Federation.ExitStatus.noInput.rawValue, "\(coordinator)")
        #expect(coordinator.errors.contains("\(file) cannot be read: \(reason)"), "\(coordinator)")
      }
    }

    private static func files(_ federation: FederationProcesses) async throws {
      let manager = FileManager.default
      let (pem, key) = (federation("basel/identity/tls.pem"), federation("basel/identity/identity.key"))
      try manager.moveItem(atPath: pem, toPath: pem + ".away")
      try await fails(federation, "basel", .noInput, naming: "tls.pem")
      try manager.moveItem(atPath: pem + ".away", toPath: pem)
      try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
      try await fails(federation, "basel", .refused, naming: "identity.key")
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    }

    private static func records(_ federation: FederationProcesses) async throws {
      let good = try federation.text("basel/records.csv")
      let lines = good.split(separator: "\n").map(String.init)
      func withRow(_ index: Int, _ edit: (inout [String]) -> Void) -> String {
        var lines = lines
        var fields = lines[index].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        edit(&fields)
        lines[index] = fields.joined(separator: ",")
        return lines.joined(separator: "\n") + "\n"
      }
      let bad: [(text: String, words: [String])] = [
        (withRow(3) { $0[8] = "SENTINEL-7f3a" }, ["records.csv:4", "crp"]),
        (withRow(0) { $0[8] = "c_r_p" }, ["records.csv", "crp"]),
        ("", ["records.csv", "empty"]),
        (withRow(5) { $0[8] = "SENTINEL" + $0[8] }, ["records.csv:6", "crp"]),
      ]
      // Each is in a snapshot of its own; the first of all is as good as none for the plan.
      for (text, words) in bad {
        try federation.write(text, to: "basel/records.csv")
        let checked = try await federation.administrator("basel", "check", "--json")
        #expect(checked.status == Federation.ExitStatus.runFailed.rawValue, "\(checked)")
        try? FileManager.default.removeItem(atPath: federation("basel/state/snapshots"))
        try federation.startAgent("basel")
        let run = try await federation.submit()
        let watched = try await federation.konsil("run", "watch", run, "--json")
        #expect(watched.status == Federation.ExitStatus.runFailed.rawValue, "\(watched)")
        let error = try watched.decoded(as: PrintedError.self).error
        #expect(error.code == "records-do-not-fit" && error.message.contains("basel"), "\(error)")
        let agent = try #require(federation.agent("basel"))
        for word in words {
          #expect(agent.log.contains(word), "\(word): \(agent.tail)")
          #expect(checked.output.contains(word), "\(word): \(checked)")
        }
        #expect(!checked.description.contains("SENTINEL"))
        await agent.stop()
      }
      #expect(!federation.allLogs.contains("SENTINEL"))
      try federation.write(good, to: "basel/records.csv")
      try? FileManager.default.removeItem(atPath: federation("basel/state/snapshots"))
    }

    private static func journal(_ federation: FederationProcesses) async throws {
      try federation.startAgent("basel")
      try await federation.watch(try await federation.submit())
      await federation.agent("basel")?.stop()
      let whole = try federation.text("basel/state/journal.jsonl")
      let lines = whole.split(separator: "\n")

      // A last line cut short by a crash: nothing it spoke of has left.
      try federation.write(whole + String(lines[5].prefix(40)), to: "basel/state/journal.jsonl")
      try federation.startAgent("basel")
      try await federation.watch(try await federation.submit())
      await federation.agent("basel")?.stop()
      let continued = try federation.text("basel/state/journal.jsonl")
      #expect(continued.hasPrefix(whole) && continued.count > whole.count)

      var changed = continued.split(separator: "\n").map(String.init)
      changed[4] = changed[4].replacingOccurrences(of: "\"count\":2", with: "\"count\":1")
      #expect(changed[4] != lines[4], "the test changes something")
      try federation.write(
        changed.joined(separator: "\n") + "\n", to: "basel/state/journal.jsonl")
      try await fails(federation, "basel", .badInput, naming: "journal.jsonl", "line 5")
    }

    @Test("A column that varies at too few sites ends the run by its name, where the plan says so")
    func constantColumn() async throws {
      let strict = try FederationMaterials.ibd().editing("template.yaml") {
        $0.replacingOccurrences(of: "penalty: none", with: "rare: refuse\npenalty: none")
      }
      try await FederationProcesses.run(strict) { federation in
        for site in ["basel", "freiburg"] {
          var lines = try federation.text("\(site)/records.csv").split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
          let steroids = try #require(lines.first?.firstIndex(of: "steroids"))
          for row in lines.indices.dropFirst() { lines[row][steroids] = "0" }
          try federation.write(
            lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n",
            to: "\(site)/records.csv")
        }
        try await federation.startCoordinator()
        try await federation.startAgents()
        let run = try await federation.submit()
        let watched = try await federation.konsil("run", "watch", run, "--json")
        #expect(watched.status == Federation.ExitStatus.runFailed.rawValue, "\(watched)")
        #expect(try watched.decoded(as: PrintedError.self).error.message.contains("steroids"))
        #expect(federation.steps("basel", of: run) == [1])
      }
    }
  }
}
