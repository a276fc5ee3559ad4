import Coordinator
import Federation
import Foundation
import KonsilTesting
import SiteAgent
import Testing
import Wire

extension EndToEnd {
  @Suite struct SentinelTests {
    @Test("No value of a record leaves its site, enters the database, a log or a journal")
    func nothingLeaves() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        for site in federation.sites {
          let records = try federation.text("\(site)/records.csv")
          try federation.write(Sentinels.planted(in: records), to: "\(site)/records.csv")
        }
        let twin = try Twin(federation)
        let summary = try await twin.train(try Twin.submission(federation))
        #expect(summary.state == .finished, "\(String(describing: summary.failure))")

        // The search finds what is there, and looks where something is.
        let frozen = try federation.bytes("basel/state/snapshots/ibd/1/records.csv")
        #expect(Sentinels.found(in: frozen) == [Sentinels.patient] + Sentinels.decimals)
        for form in Sentinels.forms {
          #expect(Sentinels.found(in: Data([1, 2, 3] + form.bytes + [4])) == [form.name])
        }
        #expect(twin.recording.sent.count == 4)
        #expect(twin.recording.stored.contains { $0.range(of: Data("newton".utf8)) != nil })
        #expect(twin.recording.logLines.filter { $0.contains("accepted a plan") }.count == 4)

        for (site, bytes) in twin.recording.sent {
          #expect(bytes.count > summary.steps * 90 * 8, "\(site) sent its vectors")
          #expect(Sentinels.found(in: bytes) == [], "sent by \(site)")
        }
        for bytes in twin.recording.stored { #expect(Sentinels.found(in: bytes) == []) }
        #expect(Sentinels.found(in: twin.recording.logLines.joined(separator: "\n")) == [])
        for site in federation.sites {
          let journal = try federation.bytes("\(site)/state/journal.jsonl")
          #expect(journal.count > 1000)
          #expect(Sentinels.found(in: journal) == [], "journal of \(site)")
        }
      }
    }

    @Test("A plan or an order that was changed on its way is refused by coordinator and agent")
    func forged() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let twin = try Twin(federation)
        let good = try Twin.submission(federation)
        let other = good.offer.plan + Array("# more\n".utf8)
        let forgeries: [(offer: RunOffer, atSite: String)] = [
          (good.offer.with(plan: other), "bad-plan-signature"),
          (good.offer.with(run: String(repeating: "5b", count: 16)), "bad-run-signature"),
        ]
        let agent = try #require(twin.agents.first?.agent)
        var answers = await agent.connected().outgoing.makeAsyncIterator()
        for (offer, rule) in forgeries {
          await #expect {
            try await twin.board.submit(Submission(study: good.study, offer: offer), by: "ada")
          } throws: { Complaint($0).code == "bad-signature" }
          await agent.receive(.offer(offer))
          guard case .answer(.refused(let refusal))? = await answers.next()?.message else {
            Issue.record("the agent did not refuse: \(rule)")
            continue
          }
          #expect(refusal.rule == rule)
        }
        await #expect {
          try await twin.board.submit(good, by: "bob")
        } throws: { Complaint($0).code == "not-your-plan" }
        #expect(twin.recording.logLines.contains { $0.contains("bad-plan-signature") })
        // The plan that ada did sign, and not the one that anybody may have changed.
        let kept = OfferedPlans(StateFolder(federation("\(federation.sites[0])/state"))).all()
        #expect(kept.map(\.plan) == [good.offer.planDigest] && kept.map(\.state) == [.refused])
        await agent.receive(.offer(good.offer))
        guard case .answer(.accepted)? = await answers.next()?.message else {
          Issue.record("the agent refused the plan as it was signed")
          return
        }
      }
    }
  }
}

extension RunOffer {
  fileprivate func with(run: String? = nil, plan: [UInt8]? = nil) -> RunOffer {
    RunOffer(
      run: run ?? self.run, plan: plan ?? self.plan, researcher: researcher,
      planSignature: planSignature, runSignature: runSignature)
  }
}
