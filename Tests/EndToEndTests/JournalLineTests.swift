import Federation
import Foundation
import KonsilTesting
import Queries
import SecureAggregation
import SiteAgent
import Testing

@Suite("A line of an agent's journal")
struct JournalLineTests {
  private static func record(_ change: (inout [String: String]) -> Void = { _ in }) throws -> JournalRecord {
    var names = ["query": "newton", "site": "freiburg", "segment": "gradient"]
    change(&names)
    let digest = Digest(of: [1, 2, 3])
    var journal = Journal()
    return journal.append(
      .step(
        StepEntry(
          subject: PlanOnSnapshot(plan: digest, snapshot: Digest(of: [4])), run: "00ff", epoch: 2, step: 7,
          query: names["query"] ?? "", queryDigest: digest,
          segments: [.init(name: names["segment"] ?? "", length: 3), .init(name: "hessian", length: 6)],
          attempt: 1, sites: ["basel", names["site"] ?? ""], contribution: digest,
          withheld: names["withheld"])))
  }

  @Test("is what a JSON encoder makes of its record, whatever stands in its names")
  func asEncoded() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let records = [
      try Self.record(), try Self.record { $0["withheld"] = "beyond-the-bound" },
      try Self.record { $0["query"] = "a \"quoted\" \\ name" }, try Self.record { $0["site"] = "zürich" },
      try Self.record { $0["segment"] = "\u{7}\n" },
    ]
    for record in records {
      let line = try #require(JournalLine.bytes(record))
      #expect(line == Array(try encoder.encode(record)))
      #expect(try JSONDecoder().decode(JournalRecord.self, from: Data(line)) == record)
    }
  }

  @Test("of a verified sum is what a JSON encoder makes of it, whatever its numbers")
  func sumAsEncoded() throws {
    let segments = [
      try Segment.reals("moments", length: 5, bound: 1e9, sites: 3),
      .words("cells", length: 2, width: .full),
    ]
    let query = Query(name: "counts", parameters: [], segments: segments, isVerified: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for elements: [UInt64] in [
      [0, 1, 1 << 40, .max, 12345, 0, .max], [7, 99, 3 << 33, 1 << 58, 5, .max >> 1, 1],
    ] {
      let sum = try #require(QuerySum(elements: elements, for: query))
      var journal = Journal()
      let record = journal.append(
        .verified(PlanOnSnapshot(plan: Digest(of: [1]), snapshot: Digest(of: [2])), step: 3, sum))
      let line = try #require(JournalLine.bytes(record))
      #expect(line == Array(try encoder.encode(record)))
      #expect(try JSONDecoder().decode(JournalRecord.self, from: Data(line)) == record)
    }
  }
}
