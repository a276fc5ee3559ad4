import Federation
import Foundation
import KonsilTesting
import Testing
import Wire

extension EndToEnd {
  @Suite struct PolicyTests {
    @Test("What a site's policy does not name is refused, and the researcher learns by whom and why")
    func policy() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        try await federation.startCoordinator()
        let cases: [(policy: String, rule: String)] = [
          ("", "policy-studies"),
          (SiteOptions.policy(studies: "heart"), "policy-studies"),
          (SiteOptions.policy(algorithms: ""), "policy-algorithms"),
          (SiteOptions.policy(researchers: "bob"), "policy-researchers"),
          (SiteOptions.policy(leastSites: 5), "policy-least-sites"),
        ]
        try federation.configure("luxembourg")
        try await federation.acceptStudy("luxembourg")
        for (policy, rule) in cases {
          try await Self.refused(federation, SiteOptions(policy: policy), rule)
        }
        try FileManager.default.removeItem(atPath: federation("luxembourg/state/studies"))
        try await Self.refused(federation, SiteOptions(), "study-not-accepted")
        #expect(federation.steps("luxembourg", of: "").isEmpty)
        let journal = try await federation.administrator("luxembourg", "journal")
        #expect(journal.output == "nothing has left this site yet\n")
      }
    }

    private static func refused(
      _ federation: FederationProcesses, _ options: SiteOptions, _ rule: String
    ) async throws {
      try federation.configure("luxembourg", options)
      try federation.startAgent("luxembourg")
      let run = try await federation.submit()
      let watched = try await federation.konsil("run", "watch", run, "--json")
      #expect(watched.status == Federation.ExitStatus.runFailed.rawValue, "\(watched)")
      let error = try watched.decoded(as: PrintedError.self).error
      #expect(error.code == rule)
      #expect(error.message.contains("luxembourg refused the plan"), "\(error)")
      #expect(try await federation.detail(run).summary.failure?.code == rule)
      let log = federation.agent("luxembourg")?.log ?? ""
      let refused = log.split(separator: "\n").filter { $0.contains("rule=\(rule)") }
      #expect(refused.count == 1 && refused.first?.contains("count=1") == true, "\(refused)")
      await federation.agent("luxembourg")?.stop()
    }

    @Test("A plan changed after signing, or by someone the study does not name, does not become a run")
    func signatures() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        try await federation.startCoordinator()
        try await federation.enrolResearcher("bob")
        try await federation.makePlan("bobs.yaml", from: "template.yaml", signer: "bob")
        try federation.write(try federation.text("plan.yaml") + "# later\n", to: "changed.yaml")
        try federation.write(try federation.text("plan.yaml.sig"), to: "changed.yaml.sig")

        let changed = try await federation.konsil(
          "run", "submit", "changed.yaml", "--study", "study.yaml", "--json")
        #expect(changed.status == Federation.ExitStatus.refused.rawValue, "\(changed)")
        #expect(try changed.decoded(as: PrintedError.self).error.message.contains("changed.yaml"))

        let others = try await federation.konsil(
          "run", "submit", "bobs.yaml", "--study", "study.yaml", "--json")
        #expect(others.status == Federation.ExitStatus.refused.rawValue, "\(others)")
        #expect(try others.decoded(as: PrintedError.self).error.code == "not-your-plan")

        // Bob comes with a certificate and keys of his own: the study does not name him.
        try federation.write(
          try federation.text("researcher.yaml").replacingOccurrences(of: "ada", with: "bob"),
          to: "bob.yaml")
        let stranger = try await federation.call(
          .konsil,
          [
            "run", "submit", "bobs.yaml", "--study", "study.yaml", "--config", "bob.yaml", "--json",
          ])
        #expect(stranger.status == Federation.ExitStatus.refused.rawValue, "\(stranger)")
        #expect(try stranger.decoded(as: PrintedError.self).error.code == "unknown-researcher")
        let runs = try await federation.konsil("run", "list", "--json").decoded(as: RunList.self).runs
        #expect(runs.isEmpty)
      }
    }
  }
}
