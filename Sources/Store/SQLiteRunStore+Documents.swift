import Federation
import Foundation
import GRDB
import SecureAggregation

extension SQLiteRunStore {
  package func addStudy(
    _ study: SignedStudy, name: String, at time: Instant
  ) throws(StoreError) {
    try transaction("save a study") { db in _ = try Self.number(of: study, name: name, at: time, db) }
  }

  package func study(_ digest: Digest) throws(StoreError) -> SignedStudy? {
    try reading("read a study") { db in
      try StoredRow.first(
        db, "study", "SELECT document, owner, signature FROM study WHERE digest = ? ORDER BY number",
        [Data(digest.bytes)]
      ).map { row in
        let study = try Self.study(row)
        guard study.digest == digest else { throw row.damage("document") }
        return study
      }
    }
  }

  package func saveEpoch(_ plan: Digest, _ epoch: Int) throws(StoreError) {
    try transaction("save an epoch") { db in
      guard let saved = try Self.epoch(of: plan, db) else { throw StoreError.unknownPlan(plan) }
      guard epoch > saved else {
        throw StoreError.epochNotGrown(plan, saved: saved, given: epoch)
      }
      try db.execute(
        sql: "UPDATE plan SET epoch = ? WHERE digest = ?", arguments: [epoch, Data(plan.bytes)])
    }
  }

  package func epoch(of plan: Digest) throws(StoreError) -> Int {
    try reading("read an epoch") { db in try Self.epoch(of: plan, db) ?? 0 }
  }

  private static func epoch(of plan: Digest, _ db: Database) throws -> Int? {
    try StoredRow.first(
      db, "plan", "SELECT epoch FROM plan WHERE digest = ?", [Data(plan.bytes)]
    )?.value("epoch")
  }

  /// The row of a study, which is made if it is not there.
  static func number(
    of study: SignedStudy, name: String, at time: Instant, _ db: Database
  ) throws -> Int64 {
    let key: StatementArguments = [
      "digest": Data(study.digest.bytes), "owner": Data(study.owner.bytes),
      "signature": Data(study.signature.bytes),
    ]
    let find = "SELECT number FROM study WHERE digest = :digest AND owner = :owner AND signature = :signature"
    if let row = try StoredRow.first(db, "study", find, key) { return try row.value("number") }
    try db.execute(
      sql: """
        INSERT INTO study (digest, document, owner, signature, name, added)
        VALUES (:digest, :document, :owner, :signature, :name, :added)
        """,
      arguments: key + ["document": Data(study.text), "name": name, "added": time.milliseconds])
    return db.lastInsertedRowID
  }

  static func study(_ row: StoredRow) throws -> SignedStudy {
    SignedStudy(
      text: try row.bytes("document"), owner: try row.value("owner", IdentityKey.init(bytes:)),
      signature: try row.value("signature", Signature.init(bytes:)))
  }
}
