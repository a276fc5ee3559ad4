import Federation
import Foundation
import GRDB
import Store
import Testing

@Suite("What is wiped is nowhere in the files")
struct WipeTests {
  /// A number, as text, that is nowhere but in what a run keeps until it ends.
  private struct Planted {
    let run: Int
    let text: String

    /// The ways in which a file could hold it: as text, and as the bits of a double.
    var traces: [Data] {
      let bits = Double(text).map { number in
        withUnsafeBytes(of: number.bitPattern.littleEndian) { Data($0) }
      }
      return [Data(text.utf8)] + [bits].compactMap { $0 }
    }
  }

  private func files(_ folder: TemporaryFolder) throws -> Data {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: Data()) {
      $0.append(try content(of: folder.path + "/" + $1))
    }
  }

  /// The count in the file's header (https://sqlite.org/fileformat2.html, offset 36).
  private func freePages(_ folder: TemporaryFolder) throws -> Int {
    try content(of: folder.database)[36..<40].reduce(0) { $0 << 8 | Int($1) }
  }

  private func found(_ planted: [Planted], in folder: TemporaryFolder) throws -> [Planted] {
    let bytes = try files(folder)
    return planted.filter { $0.traces.contains { bytes.range(of: $0) != nil } }
  }

  /// Steps of several runs by turns, short ones and long ones, some of them taken back: rows of every run come to
  /// share pages, and move between them. Each row has a number of its own, again and again.
  private func fill(
    _ store: SQLiteRunStore, runs: Int, steps: Int, _ numbers: inout SeededNumbers
  ) throws -> [Planted] {
    var planted: [Planted] = []
    for run in 0..<runs { try StoreFixture.addRun("r\(run)", to: store) }
    for turn in 0..<steps {
      let run = numbers.below(runs)
      let last = try store.run("r\(run)")?.steps ?? 0
      let number = Double.random(in: 1..<2, using: &numbers)
      let record = try StoreFixture.record(
        numbers.chance(0.1) ? max(1, last) : last + 1,
        parameters: [Double](repeating: number, count: [0, 1, 3, 20, 60, 600][numbers.below(6)]),
        sum: [UInt64](repeating: UInt64(number * 0x1p52), count: 2), bound: number, fractionBits: 52)
      try store.saveSteps("r\(run)", [record], at: StoreFixture.time(Int64(turn)))
      planted.append(Planted(run: run, text: "\(number)"))
    }
    return planted
  }

  @Test("Runs that ended leave no sum, parameter or bound, while others go on beside them", arguments: 1...3)
  func wiped(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteRunStore(path: folder.database)
    var numbers = SeededNumbers(seed: seed)
    let planted = try fill(store, runs: 6, steps: 120, &numbers)
    #expect(
      try found(planted, in: folder).count == planted.count, "seed \(seed): the search finds nothing")

    let ended = [0, 2, 5]
    for run in ended {
      try store.end(
        "r\(run)", .finished, model: try StoreFixture.model(), at: StoreFixture.time(1_000))
      #expect(try freePages(folder) == 0, "seed \(seed): run \(run) left pages that were not written anew")
      #expect(try content(of: folder.database + "-wal").isEmpty, "seed \(seed): run \(run) left its log")
    }
    let gone = planted.filter { ended.contains($0.run) }
    #expect(try found(gone, in: folder).isEmpty, "seed \(seed)")
    let live = planted.filter { !ended.contains($0.run) }
    #expect(try !found(live, in: folder).isEmpty, "seed \(seed): runs that go on were wiped too")
  }

  @Test("A crash between end and wipe is made good at the next opening", arguments: 1...3)
  func wipedAtOpening(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var numbers = SeededNumbers(seed: seed)
    let store = try SQLiteRunStore(path: folder.database)
    let gone = try fill(store, runs: 3, steps: 40, &numbers).filter { $0.run == 1 }
    store.close()
    // The end stands in the log, as after a crash, and nothing of it has come to the file.
    let queue = try DatabaseQueue(path: folder.database)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA secure_delete = OFF")
      try db.execute(sql: "UPDATE run SET state = 'cancelled', ended = 5 WHERE id = 'r1'")
    }
    let crashed = try TemporaryFolder()
    for suffix in ["", "-wal"] {
      try write(try content(of: folder.database + suffix), to: crashed.database + suffix)
    }
    try queue.close()
    try #require(try !found(gone, in: crashed).isEmpty, "seed \(seed): there was nothing to wipe")

    let again = try SQLiteRunStore(path: crashed.database)
    #expect(try again.run("r1")?.state == .cancelled)
    #expect(try found(gone, in: crashed).isEmpty, "seed \(seed)")
  }
}
