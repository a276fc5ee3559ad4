import Federation
import KonsilTesting
import Queries
import SiteAgent
import Testing
import Wire

extension EndToEnd {
  @Suite struct RefusalLogTests {
    private static func name(_ digits: String) -> String { String(repeating: digits, count: 16) }

    private static let step = MessageToSite.step(
      StepRequest(
        epoch: 1, step: 1, attempt: 0, sites: ["luxembourg", "strasbourg", "freiburg"],
        query: Query(
          name: "any", parameters: [], segments: [.counts("any", length: 1, bound: 1)], isVerified: false)))

    @Test("Every refusal is in the agent's log with its reason, its run and how often its rule led to one")
    func counted() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let twin = try Twin(federation)
        let agent = try #require(twin.agents.first?.agent)
        let messages = await agent.connected().outgoing
        let (one, other) = (Self.name("5a"), Self.name("5b"))
        for run in [one, other] {
          await agent.receive(.offer(try Twin.submission(federation, run: run).offer))
        }
        let told: [(run: String, MessageToSite)] = [
          (one, .openEpoch(1)), (one, .setupKeys(epoch: 1, [])), (one, .setupKeys(epoch: 1, [])),
          (one, Self.step),
          (other, .openEpoch(1)), (one, .openEpoch(1)),
        ]
        for (run, message) in told { await agent.receive(.message(run: run, message)) }
        let signed = try Twin.submission(federation).offer
        for run in [Self.name("5c"), Self.name("5d")] {
          await agent.receive(
            .offer(
              RunOffer(
                run: run, plan: signed.plan, researcher: signed.researcher,
                planSignature: signed.planSignature, runSignature: signed.runSignature)))
        }

        let expected = [
          ("the keys are not those of all the plan's sites, in order", "wrong-roster", 1, one),
          ("setup keys come once, after the epoch is opened", "out-of-order", 1, one),
          ("a step comes after set-up", "out-of-order", 2, one),
          // The epoch is spent, whichever of the plan's runs it was for.
          ("epoch 1 does not follow 1, which this site has seen", "wrong-epoch", 1, other),
          ("epoch 1 does not follow 1, which this site has seen", "wrong-epoch", 2, one),
          ("the order to run is not signed by the plan's signer", "bad-run-signature", 1, Self.name("5c")),
          ("the order to run is not signed by the plan's signer", "bad-run-signature", 2, Self.name("5d")),
        ]
        let lines = twin.recording.logLines.filter { $0.hasPrefix("warning refused") }
        #expect(lines.count == expected.count)
        for (line, (reason, rule, count, run)) in zip(lines, expected) {
          for part in [reason, "\"rule\": \(rule)", "\"count\": \(count)", "\"run\": \(run)"] {
            #expect(line.contains(part))
          }
        }

        // The coordinator is told the same, but of what may have been on its way when the epoch was spent.
        await agent.disconnected()
        var refusals: [String] = []
        for await sent in messages {
          switch sent.message {
          case .refusal(let refusal), .answer(.refused(let refusal)): refusals.append(refusal.detail)
          default: break
          }
        }
        #expect(refusals == expected.filter { $0.1 != "wrong-epoch" }.map(\.0))
      }
    }
  }
}
