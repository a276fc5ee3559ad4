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
  private var decisions: [Decided: Decision] = [:]
  private var epochs: [PlanOnSnapshot: Int] = [:]
  private var peers: [String: JournalMark] = [:]
  private var steps: [PlanOnSnapshot: KeptSteps] = [:]
  private var verified: [PlanOnSnapshot: [Int: QuerySum]] = [:]
  private var withheld: [PlanOnSnapshot: Set<Int>] = [:]
  private var lastSites: [PlanOnSnapshot: [String]] = [:]

  /// What a decision is about: a plan over these sites and records, and no other.
  private struct Decided: Hashable {
    let plan: Digest
    let entry: RosterEntry
  }

  package struct Decision: Hashable, Sendable {
    package let isApproved: Bool
    package let words: String
  }

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

  /// The administrator's last word on a plan over these sites and records.
  package func decision(on plan: Digest, _ entry: RosterEntry) -> Decision? {
    decisions[Decided(plan: plan, entry: entry)]
  }

  package func highestEpoch(_ subject: PlanOnSnapshot) -> Int { epochs[subject] ?? 0 }

  /// How far the journal of each other site has been seen to be, by the fingerprint of its key.
  package var peerMarks: [String: JournalMark] { peers }

  package func step(_ step: Int, _ subject: PlanOnSnapshot) -> StepEntry? { steps[subject]?[step] }

  /// The epoch in which a step was answered first.
  package func firstEpoch(of step: Int, _ subject: PlanOnSnapshot) -> Int? {
    steps[subject]?.firstEpoch(of: step)
  }

  package func highestStep(_ subject: PlanOnSnapshot) -> Int { steps[subject]?.highest ?? 0 }

  /// The sites of the vector that was written last, whatever its step; nil before the first.
  package func lastSites(_ subject: PlanOnSnapshot) -> [String]? { lastSites[subject] }

  /// In how many other steps a query was asked. One that is verified asks for something else once a verified sum was
  /// added, be it in the same words: then those that came since, before this step, count.
  package func timesAsked(
    _ query: Digest, isVerified: Bool, _ subject: PlanOnSnapshot, but step: Int
  ) -> Int {
    guard let kept = steps[subject] else { return 0 }
    guard isVerified else { return kept.count(of: query, but: step) }
    let last = verified[subject]?.keys.filter { $0 < step }.max() ?? 0
    return kept.count(of: query, in: last + 1..<max(step, last + 1))
  }

  /// The last step before `step`, since the last verified sum before it, that asked by this name for something else.
  package func stepAskedOtherwise(
    than query: Digest, named name: String, before step: Int, _ subject: PlanOnSnapshot
  ) -> Int? {
    guard let kept = steps[subject] else { return nil }
    let last = verified[subject]?.keys.filter { $0 < step }.max() ?? 0
    return (last + 1..<max(step, last + 1)).last { known in
      kept[known].map { $0.query == name && $0.queryDigest != query } ?? false
    }
  }

  /// Numbers that have left in all steps but one.
  package func releasedNumbers(_ subject: PlanOnSnapshot, but step: Int) -> Int {
    (steps[subject] ?? KeptSteps()).entries.reduce(0) { sum, entry in
      entry.step == step ? sum : entry.segments.reduce(sum) { $0 + $1.length }
    }
  }

  package func verifiedSum(_ step: Int, _ subject: PlanOnSnapshot) -> QuerySum? {
    verified[subject]?[step]
  }

  /// All verified sums of the steps before `step`, in order.
  package func verifiedSums(before step: Int, _ subject: PlanOnSnapshot) -> [(step: Int, sum: QuerySum)] {
    (verified[subject] ?? [:]).filter { $0.key < step }.sorted { $0.key < $1.key }
      .map { (step: $0.key, sum: $0.value) }
  }

  /// The first step whose sum is known; nil before any.
  package func firstVerified(_ subject: PlanOnSnapshot) -> Int? { verified[subject]?.keys.min() }

  package func verifiedThrough(_ subject: PlanOnSnapshot) -> Int { verified[subject]?.keys.max() ?? 0 }

  /// The steps that a rule depending on records forbade.
  package func withheldSteps(_ subject: PlanOnSnapshot) -> Set<Int> { withheld[subject] ?? [] }

  private mutating func take(_ record: JournalRecord) {
    mark = JournalMark(count: record.number, head: record.digest)
    switch record.event {
    case .roster(let entry, _): rosters[entry.study, default: []].insert(entry)
    case .decision(let entry, let plan, let approved, let words):
      decisions[Decided(plan: plan, entry: entry)] = Decision(isApproved: approved, words: words)
    case .epoch(let subject, _, let epoch): epochs[subject] = max(epochs[subject] ?? 0, epoch)
    case .peer(let key, let mark):
      if mark.count >= peers[key]?.count ?? 0 { peers[key] = mark }
    case .step(let entry):
      steps[entry.subject, default: KeptSteps()].take(entry)
      lastSites[entry.subject] = entry.sites
      if entry.withheld != nil { withheld[entry.subject, default: []].insert(entry.step) }
    case .verified(let subject, let step, let sum): verified[subject, default: [:]][step] = sum
    }
  }
}
