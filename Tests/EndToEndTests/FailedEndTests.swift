import Coordinator
import Federation
import Foundation
import GRDB
import KonsilTesting
import Logging
import Store
import Testing
import Wire

extension EndToEnd {
  @Suite struct FailedEndTests {
    @Test(
      "A coordinator that fails between the last sum and the model has the model when it is back, without any site"
    )
    func modelAtHand() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let path = Twin.database(federation)
        try Self.preventEnds(path)
        let twin = try Twin(federation)
        let submission = try Twin.submission(federation)
        let run = submission.offer.run
        #expect(try await twin.train(submission).state == .running)
        // It is not over, though the board has it in memory no more.
        let other = try Twin.submission(federation, run: String(repeating: "5b", count: 16))
        await #expect {
          try await twin.board.submit(other, by: "ada")
        } throws: { Complaint($0).code == "plan-is-running" }
        await #expect {
          try await twin.board.cancel(run, by: "ada")
        } throws: { Complaint($0).code == "run-has-stopped" }
        twin.store.close()

        try Self.change(path, "DROP TRIGGER planted")
        // As if it had failed before it came to note the end.
        let earlier = path + ".earlier"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try #require(
          FileManager.default.createFile(
            atPath: earlier, contents: bytes, attributes: [.posixPermissions: 0o600]))
        try Self.change(earlier, "DELETE FROM event WHERE text = 'finished'")
        for path in [path, earlier] { try await Self.expectModel(of: run, path) }
      }
    }

    private static func expectModel(of run: String, _ path: String) async throws {
      let store = try SQLiteRunStore(path: path)
      let recording = Recording()
      let board = try Self.board(store, recording)
      #expect(try await board.detail(run).summary.state == .finished)
      #expect(try store.model(of: run) != nil)
      #expect(try store.history(of: run).isEmpty)
      let words = try store.events(of: run, after: 0).map(\.text)
      #expect(words.suffix(2) == ["finished", "model stored"], "\(words.suffix(4))")
      #expect(words.count { $0 == "finished" } == 1)
      for word in ["finished", "model stored"] {
        #expect(recording.logLines.contains { $0.hasPrefix("info \(word) ") && $0.contains(run) })
      }
      store.close()
    }

    @Test("A coordinator that cannot read a saved run does not start, and the run stands as it was")
    func unreadable() async throws {
      try await FederationProcesses.run(try .ibd()) { federation in
        let path = Twin.database(federation)
        let twin = try Twin(federation)
        let submission = try Twin.submission(federation)
        _ = try await twin.board.submit(submission, by: "ada")
        twin.store.close()

        try Self.change(path, "ALTER TABLE working_step RENAME TO hidden")
        let store = try SQLiteRunStore(path: path)
        #expect(throws: StoreError.self) { try Self.board(store, Recording()) }
        #expect(try store.run(submission.offer.run)?.state == .waiting)
        store.close()
      }
    }

    private static func board(_ store: SQLiteRunStore, _ recording: Recording) throws -> RunBoard {
      try RunBoard(
        store, log: Logger(label: "again") { _ in RecordingLog(recording) },
        now: { Instant(milliseconds: 5) })
    }

    /// Makes a database in which no run that has asked something comes to its end.
    static func preventEnds(_ path: String) throws {
      try SQLiteRunStore(path: path).close()
      try change(
        path,
        "CREATE TRIGGER planted BEFORE DELETE ON working_step BEGIN SELECT RAISE(ABORT, 'planted'); END")
    }

    private static func change(_ path: String, _ sql: String) throws {
      let queue = try DatabaseQueue(path: path)
      try queue.write { try $0.execute(sql: sql) }
      try queue.close()
    }
  }
}
