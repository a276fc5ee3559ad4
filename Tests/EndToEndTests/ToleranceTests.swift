import Federation
import Foundation
import KonsilTesting
import PooledReference
import Testing
import Wire

extension EndToEnd {
  @Suite struct ToleranceTests {
    private static let options = SiteOptions(
      policy: SiteOptions.policy() + "\n  tolerant: \(Policy.tolerantSentence)")

    private static func materials() throws -> FederationMaterials {
      try .ibd().editing("template.yaml") {
        $0.replacingOccurrences(of: "membership: fixed ", with: "membership: tolerant ")
      }
    }

    @Test("A tolerant run goes on without a killed agent, to the fit on the others' records")
    func killed() async throws {
      try await Self.losingFreiburg(afterwards: { federation, run in
        let shown = try await federation.konsil("model", "show", run)
        #expect(shown.output.contains("site lost") && shown.output.contains("freiburg"), "\(shown)")
      })
    }

    /// Kills one of four agents while coefficients are fitted, and expects the fit on the others' records.
    ///
    /// - Parameters:
    ///   - meanwhile: what happens before the run can go on.
    ///   - afterwards: once it is over.
    static func losingFreiburg(
      meanwhile: (FederationProcesses, _ run: String) async throws -> Void = { _, _ in },
      afterwards: (FederationProcesses, _ run: String) async throws -> Void = { _, _ in }
    ) async throws {
      try await SlowProxy.run { proxy, port in
        try await FederationProcesses.run(try materials()) { federation in
          try await federation.startCoordinator(patience: 1)
          var slow = options
          slow.proxyPort = port
          try await federation.startAgents(["basel"], slow)
          try await federation.startAgents(["luxembourg", "strasbourg", "freiburg"], options)
          try await federation.waitForSites(federation.sites)

          proxy.isSlow = true
          let run = try await federation.submit()
          // The first sums are over all four: what is fitted, and on which scales.
          try await wait(until: "Newton has begun", told: federation.coordinator?.tail ?? "") {
            federation.steps("freiburg", of: run).last ?? 0 >= 6
          }
          await federation.agent("freiburg")?.kill()
          try await meanwhile(federation, run)
          proxy.isSlow = false
          try await federation.watch(run)
          try await expectFit(of: run, without: "freiburg", federation)
          try await afterwards(federation, run)
        }
      }
    }

    /// Expects the fit on the records of all sites but one, and that the model says which.
    private static func expectFit(
      of run: String, without lost: String, _ federation: FederationProcesses
    ) async throws {
      let model = try FederatedModel(json: try await federation.exportModel(run))
      let others = try federation.sites.filter { $0 != lost }.map {
        (name: $0, text: try federation.text("\($0)/records.csv"))
      }
      let pooled = try LogisticFit(
        PooledDesign(PooledTable(texts: others), terms: IBD.terms, outcome: "failure_12m"))
      let difference = try maxDifference(
        coefficients: [model.intercept.coefficient] + model.terms.map(\.coefficient),
        reference: pooled.coefficients, standardErrors: pooled.standardErrors)
      #expect(difference <= 1e-9)
      let notes = model.notes?.filter { $0.kind == "site-lost" }
      #expect(notes?.map(\.subject) == [lost])
    }

    @Test("A site whose administrator has not accepted what membership: tolerant gives away refuses the plan")
    func notAccepted() async throws {
      try await FederationProcesses.run(try Self.materials()) { federation in
        try await federation.startCoordinator()
        try await federation.startAgents(["luxembourg"])
        let run = try await federation.submit()
        let watched = try await federation.konsil("run", "watch", run, "--json")
        #expect(watched.status == Federation.ExitStatus.runFailed.rawValue, "\(watched)")
        #expect(try watched.decoded(as: PrintedError.self).error.code == "policy-membership")
      }
    }
  }
}
