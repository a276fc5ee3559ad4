import Federation
import Foundation
import GRDB
import Store
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("The database's file")
struct DatabaseFileTests {
  /// A closed database with a run in it.
  private func madeDatabase(in folder: TemporaryFolder) throws {
    let store = try SQLiteRunStore(path: folder.database)
    try StoreFixture.addRun("r1", to: store)
    try store.saveSteps("r1", [try StoreFixture.record(1)], at: StoreFixture.time(1))
    store.close()
  }

  private func change(_ folder: TemporaryFolder, _ sql: String) throws {
    let queue = try DatabaseQueue(path: folder.database)
    try queue.write { db in try db.execute(sql: sql) }
    try queue.close()
  }

  @Test("The file and its companion are their owner's alone")
  func modes() throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteRunStore(path: folder.database)
    try StoreFixture.addRun("r1", to: store)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.sorted() == ["konsil.db", "konsil.db-wal"])
    for name in names { #expect(try mode(of: folder.path + "/" + name) == 0o600, "\(name)") }
    store.close()
  }

  @Test("A file that others may read or write is refused", arguments: [0o640, 0o604, 0o622])
  func notPrivate(_ permissions: Int) throws {
    let folder = try TemporaryFolder()
    try madeDatabase(in: folder)
    try setMode(permissions, of: folder.database)
    let error = #expect(throws: StoreError.notPrivate(folder.database, mode: UInt32(permissions))) {
      try SQLiteRunStore(path: folder.database)
    }
    #expect(error?.description.hasSuffix("chmod 600 \(folder.database)") == true)
  }

  @Test("One coordinator at a time has it open")
  func inUse() throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteRunStore(path: folder.database)
    let error = #expect(throws: StoreError.inUse(folder.database)) {
      try SQLiteRunStore(path: folder.database)
    }
    #expect(error?.description.contains("another coordinator has this database open") == true)
    try StoreFixture.addRun("r1", to: store)
    store.close()
    #expect(try SQLiteRunStore(path: folder.database).runs().count == 1)
  }

  #if os(Linux)
    @Test("The lock holds against other processes")
    func lockedForOthers() throws {
      let folder = try TemporaryFolder()
      /// Whether a lock of an open file description, which heeds this process's locks as another's, can be had on
      /// the byte that SQLite locks for a writer (`PENDING_BYTE`, https://sqlite.org/fileformat2.html).
      func isFree() throws -> Bool {
        let descriptor = open(folder.database, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_RDLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0x4000_0000
        lock.l_len = 512
        let getOpenFileDescriptionLock: Int32 = 36
        try #require(fcntl(descriptor, getOpenFileDescriptionLock, &lock) == 0)
        return lock.l_type == Int16(F_UNLCK)
      }
      let store = try SQLiteRunStore(path: folder.database)
      #expect(try !isFree())
      store.close()
      #expect(try isFree())
    }
  #endif

  @Test("After a restart all is there")
  func reopen() throws {
    let folder = try TemporaryFolder()
    let submission: Submission
    do {
      let store = try SQLiteRunStore(path: folder.database)
      submission = try StoreFixture.addRun("r1", to: store)
      try StoreFixture.addRun("r2", to: store, at: 2_000)
      for run in ["r1", "r2"] {
        try store.saveSteps(run, [try StoreFixture.record(1)], at: StoreFixture.time(1))
      }
      try store.saveEpoch(submission.offer.planDigest, 3)
      try store.end("r2", .finished, model: try StoreFixture.model(), at: StoreFixture.time(3_000))
      store.close()
    }
    let store = try SQLiteRunStore(path: folder.database)
    #expect(try store.runs().map(\.run) == ["r2", "r1"])
    #expect(try store.model(of: "r2") == StoreFixture.model())
    #expect(try store.openRuns().map(\.submission) == [submission])
    #expect(try store.history(of: "r1") == [try StoreFixture.record(1)])
    #expect(try store.epoch(of: submission.offer.planDigest) == 3)
  }

  @Test("A database of a newer version is refused and left as it is")
  func newer() throws {
    let folder = try TemporaryFolder()
    try madeDatabase(in: folder)
    try change(folder, "INSERT INTO grdb_migrations (identifier) VALUES ('9999')")
    let before = try content(of: folder.database)
    let error = #expect(throws: StoreError.newer(folder.database)) {
      try SQLiteRunStore(path: folder.database)
    }
    #expect(error?.description.contains("newer version") == true)
    #expect(try content(of: folder.database) == before)
  }

  @Test("Another program's file is refused and left as it is")
  func notOurs() throws {
    let folder = try TemporaryFolder()
    let text = Data(String(repeating: "patient,age\n", count: 200).utf8)
    try write(text, to: folder.database)
    #expect(throws: StoreError.notOurs(folder.database)) { try SQLiteRunStore(path: folder.database) }
    #expect(try content(of: folder.database) == text)

    let others = try TemporaryFolder()
    try change(others, "CREATE TABLE bookmark (url TEXT)")
    try setMode(0o600, of: others.database)
    let before = try content(of: others.database)
    #expect(throws: StoreError.notOurs(others.database)) { try SQLiteRunStore(path: others.database) }
    #expect(try content(of: others.database) == before)
  }

  @Test("An empty file becomes a database")
  func empty() throws {
    let folder = try TemporaryFolder()
    try write(Data(), to: folder.database)
    #expect(try SQLiteRunStore(path: folder.database).runs().isEmpty)
  }

  @Test("A damaged page is named at once", arguments: 2...12)
  func damagedPage(_ page: Int) throws {
    let folder = try TemporaryFolder()
    try madeDatabase(in: folder)
    var bytes = try content(of: folder.database)
    let start = (page - 1) * 4096
    bytes.replaceSubrange(start..<start + 64, with: Data(repeating: 0xA5, count: 64))
    try write(bytes, to: folder.database)
    let error = #expect(throws: StoreError.self) { try SQLiteRunStore(path: folder.database) }
    guard case .corrupt(folder.database, _) = error else {
      Issue.record("page \(page): expected “corrupt”, got \(String(describing: error))")
      return
    }
    #expect(error?.description.contains("put a backup in its place") == true)
  }

  @Test("A row that breaks the schema's rules is named at once")
  func brokenRule() throws {
    let folder = try TemporaryFolder()
    try madeDatabase(in: folder)
    let queue = try DatabaseQueue(path: folder.database)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
      try db.execute(sql: "UPDATE run SET state = 'paused'")
    }
    try queue.close()
    #expect(throws: StoreError.corrupt(folder.database, detail: "CHECK constraint failed in run")) {
      try SQLiteRunStore(path: folder.database)
    }
  }

  @Test("A file cut short is named at once")
  func cutShort() throws {
    let folder = try TemporaryFolder()
    try madeDatabase(in: folder)
    let bytes = try content(of: folder.database)
    try write(bytes.prefix(bytes.count / 2), to: folder.database)
    let error = #expect(throws: StoreError.self) { try SQLiteRunStore(path: folder.database) }
    guard case .corrupt(folder.database, _) = error else {
      Issue.record("expected “corrupt”, got \(String(describing: error))")
      return
    }
  }

  @Test(
    "A damaged value is an error that names its column and not the value",
    arguments: [
      #"UPDATE working_step SET record = '{"planted": 6543.21}'"#,
      "UPDATE working_step SET sum = CAST('6543.21' AS BLOB)",
      #"UPDATE working_step SET record = replace(record, '"step":1', '"step":6543')"#,
    ])
  func damagedValue(_ sql: String) throws {
    let folder = try TemporaryFolder()
    try madeDatabase(in: folder)
    try change(folder, sql)
    let store = try SQLiteRunStore(path: folder.database)
    let error = #expect(throws: StoreError.self) { try store.history(of: "r1") }
    let message = try #require(error).description
    #expect(message.contains(folder.database))
    #expect(message.contains("column \(sql.contains("SET sum") ? "sum" : "record") of table working_step"))
    #expect(!message.contains("6543"))
  }

  @Test("A folder that is not there, or a folder in the file's place, is an error that says so")
  func noFolder() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing/konsil.db"
    let error = #expect(throws: StoreError.self) { try SQLiteRunStore(path: missing) }
    #expect(error?.description.contains("\(missing): could not create the database: No such file") == true)
    let place = #expect(throws: StoreError.self) { try SQLiteRunStore(path: folder.path) }
    #expect(place?.description.contains("it is not a file") == true)
  }

  @Test("A closed store refuses, and does not trap")
  func closed() throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteRunStore(path: folder.database)
    store.close()
    #expect(throws: StoreError.self) { try store.runs() }
    #expect(throws: StoreError.self) { try StoreFixture.addRun("r1", to: store) }
  }
}
