import Coordinator
import Federation
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
        try SQLiteRunStore(path: path).close()
        try Self.change(
          path,
          "CREATE TRIGGER planted BEFORE DELETE ON working_step BEGIN SELECT RAISE(ABORT, 'planted'); END")
        let twin = try Twin(federation)
        let submission = try Twin.submission(federation)
        let run = submission.offer.run
        #expect(try await twin.train(submission).state == .running)
        twin.store.close()

        try Self.change(path, "DROP TRIGGER planted")
        let store = try SQLiteRunStore(path: path)
        let board = try RunBoard(
          store, log: Logger(label: "again") { _ in RecordingLog(Recording()) },
          now: { Instant(milliseconds: 5) })
        #expect(try await board.detail(run).summary.state == .finished)
        #expect(try store.model(of: run) != nil)
        #expect(try store.history(of: run).isEmpty)
        let words = try store.events(of: run, after: 0).map(\.text)
        #expect(words.suffix(2) == ["finished", "model stored"], "\(words.suffix(4))")
        store.close()
      }
    }

    private static func change(_ path: String, _ sql: String) throws {
      let queue = try DatabaseQueue(path: path)
      try queue.write { try $0.execute(sql: sql) }
      try queue.close()
    }
  }
}
