import Federation
import GRDB
import Store
import Testing

@Suite("The schema's own rules")
struct ConstraintTests {
  struct Refused: Sendable, CustomTestStringConvertible {
    let sql: String
    /// Part of SQLite's message: the rule that must have refused.
    let rule: String
    var testDescription: String { "\(rule): \(sql)" }

    init(_ sql: String, _ rule: String) {
      self.sql = sql
      self.rule = rule
    }
  }

  /// A database with the open run 1, which has a step, and the finished run 2.
  private func database(in folder: TemporaryFolder) throws -> DatabaseQueue {
    let store = try SQLiteRunStore(path: folder.database)
    for run in ["r1", "r2"] {
      try StoreFixture.addRun(run, to: store)
      try store.saveSteps(run, [try StoreFixture.record(1)], at: StoreFixture.time(1))
      try store.addEvent(run, at: StoreFixture.time(1), site: nil, text: "began")
    }
    try store.end("r2", .finished, model: try StoreFixture.model(), at: StoreFixture.time(2))
    store.close()
    return try DatabaseQueue(path: folder.database)
  }

  @Test(
    "A statement that breaks a rule is refused by the database itself",
    arguments: [
      Refused("UPDATE plan SET epoch = 0", "an epoch only grows"),
      Refused("UPDATE plan SET digest = x'00'", "length(digest) = 32"),
      Refused("UPDATE run SET state = 'paused' WHERE number = 1", "CHECK"),
      Refused("UPDATE run SET state = 'finished' WHERE number = 1", "only_an_ended_run_has_an_end"),
      Refused("UPDATE run SET ended = 5 WHERE number = 1", "only_an_ended_run_has_an_end"),
      Refused(
        "UPDATE run SET state = 'finished', ended = 5 WHERE number = 1", "only_a_finished_run_has_a_model"
      ),
      Refused("UPDATE run SET model = '{}' WHERE number = 1", "only_a_finished_run_has_a_model"),
      Refused(
        "UPDATE run SET state = 'failed', ended = 5 WHERE number = 1", "only_a_failed_run_has_a_failure"
      ),
      Refused("UPDATE run SET failure_code = 'c' WHERE number = 1", "only_a_failed_run_has_a_failure"),
      Refused(
        "UPDATE run SET state = 'failed', ended = 5, failure_code = 'c' WHERE number = 1",
        "only_a_failed_run_has_a_failure"),
      Refused("UPDATE run SET state = 'running', ended = NULL, model = NULL WHERE number = 2", "ends once"),
      Refused("UPDATE run SET most_steps = 0 WHERE number = 1", "most_steps > 0"),
      Refused("UPDATE run SET most_steps = 'many' WHERE number = 1", "cannot store TEXT"),
      Refused("UPDATE run SET sites = '[]' WHERE number = 1", "json_array_length"),
      Refused("UPDATE run SET id = 'r2' WHERE number = 1", "UNIQUE"),
      Refused("UPDATE run SET study = 99 WHERE number = 1", "FOREIGN KEY"),
      Refused("DELETE FROM run WHERE number = 1", "FOREIGN KEY"),
      Refused("DELETE FROM plan", "FOREIGN KEY"),
      Refused("DELETE FROM study", "FOREIGN KEY"),
      Refused("INSERT INTO step VALUES (1, 3, 'newton', '[]', 0, 1)", "steps come in order"),
      Refused("INSERT INTO step VALUES (1, 1, 'newton', '[]', 0, 1)", "steps come in order"),
      Refused("INSERT INTO step VALUES (1, 2, 'newton', '[]', 2, 1)", "is_void"),
      Refused("INSERT INTO step VALUES (2, 2, 'newton', '[]', 0, 1)", "an ended run has no further step"),
      Refused("INSERT INTO step VALUES (99, 1, 'newton', '[]', 0, 1)", "FOREIGN KEY"),
      Refused("INSERT INTO working_step VALUES (2, 1, '{}', NULL)", "an ended run has no sums"),
      Refused("INSERT INTO working_step VALUES (1, 9, '{}', NULL)", "FOREIGN KEY"),
      Refused("UPDATE working_step SET record = 'no JSON'", "json_valid"),
      Refused("INSERT INTO event VALUES (1, 3, 1, NULL, 'a gap')", "events come in order"),
      Refused("INSERT INTO event VALUES (99, 1, 1, NULL, 'no run')", "FOREIGN KEY"),
      Refused("INSERT INTO site VALUES ('basel', 2, 0, NULL)", "is_connected"),
      Refused(
        """
        INSERT INTO run SELECT 3, 'r3', study, plan, researcher_key, plan_signature, run_signature, study_name,
          plan_name, algorithm, researcher, sites, most_steps, submitted, 'running', NULL, NULL, NULL, NULL, NULL
        FROM run WHERE number = 1
        """, "a run begins waiting"),
    ])
  func refuses(_ refused: Refused) throws {
    let folder = try TemporaryFolder()
    let queue = try database(in: folder)
    let error = #expect(throws: DatabaseError.self) {
      try queue.write { db in try db.execute(sql: refused.sql) }
    }
    #expect(error?.resultCode == .SQLITE_CONSTRAINT)
    #expect(error?.message?.contains(refused.rule) == true, "\(error?.message ?? "")")
  }

  @Test("Whoever ends a run wipes it")
  func endWipes() throws {
    let folder = try TemporaryFolder()
    let queue = try database(in: folder)
    func rows(_ db: Database, _ table: String) throws -> Int? {
      try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table) WHERE run = 1")
    }
    try queue.write { db in
      try #require(try rows(db, "working_step") == 1)
      try db.execute(sql: "UPDATE run SET state = 'cancelled', ended = 5 WHERE number = 1")
      #expect(try rows(db, "working_step") == 0)
      #expect(try rows(db, "step") == 1)
    }
  }
}
