import Cohorts
import Federation
import Foundation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// `journal.json`.
struct JournalVectors: Decodable {
  struct Entry: Decodable {
    let study: String
    let sites: [String]
    let filter: Vectors.Hex
    let snapshot: Vectors.Hex
    let groups: Vectors.Hex?

    func entry() throws -> RosterEntry {
      RosterEntry(
        study: study, sites: sites, filter: try digest(filter), snapshot: try digest(snapshot),
        groups: try groups.map(digest))
    }
  }
  struct SegmentEntry: Decodable {
    let name: String
    let length: Int
  }
  /// What a sum has in JSON.
  private struct Sum: Encodable {
    let values: [[Double]]
    let words: [[UInt64]]
  }
  struct Event: Decodable {
    let kind: String
    let entry: Entry?
    let plan: Vectors.Hex?
    let snapshot: Vectors.Hex?
    let approved: Bool?
    let run: String?
    let epoch: Int?
    let key: String?
    let count: Int?
    let head: Vectors.Hex?
    let step: Int?
    let query: String?
    let queryDigest: Vectors.Hex?
    let segments: [SegmentEntry]?
    let attempt: Int?
    let sites: [String]?
    let contribution: Vectors.Hex?
    let withheld: String?
    let values: [[Vectors.Word]]?

    /// Words of a decision, or of a sum.
    enum Words: Decodable {
      case text(String)
      case elements([[Vectors.Word]])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self =
          if let text = try? container.decode(String.self) { .text(text) } else {
            .elements(try container.decode([[Vectors.Word]].self))
          }
      }
    }
    let words: Words?

    private func subject() throws -> PlanOnSnapshot {
      PlanOnSnapshot(plan: try digest(plan), snapshot: try digest(snapshot))
    }

    func event() throws -> JournalEvent {
      switch kind {
      case "roster": return .roster(try #require(entry).entry(), plan: try digest(plan))
      case "decision":
        guard case .text(let text)? = words else { throw FixtureError() }
        return .decision(
          try #require(entry).entry(), plan: try digest(plan), approved: approved == true,
          words: text)
      case "epoch": return .epoch(try subject(), run: try #require(run), epoch: try #require(epoch))
      case "peer":
        return .peer(try #require(key), JournalMark(count: try #require(count), head: try digest(head)))
      case "step": return .step(try stepEntry())
      case "verified":
        guard case .elements(let words)? = words else { throw FixtureError() }
        let sum = Sum(
          values: try #require(values).map { $0.map(\.real) }, words: words.map { $0.map(\.value) })
        return .verified(
          try subject(), step: try #require(step),
          try JSONDecoder().decode(QuerySum.self, from: JSONEncoder().encode(sum)))
      default: throw FixtureError()
      }
    }

    private func stepEntry() throws -> StepEntry {
      StepEntry(
        subject: try subject(), run: try #require(run), epoch: try #require(epoch), step: try #require(step),
        query: try #require(query), queryDigest: try digest(queryDigest),
        segments: try #require(segments).map { .init(name: $0.name, length: $0.length) },
        attempt: try #require(attempt), sites: try #require(sites), contribution: try digest(contribution),
        withheld: withheld)
    }
  }
  struct Line: Decodable {
    let number: Int
    let previous: Vectors.Hex
    let event: Event
    let digest: Vectors.Hex
  }
  let lines: [Line]
}

/// `roster-entry.json`.
struct RosterEntryVectors: Decodable {
  struct Condition: Decodable {
    let variable: String
    let atLeast: Vectors.Word?
    let atMost: Vectors.Word?
    let levels: [String]?

    var condition: FilterCondition {
      FilterCondition(
        variable: variable,
        test: levels.map { .oneOf($0) } ?? .between(atLeast: atLeast?.real, atMost: atMost?.real))
    }
  }
  struct Filter: Decodable {
    let conditions: [Condition]
    let digest: Vectors.Hex
  }
  struct Groups: Decodable {
    let groups: [[String]]
    let digest: Vectors.Hex
  }
  struct Site: Decodable {
    let name: String
    let identityKey: Vectors.Hex
    let entry: String
  }
  let filters: [Filter]
  let groups: [Groups]
  let sites: [Site]
}

/// `orders.json`.
struct OrderVectors: Decodable {
  struct Signed: Decodable {
    let identitySeed: Vectors.Hex
    let identityKey: Vectors.Hex
    let message: Vectors.Hex
    let signature: Vectors.Hex
  }
  let run: String
  let plan: Vectors.Hex
  let studySignature: Signed
  let planSignature: Signed
  let runSignature: Signed
}

func digest(_ hex: Vectors.Hex?) throws -> Digest {
  let bytes = try #require(hex).bytes
  return try #require(Digest(bytes: bytes))
}
