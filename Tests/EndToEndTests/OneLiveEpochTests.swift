import Federation
import KonsilTesting
import SiteAgent
import Testing
import Wire

extension EndToEnd {
  @Suite struct OneLiveEpochTests {
    @Test(
      "Where another run of the plan begins an epoch, an agent forgets the secrets of the one before at once")
    func otherRun() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        // No site hears that the first run has ended.
        try FailedEndTests.preventEnds(Twin.database(federation))
        let twin = try Twin(federation)
        let first = try Twin.submission(federation)
        _ = try await twin.train(first)
        let agent = try #require(twin.agents.first).agent
        let live = await agent.connected().live
        let epoch = try #require(live[first.offer.run])
        #expect(epoch > 0)

        let second = try Twin.submission(federation, run: String(repeating: "5b", count: 16)).offer
        await agent.receive(.offer(second))
        await agent.receive(.message(run: second.run, .openEpoch(epoch + 1)))
        #expect(await agent.connected().live == [first.offer.run: 0, second.run: 0])
      }
    }
  }
}
