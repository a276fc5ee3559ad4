import Federation
import Foundation
import KonsilTesting
import Testing
import Wire

extension EndToEnd {
  @Suite struct ApprovalTests {
    @Test("A plan waits for those who want to be asked, and another view of the records for words")
    func approval() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        try await federation.startCoordinator()
        let ask = SiteOptions(policy: SiteOptions.policy(approval: "ask"))
        try await federation.startAgents(["luxembourg", "basel"], ask)
        try await federation.startAgents(["strasbourg", "freiburg"])
        try await federation.waitForSites(federation.sites)
        try await Self.approved(federation)
        try await Self.otherRecords(federation)
        try await Self.otherSites(federation)
      }
    }

    private static func waiting(
      _ federation: FederationProcesses, _ run: String, for sites: [String]
    ) async throws {
      try await wait(until: "the run waits for \(sites)", told: federation.coordinator?.tail ?? "") {
        let waits = try await federation.waits(run)
        return waits.map(\.site) == sites
          && waits.allSatisfy { $0.reason.hasPrefix("approval by its administrator") }
      }
    }

    private static func plans(
      _ federation: FederationProcesses, _ site: String
    ) async throws -> [PlanList.Plan] {
      try await federation.administrator(site, "plans", "--json").decoded(as: PlanList.self).plans
    }

    private static func approved(_ federation: FederationProcesses) async throws {
      let run = try await federation.submit()
      try await waiting(federation, run, for: ["luxembourg", "basel"])
      let plan = try #require(try await plans(federation, "luxembourg").first)
      #expect(plan.name == "ibd-failure" && plan.state == "waiting" && !plan.needsWords)

      let explained = try await federation.administrator("luxembourg", "explain", "ibd-failure")
      #expect(explained.status == 0, "\(explained)")
      for words in [
        "support", "counts", "cells", "moments", "spread", "newton", "sum of squared distances",
        "second derivative",
        // 17 + 18 + 21 + 11 + 11 in the first five steps, 91 in each of 55 more.
        "at most 60 sums, 5083 numbers", "this site has 120 rows", "crp, albumin, haemoglobin",
      ] { #expect(explained.output.contains(words), "\(words)\n\(explained.output)") }
      let journal = try await federation.administrator("luxembourg", "journal")
      #expect(journal.output == "nothing has left this site yet\n")

      // By the first digits of the digest at one site, by name at the other.
      let first = try await federation.administrator(
        "luxembourg", "approve", String(plan.plan.prefix(10)))
      #expect(first.status == 0, "\(first)")
      try await waiting(federation, run, for: ["basel"])
      #expect(federation.steps("luxembourg", of: run).isEmpty)
      let second = try await federation.administrator("basel", "approve", "ibd-failure")
      #expect(second.status == 0, "\(second)")
      try await federation.watch(run)
      #expect(!federation.steps("luxembourg", of: run).isEmpty)
      let lines = try await federation.administrator("luxembourg", "journal", "--json")
        .decoded(as: JournalLines.self).lines
      #expect(lines.first?.what == "approved")
      #expect(lines.contains { $0.what == "step 6" && $0.elements == 91 })
    }

    private static func otherRecords(_ federation: FederationProcesses) async throws {
      try federation.write(
        try federation.text("template.yaml").replacingOccurrences(
          of: "name: ibd-failure", with: "name: elderly\nfilter: {age: {at_least: 40}}"),
        to: "elderly.template.yaml")
      try await federation.makePlan("elderly.yaml", from: "elderly.template.yaml")
      let run = try await federation.submit("elderly.yaml")
      try await waiting(federation, run, for: federation.sites)
      let plan = try #require(try await plans(federation, "freiburg").first { $0.name == "elderly" })
      #expect(plan.needsWords && plan.reasons.joined().contains("another roster, filter, snapshot or groups"))

      let wordless = try await federation.administrator("freiburg", "approve", "elderly", "--json")
      #expect(wordless.status == Federation.ExitStatus.usage.rawValue, "\(wordless)")
      #expect(try wordless.decoded(as: PrintedError.self).error.code == "words-needed")
      let worded = try await federation.administrator(
        "freiburg", "approve", "elderly", "--because", "agreed by the board")
      #expect(worded.status == 0, "\(worded)")
      try await waiting(federation, run, for: ["luxembourg", "strasbourg", "basel"])

      let denied = try await federation.administrator(
        "basel", "deny", "elderly", "--because", "not agreed")
      #expect(denied.status == 0, "\(denied)")
      let watched = try await federation.konsil("run", "watch", run, "--json")
      #expect(watched.status == Federation.ExitStatus.runFailed.rawValue, "\(watched)")
      let error = try watched.decoded(as: PrintedError.self).error
      #expect(error.code == "denied" && error.message.contains("basel"), "\(error)")
      #expect(federation.sites.allSatisfy { federation.steps($0, of: run).isEmpty })
      #expect(!federation.allLogs.contains("not agreed"), "the words stay in the site's own journal")
    }

    private static func otherSites(_ federation: FederationProcesses) async throws {
      try federation.write(
        try federation.text("template.yaml").replacingOccurrences(
          of: "name: ibd-failure", with: "name: three\nsites: [luxembourg, strasbourg, freiburg]"),
        to: "three.template.yaml")
      try await federation.makePlan("three.yaml", from: "three.template.yaml")
      let run = try await federation.submit("three.yaml")
      try await waiting(federation, run, for: ["luxembourg", "strasbourg", "freiburg"])
      let cancelled = try await federation.konsil("run", "cancel", run)
      #expect(cancelled.status == 0, "\(cancelled)")
      #expect(try await federation.detail(run).summary.state == .cancelled)
      #expect(try await federation.waits(run).isEmpty)
    }
  }
}
