import Federation
import SecureAggregation
import Store
import Synchronization

/// A store that notes when each step was saved. Everything goes to the store behind it.
final class TimedStore: RunStore {
  private let store: any RunStore
  private let clock = ContinuousClock()
  private let saved = Mutex<[ContinuousClock.Instant]>([])
  private let ended: AsyncStream<RunOutcome>
  private let end: AsyncStream<RunOutcome>.Continuation

  init(_ store: any RunStore) {
    self.store = store
    (ended, end) = AsyncStream<RunOutcome>.makeStream()
  }

  /// The seconds from each step's end to the next one's, once the run has ended.
  func whenEnded() async -> (seconds: [Double], outcome: RunOutcome) {
    var outcome = RunOutcome.cancelled
    for await found in ended { outcome = found }
    let moments = saved.withLock { $0 }
    return (zip(moments, moments.dropFirst()).map { ($1 - $0) / .seconds(1) }, outcome)
  }

  func saveSteps(_ run: String, _ records: [StepRecord], at time: Instant) throws(StoreError) {
    try store.saveSteps(run, records, at: time)
    let now = clock.now
    saved.withLock { $0.append(now) }
  }

  func end(
    _ run: String, _ outcome: RunOutcome, model: PlanModel?, at time: Instant
  ) throws(StoreError) {
    try store.end(run, outcome, model: model, at: time)
    end.yield(outcome)
    end.finish()
  }

  func addStudy(_ study: SignedStudy, name: String, at time: Instant) throws(StoreError) {
    try store.addStudy(study, name: name, at: time)
  }

  func study(_ digest: Digest) throws(StoreError) -> SignedStudy? { try store.study(digest) }

  func addRun(_ summary: RunSummary, submission: Submission) throws(StoreError) -> Bool {
    try store.addRun(summary, submission: submission)
  }

  func run(_ run: String) throws(StoreError) -> RunSummary? { try store.run(run) }

  func runs() throws(StoreError) -> [RunSummary] { try store.runs() }

  func openRuns() throws(StoreError) -> [(summary: RunSummary, submission: Submission)] {
    try store.openRuns()
  }

  func submission(of run: String) throws(StoreError) -> Submission? { try store.submission(of: run) }

  func setState(_ run: String, _ state: RunState) throws(StoreError) { try store.setState(run, state) }

  func saveEpoch(_ plan: Digest, _ epoch: Int) throws(StoreError) { try store.saveEpoch(plan, epoch) }

  func epoch(of plan: Digest) throws(StoreError) -> Int { try store.epoch(of: plan) }

  func history(of run: String) throws(StoreError) -> [StepRecord] { try store.history(of: run) }

  func model(of run: String) throws(StoreError) -> PlanModel? { try store.model(of: run) }

  func steps(of run: String) throws(StoreError) -> [StepLine] { try store.steps(of: run) }

  func addEvent(
    _ run: String, at time: Instant, site: String?, text: String
  ) throws(StoreError) -> RunEvent {
    try store.addEvent(run, at: time, site: site, text: text)
  }

  func events(of run: String, after number: Int) throws(StoreError) -> [RunEvent] {
    try store.events(of: run, after: number)
  }

  func recordSite(_ status: SiteStatus) throws(StoreError) { try store.recordSite(status) }

  func sites() throws(StoreError) -> [SiteStatus] { try store.sites() }

  func markAllSitesAway(at time: Instant) throws(StoreError) { try store.markAllSitesAway(at: time) }
}
