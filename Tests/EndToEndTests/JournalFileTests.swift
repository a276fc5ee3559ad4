import Federation
import Foundation
import KonsilTesting
import Queries
import SecureAggregation
import SiteAgent
import Testing

@Suite("An agent's journal on disk")
final class JournalFileTests {
  private let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/konsil-journal-\(UUID().uuidString).jsonl"
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static func step(_ step: Int, of journal: inout Journal) -> JournalRecord {
    let digest = Digest(of: [UInt8(step % 256)])
    return journal.append(
      .step(
        StepEntry(
          subject: PlanOnSnapshot(plan: digest, snapshot: digest), run: "00ff", epoch: 1, step: step,
          query: "newton", queryDigest: digest, segments: [.init(name: "gradient", length: step)], attempt: 0,
          sites: ["basel", "freiburg", "metz"], contribution: digest, withheld: nil)))
  }

  /// What is on the disk after `count` steps, while the file is open.
  private func written(_ count: Int) throws -> (bytes: [UInt8], records: [JournalRecord]) {
    try? FileManager.default.removeItem(atPath: path)
    let file = try JournalFile.open(path).file
    var journal = Journal()
    let records = (0..<count).map { Self.step($0 + 1, of: &journal) }
    for record in records { try file.append(record) }
    return (try bytes(), records)
  }

  private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

  private func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  private static func lines(_ bytes: [UInt8]) -> [UInt8] {
    let rest = bytes.reversed().drop { $0 == UInt8(ascii: "\n") }
    return Array(rest.reversed()) + [UInt8(ascii: "\n")]
  }

  @Test("has room behind its last step, which the next steps use up, and none that is not expected")
  func room() throws {
    let file = try JournalFile.open(path).file
    var journal = Journal()
    var sizes: [Int] = []
    for step in 1...300 {
      try file.append(Self.step(step, of: &journal))
      sizes.append(try bytes().count)
    }
    #expect(Set(sizes).count < 10, "\(Set(sizes).count) lengths of the file in 300 steps")
    #expect(try JournalFile.read(path).count == 300)
    file.giveUpRoom()
    #expect(try bytes() == Self.lines(try bytes()))
    try file.append(Self.step(301, of: &journal))
    #expect(try JournalFile.read(path).map(\.number) == Array(1...301))
  }

  @Test(
    "opens after a crash without the last line, whichever parts of it had reached the disk",
    arguments: 1...200)
  func crash(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let before = try written(5)
    let after = try written(6)
    #expect(before.bytes.count == after.bytes.count, "the last line is within the room")
    let line = Self.lines(before.bytes).count..<Self.lines(after.bytes).count
    var crashed = before.bytes
    let block = Int.random(in: 1...200, using: &random)
    for start in stride(from: line.lowerBound, to: line.upperBound, by: block)
    where Bool.random(using: &random) {
      let part = start..<min(start + block, line.upperBound)
      crashed.replaceSubrange(part, with: after.bytes[part])
    }
    try write(crashed)
    let isWhole = crashed == after.bytes
    let (file, records) = try JournalFile.open(path)
    #expect(records == (isWhole ? after : before).records, "seed \(seed)")
    var journal = try Journal(replaying: records)
    try file.append(Self.step(7, of: &journal))
    #expect(try JournalFile.read(path).count == records.count + 1)
  }

  @Test("names a line that was changed, be it the last before the room, and drops one without its end")
  func changed() throws {
    let (padded, records) = try written(4)
    for bytes in [padded, Self.lines(padded)] {
      var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
      for place in [1, 3] {
        let kept = lines[place]
        lines[place] = Array("{\"number\":\(place + 1)}".utf8)
        try write(Array(lines.joined(separator: [UInt8(ascii: "\n")])))
        let complaint = #expect(throws: Complaint.self) { try JournalFile.read(path) }
        #expect(complaint?.message.contains("line \(place + 1)") == true)
        lines[place] = kept
      }
    }
    try write(Self.lines(padded).dropLast())
    #expect(try JournalFile.read(path) == Array(records.prefix(3)))
  }
}
