import Federation
import Foundation
import GRDB
import SecureAggregation

extension SQLiteRunStore {
  @discardableResult
  package func addRun(
    _ summary: RunSummary, submission: Submission
  ) throws(StoreError) -> Bool {
    try summary.checkBeginning(of: submission)
    return try transaction("save a run") { db in
      let find = "SELECT plan, researcher_key FROM run WHERE id = ?"
      if let row = try StoredRow.first(db, "run", find, [summary.run]) {
        guard try row.bytes("plan") == summary.planDigest.bytes,
          try row.bytes("researcher_key") == submission.offer.researcher.bytes
        else { throw StoreError.runTaken(summary.run) }
        return false
      }
      let study = try Self.number(
        of: submission.study, name: summary.study, at: summary.submitted, db)
      try db.execute(
        sql: "INSERT INTO plan (digest, document) VALUES (?, ?) ON CONFLICT DO NOTHING",
        arguments: [Data(summary.planDigest.bytes), Data(submission.offer.plan)])
      try Self.insert(summary, submission.offer, study: study, db)
      return true
    }
  }

  private static func insert(
    _ summary: RunSummary, _ offer: RunOffer, study: Int64, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO run (
          id, study, plan, researcher_key, plan_signature, run_signature, study_name, plan_name,
          algorithm, researcher, sites, most_steps, submitted, state)
        VALUES (
          :id, :study, :plan, :researcher_key, :plan_signature, :run_signature, :study_name, :plan_name,
          :algorithm, :researcher, :sites, :most_steps, :submitted, :state)
        """,
      arguments: [
        "id": summary.run, "study": study, "plan": Data(summary.planDigest.bytes),
        "researcher_key": Data(offer.researcher.bytes),
        "plan_signature": Data(offer.planSignature.bytes),
        "run_signature": Data(offer.runSignature.bytes),
        "study_name": summary.study, "plan_name": summary.plan, "algorithm": summary.algorithm,
        "researcher": summary.researcher, "sites": try StoredJSON.text(summary.sites),
        "most_steps": summary.mostSteps, "submitted": summary.submitted.milliseconds,
        "state": summary.state.rawValue,
      ])
  }

  package func run(_ run: String) throws(StoreError) -> RunSummary? {
    try reading("read a run") { db in try Self.summaries(db, "WHERE id = ?", [run]).first }
  }

  package func runs() throws(StoreError) -> [RunSummary] {
    try reading("list the runs") { db in
      try Self.summaries(db, "ORDER BY submitted DESC, number DESC")
    }
  }

  package func openRuns() throws(StoreError) -> [(summary: RunSummary, submission: Submission)] {
    try reading("list the open runs") { db in
      try Self.summaries(db, "WHERE ended IS NULL ORDER BY submitted, number").compactMap { summary in
        try Self.submission(of: summary.run, db).map { (summary, $0) }
      }
    }
  }

  package func submission(of run: String) throws(StoreError) -> Submission? {
    try reading("read a submission") { db in try Self.submission(of: run, db) }
  }

  private static func submission(of run: String, _ db: Database) throws -> Submission? {
    try StoredRow.first(
      db, "run",
      """
      SELECT study.document, study.owner, study.signature, run.plan, plan.document AS plan_document,
        run.researcher_key, run.plan_signature, run.run_signature
      FROM run JOIN study ON study.number = run.study JOIN plan ON plan.digest = run.plan
      WHERE run.id = ?
      """, [run]
    ).map { row in
      let offer = RunOffer(
        run: run, plan: try row.bytes("plan_document"),
        researcher: try row.value("researcher_key", IdentityKey.init(bytes:)),
        planSignature: try row.value("plan_signature", Signature.init(bytes:)),
        runSignature: try row.value("run_signature", Signature.init(bytes:)))
      guard try row.bytes("plan") == offer.planDigest.bytes else { throw row.damage("plan") }
      return Submission(study: try study(row), offer: offer)
    }
  }

  private static func summaries(
    _ db: Database, _ rest: String, _ arguments: StatementArguments = []
  ) throws -> [RunSummary] {
    try StoredRow.all(
      db, "run",
      """
      SELECT id, study_name, plan_name, plan, algorithm, researcher, sites, state, most_steps, submitted,
        ended, failure_code, failure_message, failure_advice,
        (SELECT count(*) FROM step WHERE step.run = run.number) AS steps
      FROM run \(rest)
      """, arguments
    ).map(summary)
  }

  private static func summary(_ row: StoredRow) throws -> RunSummary {
    guard let state = RunState(rawValue: try row.value("state")) else { throw row.damage("state") }
    return RunSummary(
      run: try row.value("id"), study: try row.value("study_name"), plan: try row.value("plan_name"),
      planDigest: try row.value("plan", Digest.init(bytes:)), algorithm: try row.value("algorithm"),
      researcher: try row.value("researcher"), sites: try row.json("sites"), state: state,
      steps: try row.value("steps"), mostSteps: try row.value("most_steps"),
      submitted: try row.instant("submitted"),
      ended: try row.optional("ended").map(Instant.init(milliseconds:)),
      failure: try row.optional("failure_code", as: String.self).map { code in
        RunFailure(
          code: code, message: try row.value("failure_message"),
          advice: try row.value("failure_advice"))
      })
  }
}
