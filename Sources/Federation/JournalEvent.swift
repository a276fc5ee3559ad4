import Queries
import SecureAggregation

/// A plan on a snapshot: what budgets and promises of a journal are counted for.
package struct PlanOnSnapshot: Hashable, Sendable, Codable {
  package let plan: Digest
  /// Salted digest of the records.
  package let snapshot: Digest

  package init(plan: Digest, snapshot: Digest) {
    self.plan = plan
    self.snapshot = snapshot
  }
}

/// Which rows of which sites a study's plans are about.
package struct RosterEntry: Hashable, Sendable, Codable {
  package let study: String
  package let sites: [String]
  package let filter: Digest
  package let snapshot: Digest

  package init(study: String, sites: [String], filter: Digest, snapshot: Digest) {
    self.study = study
    self.sites = sites
    self.filter = filter
    self.snapshot = snapshot
  }
}

/// What left the site in one step: names, lengths and digests, never numbers.
package struct StepEntry: Hashable, Sendable, Codable {
  package struct SegmentEntry: Hashable, Sendable, Codable {
    package let name: String
    package let length: Int
  }

  package let subject: PlanOnSnapshot
  package let run: String
  package let epoch: Int
  package let step: Int
  package let query: String
  package let queryDigest: Digest
  package let segments: [SegmentEntry]
  package let sites: [String]
  /// Keyed digest of the contribution; nil when the site withheld.
  package let contribution: Digest?
}

/// One line of a site's journal.
package enum JournalEvent: Hashable, Sendable, Codable {
  case roster(RosterEntry, plan: Digest)
  case decision(plan: Digest, approved: Bool, words: String)
  case epoch(PlanOnSnapshot, run: String, epoch: Int)
  /// The journal count that another site showed.
  case peer(site: String, count: Int)
  case step(StepEntry)
  /// A sum that this site added itself.
  case verified(PlanOnSnapshot, step: Int, QuerySum)
  case withheld(PlanOnSnapshot, step: Int, rule: String)

  func encode(into encoder: inout CanonicalEncoder) {
    switch self {
    case .roster(let entry, let plan):
      encoder.append("roster")
      encoder.append(entry.study)
      encoder.append(list: entry.sites) { $0.append($1) }
      encoder.append(entry.filter.bytes)
      encoder.append(entry.snapshot.bytes)
      encoder.append(plan.bytes)
    case .decision(let plan, let approved, let words):
      encoder.append("decision")
      encoder.append(plan.bytes)
      encoder.append(approved ? 1 : 0)
      encoder.append(words)
    case .epoch(let subject, let run, let epoch):
      encoder.append("epoch")
      subject.encode(into: &encoder)
      encoder.append(run)
      encoder.append(epoch)
    case .peer(let site, let count):
      encoder.append("peer")
      encoder.append(site)
      encoder.append(count)
    case .step(let entry):
      encoder.append("step")
      entry.encode(into: &encoder)
    case .verified(let subject, let step, let sum):
      encoder.append("verified")
      subject.encode(into: &encoder)
      encoder.append(step)
      encoder.append(list: sum.values) { $0.append(list: $1) { $0.append($1) } }
    case .withheld(let subject, let step, let rule):
      encoder.append("withheld")
      subject.encode(into: &encoder)
      encoder.append(step)
      encoder.append(rule)
    }
  }
}

extension PlanOnSnapshot {
  fileprivate func encode(into encoder: inout CanonicalEncoder) {
    encoder.append(plan.bytes)
    encoder.append(snapshot.bytes)
  }
}

extension StepEntry {
  fileprivate func encode(into encoder: inout CanonicalEncoder) {
    subject.encode(into: &encoder)
    encoder.append(run)
    encoder.append(epoch)
    encoder.append(step)
    encoder.append(query)
    encoder.append(queryDigest.bytes)
    encoder.append(list: segments) { encoder, segment in
      encoder.append(segment.name)
      encoder.append(segment.length)
    }
    encoder.append(list: sites) { $0.append($1) }
    encoder.append(contribution?.bytes ?? [])
  }
}
