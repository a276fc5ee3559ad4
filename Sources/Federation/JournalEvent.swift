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
  /// Names with the fingerprints of their keys.
  package let sites: [String]
  package let filter: Digest
  package let snapshot: Digest
  /// The groups of sites that a validation leaves out; nil without one.
  package let groups: Digest?

  package init(study: String, sites: [String], filter: Digest, snapshot: Digest, groups: Digest? = nil) {
    self.study = study
    self.sites = sites
    self.filter = filter
    self.snapshot = snapshot
    self.groups = groups
  }

  /// Whether it is about the same rows of the same sites.
  func hasRows(of other: RosterEntry) -> Bool {
    (study, sites, filter, snapshot) == (other.study, other.sites, other.filter, other.snapshot)
  }
}

/// What left the site in one step: names, lengths and digests, never numbers.
package struct StepEntry: Hashable, Sendable, Codable {
  package struct SegmentEntry: Hashable, Sendable, Codable {
    package let name: String
    package let length: Int

    package init(name: String, length: Int) {
      self.name = name
      self.length = length
    }
  }

  package let subject: PlanOnSnapshot
  package let run: String
  package let epoch: Int
  package let step: Int
  package let query: String
  package let queryDigest: Digest
  package let segments: [SegmentEntry]
  package let attempt: Int
  package let sites: [String]
  /// Keyed digest of the contribution, or of the one that was withheld.
  package let contribution: Digest
  /// The rule that depends on records and forbade an answer; nil for an answer.
  package let withheld: String?

  package init(
    subject: PlanOnSnapshot, run: String, epoch: Int, step: Int, query: String, queryDigest: Digest,
    segments: [SegmentEntry], attempt: Int, sites: [String], contribution: Digest, withheld: String?
  ) {
    self.subject = subject
    self.run = run
    self.epoch = epoch
    self.step = step
    self.query = query
    self.queryDigest = queryDigest
    self.segments = segments
    self.attempt = attempt
    self.sites = sites
    self.contribution = contribution
    self.withheld = withheld
  }
}

/// One line of a site's journal.
package enum JournalEvent: Hashable, Sendable, Codable {
  case roster(RosterEntry, plan: Digest)
  /// The administrator's word on a plan over these sites and records; why, in words, where that is needed.
  case decision(RosterEntry, plan: Digest, approved: Bool, words: String)
  case epoch(PlanOnSnapshot, run: String, epoch: Int)
  /// How far the journal of another site has come, by the fingerprint of its key.
  case peer(String, JournalMark)
  case step(StepEntry)
  /// A sum that this site added itself.
  case verified(PlanOnSnapshot, step: Int, QuerySum)

  func encode(into encoder: inout CanonicalEncoder) {
    switch self {
    case .roster(let entry, let plan):
      encoder.append("roster")
      entry.encode(into: &encoder)
      encoder.append(plan.bytes)
    case .decision(let entry, let plan, let approved, let words):
      encoder.append("decision")
      entry.encode(into: &encoder)
      encoder.append(plan.bytes)
      encoder.append(approved ? 1 : 0)
      encoder.append(words)
    case .epoch(let subject, let run, let epoch):
      encoder.append("epoch")
      subject.encode(into: &encoder)
      encoder.append(run)
      encoder.append(epoch)
    case .peer(let key, let mark):
      encoder.append("peer")
      encoder.append(key)
      encoder.append(mark.count)
      encoder.append(mark.head.bytes)
    case .step(let entry):
      encoder.append("step")
      entry.encode(into: &encoder)
    case .verified(let subject, let step, let sum):
      encoder.append("verified")
      subject.encode(into: &encoder)
      encoder.append(step)
      sum.encode(into: &encoder)
    }
  }
}

extension RosterEntry {
  fileprivate func encode(into encoder: inout CanonicalEncoder) {
    encoder.append(study)
    encoder.append(list: sites) { $0.append($1) }
    encoder.append(filter.bytes)
    encoder.append(snapshot.bytes)
    if let groups { encoder.append(groups.bytes) }
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
    encoder.append(attempt)
    encoder.append(list: sites) { $0.append($1) }
    encoder.append(contribution.bytes)
    encoder.append(list: withheld.map { [$0] } ?? []) { $0.append($1) }
  }
}
