import Federation
import Foundation
import GRDB
import Store
import Testing

@Suite("A crash, or a transaction that fails, leaves a state in which the coordinator once was")
struct CrashTests {
  /// Lets `sql` into the schema of the store that `folder` holds.
  private func plant(_ sql: String, in folder: TemporaryFolder) throws {
    let queue = try DatabaseQueue(path: folder.database)
    try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
    try queue.close()
  }

  private func save(_ step: Int, parameters: [Double] = [0.5], to store: any RunStore) throws {
    try store.saveSteps(
      "r1", [try StoreFixture.record(step, parameters: parameters)], at: StoreFixture.time(Int64(step)))
  }

  @Test("Wherever the log on the disk ends, a step is there whole or not at all", arguments: 1...3)
  func cutLog(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteRunStore(path: folder.database)
    try StoreFixture.addRun("r1", to: store)
    for step in 1...5 {
      // Long enough that a transaction spans pages.
      try save(step, parameters: (0..<600).map { 1 / Double(step + $0 + 2) }, to: store)
    }
    let file = try content(of: folder.database)
    let log = try content(of: folder.database + "-wal")
    let whole = try store.history(of: "r1")
    try #require(whole.count == 5)

    var numbers = SeededNumbers(seed: seed)
    let frame = 4096 + 24
    let boundaries = stride(from: 32, through: log.count, by: frame).filter { _ in numbers.chance(0.3) }
    var found: Set<Int> = []
    for cut in boundaries + (0..<12).map({ _ in numbers.below(log.count + 1) }) + [0, log.count] {
      let copy = try TemporaryFolder()
      try write(file, to: copy.database)
      try write(log.prefix(cut), to: copy.database + "-wal")
      let store = try SQLiteRunStore(path: copy.database)
      let history = try store.history(of: "r1")
      found.insert(history.count)
      #expect(history == Array(whole.prefix(history.count)), "seed \(seed), cut \(cut)")
      #expect(try store.steps(of: "r1").count == history.count, "seed \(seed), cut \(cut)")
      if cut == log.count { #expect(history.count == 5, "seed \(seed)") }
      store.close()
    }
    #expect(found.count > 2, "seed \(seed): the cuts fell on too few states")
  }

  @Test("A step whose sum cannot be saved is not kept, and what it would replace stays")
  func failedStep() throws {
    let folder = try TemporaryFolder()
    do {
      let store = try SQLiteRunStore(path: folder.database)
      try StoreFixture.addRun("r1", to: store)
      for step in 1...3 { try save(step, to: store) }
      store.close()
    }
    try plant(
      """
      CREATE TRIGGER planted BEFORE INSERT ON working_step
      BEGIN SELECT RAISE(ABORT, 'planted failure'); END
      """, in: folder)
    let store = try SQLiteRunStore(path: folder.database)
    let before = try store.history(of: "r1")
    for step in [1, 2, 4] {
      let error = #expect(throws: StoreError.self) { try save(step, parameters: [77], to: store) }
      #expect(
        error
          == .failed(folder.database, transaction: "save steps", reason: "planted failure"))
    }
    #expect(try store.history(of: "r1") == before)
    #expect(try store.steps(of: "r1").count == 3)
  }

  @Test("An end whose wipe fails ends nothing")
  func failedEnd() throws {
    let folder = try TemporaryFolder()
    do {
      let store = try SQLiteRunStore(path: folder.database)
      try StoreFixture.addRun("r1", to: store)
      try save(1, to: store)
      store.close()
    }
    try plant(
      """
      CREATE TRIGGER planted BEFORE DELETE ON working_step
      BEGIN SELECT RAISE(ABORT, 'planted failure'); END
      """, in: folder)
    let store = try SQLiteRunStore(path: folder.database)
    let model = try StoreFixture.model()
    #expect(throws: StoreError.self) {
      try store.end("r1", .finished, model: model, at: StoreFixture.time(9))
    }
    #expect(try store.run("r1")?.state == .waiting)
    #expect(try store.model(of: "r1") == nil)
    #expect(try store.history(of: "r1").count == 1)
  }
}
