import Federation
import Foundation
import GRDB
import Queries

extension SQLiteRunStore {
  package func setState(_ run: String, _ state: RunState) throws(StoreError) {
    try state.checkOpen(run)
    try transaction("save a run's state") { db in
      try db.execute(
        sql: "UPDATE run SET state = ? WHERE number = ?",
        arguments: [state.rawValue, try Self.openRun(run, db)])
    }
  }

  package func saveSteps(
    _ run: String, _ records: [StepRecord], at time: Instant
  ) throws(StoreError) {
    try transaction("save steps") { db in
      let number = try Self.openRun(run, db)
      let saved = try Int.fetchOne(
        try db.cachedStatement(sql: "SELECT max(number) FROM step WHERE run = ?"), arguments: [number])
      var next = (saved ?? 0) + 1
      if let first = records.first?.step, (1..<next).contains(first) {
        try db.execute(sql: "DELETE FROM step WHERE run = ? AND number >= ?", arguments: [number, first])
        next = first
      }
      for record in records {
        guard record.step == next else { throw StoreError.stepGap(run: run, step: record.step, next: next) }
        try Self.insert(record, number, at: time, db)
        next += 1
      }
    }
  }

  /// - Parameter run: its number.
  private static func insert(_ record: StepRecord, _ run: Int64, at time: Instant, _ db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO step (run, number, query, segments, is_void, at) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      run, record.step, record.query.name, try StoredJSON.text(record.query.segments.map(SegmentLine.init)),
      record.isVoid, time.milliseconds,
    ])
    try db.cachedStatement(sql: "INSERT INTO working_step (run, number, record, sum) VALUES (?, ?, ?, ?)")
      .execute(arguments: [
        run, record.step, try StoredJSON.text(record.with(nil)), record.sum.map { Data($0.bytes) },
      ])
  }

  package func history(of run: String) throws(StoreError) -> [StepRecord] {
    try reading("read a run's history") { db in
      try StoredRow.all(
        db, "working_step",
        """
        SELECT working_step.number, record, sum FROM working_step JOIN run ON run.number = working_step.run
        WHERE run.id = ? ORDER BY working_step.number
        """, [run]
      ).enumerated().map { index, row in
        let record: StepRecord = try row.json("record")
        guard record.step == index + 1, record.sum == nil else { throw row.damage("record") }
        guard let bytes: Data = try row.optional("sum") else { return record }
        guard let sum = QuerySum(bytes: Array(bytes), for: record.query) else { throw row.damage("sum") }
        return record.with(sum)
      }
    }
  }

  package func steps(of run: String) throws(StoreError) -> [StepLine] {
    try reading("list a run's steps") { db in
      try StoredRow.all(
        db, "step",
        """
        SELECT step.number, query, segments, is_void, at FROM step JOIN run ON run.number = step.run
        WHERE run.id = ? ORDER BY step.number
        """, [run]
      ).map { row in
        let segments: [SegmentLine] = try row.json("segments")
        return StepLine(
          step: try row.value("number"), query: try row.value("query"),
          elements: segments.reduce(0) { $0 &+ $1.length }, isVoid: try row.value("is_void"),
          at: try row.instant("at"))
      }
    }
  }

  package func end(
    _ run: String, _ outcome: RunOutcome, model: PlanModel?, at time: Instant
  ) throws(StoreError) {
    try outcome.check(run, model)
    try transaction("end a run") { db in
      try db.execute(
        sql: """
          UPDATE run SET state = ?, ended = ?, failure_code = ?, failure_message = ?, failure_advice = ?,
            model = ? WHERE number = ?
          """,
        arguments: [
          outcome.state.rawValue, time.milliseconds, outcome.failure?.code, outcome.failure?.message,
          outcome.failure?.advice, try model.map(StoredJSON.text), try Self.openRun(run, db),
        ])
    }
    try compact()
  }

  package func model(of run: String) throws(StoreError) -> PlanModel? {
    try reading("read a model") { db in
      try StoredRow.first(
        db, "run", "SELECT model FROM run WHERE id = ? AND model IS NOT NULL", [run]
      )?.json("model")
    }
  }

  /// The row of a run that has not ended.
  private static func openRun(_ run: String, _ db: Database) throws -> Int64 {
    guard
      let row = try StoredRow.first(db, "run", "SELECT number, state FROM run WHERE id = ?", [run])
    else { throw StoreError.unknownRun(run) }
    guard let state = RunState(rawValue: try row.value("state")) else { throw row.damage("state") }
    if state.isOver { throw StoreError.runOver(run, state) }
    return try row.value("number")
  }
}
