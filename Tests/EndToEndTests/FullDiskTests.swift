import Federation
import Foundation
import Glibc
import KonsilTesting
import SecureAggregation
import SiteAgent
import Testing
import Wire

extension EndToEnd {
  @Suite struct FullDiskTests {
    /// What the line that finds no room is about.
    enum Line: CaseIterable {
      case roster, epoch
    }

    @Test(
      "An agent whose journal cannot be written sends nothing more, keeps no secret and stops",
      arguments: Line.allCases)
    func fullDisk(line: Line) async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let offer = try Twin.submission(federation).offer
        let twin = try Twin(federation)
        let (site, agent) = try #require(twin.agents.first)
        let outgoing = await agent.connected().outgoing
        if line != .roster {
          await agent.receive(.offer(offer))
          await agent.receive(.message(run: offer.run, .openEpoch(1)))
          #expect(await agent.connected().live == [offer.run: 0])
        }
        let journal = federation("\(site)/state/journal.jsonl")
        let before = try JournalFile.read(journal)
        try Self.fillDisk(under: journal)

        let messages = await agent.connected().outgoing
        let next: CoordinatorEvent = line == .roster ? .offer(offer) : .message(run: offer.run, .openEpoch(2))
        await agent.receive(next)
        #expect(await agent.failure?.code == "cannot-write")
        #expect(await agent.failure?.message.contains(journal) == true)
        // The stream has ended: what was to be sent would be in it.
        for await message in messages { Issue.record("sent all the same: \(message)") }
        #expect(await agent.connected().live.isEmpty)
        #expect(try JournalFile.read(journal) == before)
        withExtendedLifetime(outgoing) {}
      }
    }

    @Test("An agent that cannot write a decision takes up no further one before it is started again")
    func decision() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        try federation.write(
          try federation.text("template.yaml").replacingOccurrences(
            of: "name: ibd-failure", with: "name: second"), to: "second.template.yaml")
        try await federation.makePlan("second.yaml", from: "second.template.yaml")
        let first = try Twin.submission(federation).offer
        let second = try Twin.submission(
          federation, run: String(repeating: "5b", count: 16), plan: "second.yaml"
        ).offer
        let twin = try Twin(federation, approval: .ask)
        let (site, agent) = try #require(twin.agents.first)
        for offer in [first, second] { await agent.receive(.offer(offer)) }
        #expect(await agent.connected().live == [first.run: 0, second.run: 0])
        await agent.disconnected()

        let journal = federation("\(site)/state/journal.jsonl")
        let before = try JournalFile.read(journal)
        let makeRoom = try Self.fillDisk(under: journal)
        let plans = OfferedPlans(StateFolder(federation("\(site)/state")))
        let approved = Decision(isApproved: true, words: "")
        try plans.decide(approved, on: first.planDigest)
        await agent.lookForDecisions()
        #expect(await agent.failure?.code == "cannot-write")
        makeRoom()
        try plans.decide(approved, on: second.planDigest)
        await agent.lookForDecisions()
        #expect(try JournalFile.read(journal) == before)

        let (live, messages) = await agent.connected()
        #expect(live.isEmpty)
        for await message in messages { Issue.record("sent all the same: \(message)") }
      }
    }

    /// From now on whoever in this process has the file open for writing is told that there is no room.
    ///
    /// - Returns: what makes room again.
    @discardableResult
    private static func fillDisk(under path: String) throws -> () -> Void {
      let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
      defer { close(full) }
      let folder = "/proc/self/fd"
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      let descriptors = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap(Int32.init)
        .filter {
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == file
        }
      try #require(descriptors.count == 1)
      let descriptor = descriptors[0]
      let kept = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
      try #require(kept >= 0 && dup2(full, descriptor) == descriptor)
      return {
        dup2(kept, descriptor)
        close(kept)
      }
    }
  }
}
