import Federation
import GRDB

extension SQLiteRunStore {
  @discardableResult
  package func addEvent(
    _ run: String, at time: Instant, site: String?, text: String
  ) throws(StoreError) -> RunEvent {
    try transaction("save an event") { db in
      guard
        let row = try StoredRow.first(
          db, "event",
          """
          SELECT run.number AS run,
            1 + coalesce((SELECT max(event.number) FROM event WHERE event.run = run.number), 0) AS next
          FROM run WHERE run.id = ?
          """, [run])
      else { throw StoreError.unknownRun(run) }
      let event = RunEvent(number: try row.value("next"), at: time, site: site, text: text)
      try db.execute(
        sql: "INSERT INTO event (run, number, at, site, text) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          try row.value("run", as: Int64.self), event.number, time.milliseconds, site, text,
        ])
      return event
    }
  }

  package func events(of run: String, after number: Int) throws(StoreError) -> [RunEvent] {
    try reading("list a run's events") { db in
      try StoredRow.all(
        db, "event",
        """
        SELECT event.number, at, site, text FROM event JOIN run ON run.number = event.run
        WHERE run.id = ? AND event.number > ? ORDER BY event.number
        """, [run, number]
      ).map { row in
        RunEvent(
          number: try row.value("number"), at: try row.instant("at"), site: try row.optional("site"),
          text: try row.value("text"))
      }
    }
  }
}
