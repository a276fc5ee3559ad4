import GRDB
import Synchronization

/// The store in one SQLite file, which one coordinator at a time has open.
///
/// A method returns when what it keeps is on the disk. The file and its companion `-wal` hold no byte of what was wiped.
package final class SQLiteRunStore: RunStore {
  package let path: String
  /// nil once closed: GRDB itself traps when a closed queue is used.
  private let queue: Mutex<DatabaseQueue?>

  /// Opens the database, and makes or migrates it when that is needed.
  ///
  /// - Parameter path: of a file in an existing folder; it is made with mode 0600.
  /// - Throws: `StoreError` `.inUse`, `.notPrivate`, `.notOurs`, `.newer`, `.corrupt` or `.failed`.
  package init(path given: String) throws(StoreError) {
    // SQLite reads names such as ":memory:" and "file:…" otherwise than as paths.
    let path = given.hasPrefix("/") ? given : "./" + given
    try DatabaseFile.prepare(path)
    do {
      let queue = try DatabaseQueue(path: path, configuration: Self.configuration(path))
      try queue.writeWithoutTransaction { db in try Self.check(db, path) }
      try Schema.migrator.migrate(queue)
      self.queue = Mutex(queue)
    } catch {
      throw StoreError(error, path: path, transaction: "open the database")
    }
    self.path = path
    try compact()
  }

  /// Lets go of the file when the calls under way have returned; every later call throws `.failed`.
  package func close() { queue.withLock { $0 = nil } }

  private static func configuration(_ path: String) -> Configuration {
    var configuration = Configuration()
    configuration.label = "konsil.store"
    configuration.busyMode = .timeout(1)
    configuration.prepareDatabase { db in
      // First of all, so that from its first look at the file no other process has it.
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
      let isNew = try Schema.isNew(db, path)
      guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
        throw DatabaseError(message: "its file system cannot have a write-ahead log")
      }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA secure_delete = ON")
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      if isNew { try Schema.claim(db) }
    }
    return configuration
  }

  private static func check(_ db: Database, _ path: String) throws {
    if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newer(path) }
    let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
    if let found, found != "ok" {
      throw StoreError.corrupt(path, detail: found.split(separator: "\n").joined(separator: " "))
    }
  }

  /// - Parameter name: what it does, as it follows "could not".
  func transaction<Value>(
    _ name: String, _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    try access(name) { try $0.write(body) }
  }

  /// A transaction that changes nothing.
  func reading<Value>(
    _ name: String, _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    try access(name) { try $0.read(body) }
  }

  /// Rids the files of everything deleted. `secure_delete` overwrites a deleted row where it is, but not the
  /// copies that stay in a page's unused part when SQLite moves rows between pages: those go only when every page
  /// is written anew. The first checkpoint overwrites the pages that `VACUUM` then gives back to the file system.
  func compact() throws(StoreError) {
    try access("wipe") { queue in
      try queue.writeWithoutTransaction { db in
        try db.checkpoint(.truncate)
        try db.execute(sql: "VACUUM")
        try db.checkpoint(.truncate)
      }
    }
  }

  private func access<Value>(
    _ name: String, _ body: (DatabaseQueue) throws -> Value
  ) throws(StoreError) -> Value {
    guard let queue = queue.withLock({ $0 }) else {
      throw .failed(path, transaction: name, reason: "the database is closed")
    }
    do {
      return try body(queue)
    } catch {
      throw StoreError(error, path: path, transaction: name)
    }
  }
}
