import Queries
import SecureAggregation

/// A journal line: its number, the digest of the line before and its own over both and the event.
package struct JournalRecord: Hashable, Sendable, Codable {
  /// From 1.
  package let number: Int
  package let previous: Digest
  package let event: JournalEvent
  package let digest: Digest

  init(number: Int, previous: Digest, event: JournalEvent) {
    self.number = number
    self.previous = previous
    self.event = event
    digest = Self.digest(number: number, previous: previous, event: event)
  }

  var isIntact: Bool {
    digest == Self.digest(number: number, previous: previous, event: event)
  }

  private static func digest(number: Int, previous: Digest, event: JournalEvent) -> Digest {
    var encoder = CanonicalEncoder(label: "konsil/v1/journal")
    encoder.append(number)
    encoder.append(previous.bytes)
    event.encode(into: &encoder)
    return Digest(of: encoder.bytes)
  }
}

/// A journal that is not the one that was written.
package struct JournalFault: Error, Hashable, Sendable {
  /// The line, from 1.
  package let line: Int
  package let detail: String
}

/// What a site has sent and answered, for ever: a value over a chain of records. The caller writes each record to
/// disk before anything it speaks of leaves the site.
package struct Journal: Sendable {
  package private(set) var mark = JournalMark(count: 0, head: Digest(of: []))
  private var rosters: [String: Set<RosterEntry>] = [:]
  private var decisions: [Digest: Bool] = [:]
  private var epochs: [PlanOnSnapshot: Int] = [:]
  private var peers: [String: Int] = [:]
  private var steps: [PlanOnSnapshot: [Int: StepEntry]] = [:]
  private var verified: [PlanOnSnapshot: [Int: QuerySum]] = [:]
  private var withheld: [PlanOnSnapshot: Set<Int>] = [:]

  package init() {}

  /// - Throws: `JournalFault` naming the first line that does not continue the chain.
  package init(replaying records: [JournalRecord]) throws(JournalFault) {
    for (index, record) in records.enumerated() {
      guard record.number == index + 1, record.previous == mark.head, record.isIntact else {
        throw JournalFault(line: index + 1, detail: "the line does not continue the chain of digests")
      }
      take(record)
    }
  }

  /// Adds an event and gives the record to be written.
  package mutating func append(_ event: JournalEvent) -> JournalRecord {
    let record = JournalRecord(number: mark.count + 1, previous: mark.head, event: event)
    take(record)
    return record
  }

  /// The rosters, filters and snapshots under which a study's plans have run here.
  package func rosters(of study: String) -> Set<RosterEntry> { rosters[study] ?? [] }

  /// The administrator's last word on a plan.
  package func decision(on plan: Digest) -> Bool? { decisions[plan] }

  package func highestEpoch(_ subject: PlanOnSnapshot) -> Int { epochs[subject] ?? 0 }

  /// The highest journal count seen of each other site.
  package var peerCounts: [String: Int] { peers }

  package func step(_ step: Int, _ subject: PlanOnSnapshot) -> StepEntry? { steps[subject]?[step] }

  package func highestStep(_ subject: PlanOnSnapshot) -> Int { steps[subject]?.keys.max() ?? 0 }

  package func verifiedSum(_ step: Int, _ subject: PlanOnSnapshot) -> QuerySum? {
    verified[subject]?[step]
  }

  package func verifiedThrough(_ subject: PlanOnSnapshot) -> Int { verified[subject]?.keys.max() ?? 0 }

  /// The steps that a rule depending on records forbade.
  package func withheldSteps(_ subject: PlanOnSnapshot) -> Set<Int> { withheld[subject] ?? [] }

  private mutating func take(_ record: JournalRecord) {
    mark = JournalMark(count: record.number, head: record.digest)
    switch record.event {
    case .roster(let entry, _): rosters[entry.study, default: []].insert(entry)
    case .decision(let plan, let approved, _): decisions[plan] = approved
    case .epoch(let subject, _, let epoch): epochs[subject] = max(epochs[subject] ?? 0, epoch)
    case .peer(let site, let count): peers[site] = max(peers[site] ?? 0, count)
    case .step(let entry): steps[entry.subject, default: [:]][entry.step] = entry
    case .verified(let subject, let step, let sum): verified[subject, default: [:]][step] = sum
    case .withheld(let subject, let step, _): withheld[subject, default: []].insert(step)
    }
  }
}
