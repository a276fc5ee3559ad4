import Federation
import SecureAggregation
import Store
import Synchronization

/// The store's in-memory twin: the same promises, and nothing on a disk.
package final class InMemoryRunStore: RunStore {
  private struct Run {
    let begun: RunSummary
    let submission: Submission
    var state = RunState.waiting
    var ended: Instant?
    var failure: RunFailure?
    var model: PlanModel?
    var records: [StepRecord] = []
    var lines: [StepLine] = []
    var events: [RunEvent] = []

    var summary: RunSummary {
      RunSummary(
        run: begun.run, study: begun.study, plan: begun.plan, planDigest: begun.planDigest,
        algorithm: begun.algorithm, researcher: begun.researcher, sites: begun.sites, state: state,
        steps: lines.count, mostSteps: begun.mostSteps, submitted: begun.submitted, ended: ended,
        failure: failure)
    }
  }

  private struct Tables {
    var studies: [SignedStudy] = []
    var epochs: [Digest: Int] = [:]
    /// In the order in which they came.
    var runs: [Run] = []
    var sites: [String: SiteStatus] = [:]

    mutating func add(_ study: SignedStudy) {
      if !studies.contains(study) { studies.append(study) }
    }

    func index(_ run: String) throws(StoreError) -> Int {
      guard let index = runs.firstIndex(where: { $0.begun.run == run }) else { throw .unknownRun(run) }
      return index
    }

    func openIndex(_ run: String) throws(StoreError) -> Int {
      let index = try index(run)
      if runs[index].state.isOver { throw .runOver(run, runs[index].state) }
      return index
    }
  }

  private let tables = Mutex(Tables())

  package init() {}

  package func addStudy(_ study: SignedStudy, name: String, at time: Instant) {
    tables.withLock { $0.add(study) }
  }

  package func study(_ digest: Digest) -> SignedStudy? {
    tables.withLock { $0.studies.first { $0.digest == digest } }
  }

  @discardableResult
  package func addRun(
    _ summary: RunSummary, submission: Submission
  ) throws(StoreError) -> Bool {
    try summary.checkBeginning(of: submission)
    return try tables.withLock { tables throws(StoreError) in
      if let known = tables.runs.first(where: { $0.begun.run == summary.run }) {
        guard known.begun.planDigest == summary.planDigest,
          known.submission.offer.researcher == submission.offer.researcher
        else { throw .runTaken(summary.run) }
        return false
      }
      tables.add(submission.study)
      tables.epochs[summary.planDigest, default: 0] += 0
      tables.runs.append(Run(begun: summary, submission: submission))
      return true
    }
  }

  package func run(_ run: String) -> RunSummary? { find(run)?.summary }

  package func runs() -> [RunSummary] {
    tables.withLock { tables in
      tables.runs.reversed().map(\.summary).stablySorted { $0.submitted > $1.submitted }
    }
  }

  package func openRuns() -> [(summary: RunSummary, submission: Submission)] {
    tables.withLock { tables in
      tables.runs.filter { !$0.state.isOver }.stablySorted { $0.begun.submitted < $1.begun.submitted }
        .map { ($0.summary, $0.submission) }
    }
  }

  package func submission(of run: String) -> Submission? { find(run)?.submission }

  package func setState(_ run: String, _ state: RunState) throws(StoreError) {
    try state.checkOpen(run)
    try tables.withLock { tables throws(StoreError) in
      tables.runs[try tables.openIndex(run)].state = state
    }
  }

  package func saveEpoch(_ plan: Digest, _ epoch: Int) throws(StoreError) {
    try tables.withLock { tables throws(StoreError) in
      guard let saved = tables.epochs[plan] else { throw .unknownPlan(plan) }
      guard epoch > saved else { throw .epochNotGrown(plan, saved: saved, given: epoch) }
      tables.epochs[plan] = epoch
    }
  }

  package func epoch(of plan: Digest) -> Int { tables.withLock { $0.epochs[plan] ?? 0 } }

  package func saveSteps(_ run: String, _ records: [StepRecord], at time: Instant) throws(StoreError) {
    try tables.withLock { tables throws(StoreError) in
      let index = try tables.openIndex(run)
      var next = tables.runs[index].records.count + 1
      if let first = records.first?.step, (1..<next).contains(first) { next = first }
      let kept = next - 1
      for record in records {
        guard record.step == next else { throw .stepGap(run: run, step: record.step, next: next) }
        next += 1
      }
      tables.runs[index].records.replaceSubrange(kept..., with: records)
      tables.runs[index].lines.replaceSubrange(kept..., with: records.map { StepLine($0, at: time) })
    }
  }

  package func history(of run: String) -> [StepRecord] { find(run)?.records ?? [] }

  package func end(
    _ run: String, _ outcome: RunOutcome, model: PlanModel?, at time: Instant
  ) throws(StoreError) {
    try outcome.check(run, model)
    try tables.withLock { tables throws(StoreError) in
      let index = try tables.openIndex(run)
      tables.runs[index].state = outcome.state
      tables.runs[index].ended = time
      tables.runs[index].failure = outcome.failure
      tables.runs[index].model = model
      tables.runs[index].records = []
    }
  }

  package func model(of run: String) -> PlanModel? { find(run)?.model }

  package func steps(of run: String) -> [StepLine] { find(run)?.lines ?? [] }

  @discardableResult
  package func addEvent(
    _ run: String, at time: Instant, site: String?, text: String
  ) throws(StoreError) -> RunEvent {
    try tables.withLock { tables throws(StoreError) in
      let index = try tables.index(run)
      let event = RunEvent(
        number: tables.runs[index].events.count + 1, at: time, site: site, text: text)
      tables.runs[index].events.append(event)
      return event
    }
  }

  package func events(of run: String, after number: Int) -> [RunEvent] {
    find(run)?.events.filter { $0.number > number } ?? []
  }

  package func recordSite(_ status: SiteStatus) {
    tables.withLock { $0.sites[status.site] = status }
  }

  package func sites() -> [SiteStatus] {
    tables.withLock { $0.sites.values.sorted { $0.site < $1.site } }
  }

  package func markAllSitesAway(at time: Instant) {
    tables.withLock { tables in
      for status in tables.sites.values where status.isConnected {
        tables.sites[status.site] = SiteStatus(
          site: status.site, isConnected: false, since: time,
          certificateExpires: status.certificateExpires)
      }
    }
  }

  private func find(_ run: String) -> Run? {
    tables.withLock { $0.runs.first { $0.begun.run == run } }
  }
}

extension Sequence {
  /// Swift's own sort is stable, but does not promise it.
  fileprivate func stablySorted(by isBefore: (Element, Element) -> Bool) -> [Element] {
    enumerated().sorted { left, right in
      if isBefore(left.element, right.element) { return true }
      return !isBefore(right.element, left.element) && left.offset < right.offset
    }.map(\.element)
  }
}
