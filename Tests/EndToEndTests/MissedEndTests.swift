import Coordinator
import Federation
import KonsilTesting
import SiteAgent
import Testing

extension EndToEnd {
  @Suite struct MissedEndTests {
    @Test(
      "A run that ends while a site is away, be it accepted or waiting there, is over there when the site is back",
      arguments: Policy.Approval.allCases)
    func missedEnd(approval: Policy.Approval) async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let twin = try Twin(federation, approval: approval)
        let (site, agent) = try #require(twin.agents.first)
        let submission = try Twin.submission(federation)
        let run = submission.offer.run
        let first = try await twin.connect(site, agent)
        _ = try await twin.board.submit(submission, by: "ada")
        await twin.board.siteDisconnected(site, session: first.session)
        try await twin.carry(first.toSite, to: agent)
        #expect(await agent.connected().live == [run: 0])

        _ = try await twin.board.cancel(run, by: "ada")
        let second = try await twin.connect(site, agent)
        await twin.board.siteDisconnected(site, session: second.session)
        try await twin.carry(second.toSite, to: agent)
        #expect(await agent.connected().live.isEmpty)
      }
    }
  }
}
