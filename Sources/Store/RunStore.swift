import Federation
import SecureAggregation

/// What the coordinator remembers of studies, plans, runs, steps, models, events and sites. It is the source of
/// truth for a run: what the coordinator holds in memory is a cache of it.
///
/// Each method is one transaction: when it throws, nothing of it is kept. Any of them throws
/// `StoreError.failed`, `.corrupt` or `.inUse` when the database cannot do its work. Reading what is not
/// there gives nil or an empty list.
package protocol RunStore: Sendable {
  /// Keeps a study. Adding the same bytes with the same owner and signature again changes nothing.
  ///
  /// - Parameter name: the name that the study's bytes give it.
  func addStudy(_ study: SignedStudy, name: String, at time: Instant) throws(StoreError)

  /// The study with these bytes; the first that came, if several owners signed them.
  func study(_ digest: Digest) throws(StoreError) -> SignedStudy?

  /// Keeps a new run with its study, its plan and the order to run it.
  ///
  /// - Parameter summary: of `submission`, as every run begins: waiting, and without steps.
  /// - Returns: false when the run is there already, with the same plan and researcher; nothing changes.
  /// - Throws: `.runTaken` when it is there with others; `.inconsistent` when the two parameters contradict
  ///   each other.
  @discardableResult
  func addRun(_ summary: RunSummary, submission: Submission) throws(StoreError) -> Bool

  func run(_ run: String) throws(StoreError) -> RunSummary?

  /// Every run, the last submitted first.
  func runs() throws(StoreError) -> [RunSummary]

  /// The runs that have not ended, the first submitted first: what a coordinator takes up after a restart.
  func openRuns() throws(StoreError) -> [(summary: RunSummary, submission: Submission)]

  func submission(of run: String) throws(StoreError) -> Submission?

  /// - Parameter state: `waiting` or `running`; a run ends by `end` alone.
  /// - Throws: `.unknownRun`, `.runOver`, `.inconsistent`.
  func setState(_ run: String, _ state: RunState) throws(StoreError)

  /// Keeps the epoch that a plan's secrets are now in.
  ///
  /// - Throws: `.unknownPlan` when no run has this plan; `.epochNotGrown` unless `epoch` is above the last one,
  ///   for no epoch is ever begun twice.
  func saveEpoch(_ plan: Digest, _ epoch: Int) throws(StoreError)

  /// The last epoch saved; 0 when none.
  func epoch(of plan: Digest) throws(StoreError) -> Int

  /// Keeps steps that follow each other, all or none. They stand in the place of the first, in a run that was rewound,
  /// and of all after it.
  ///
  /// - Throws: `.unknownRun`, `.runOver`; `.stepGap` unless the first is there or is the next, and each other one the
  ///   next.
  func saveSteps(_ run: String, _ records: [StepRecord], at time: Instant) throws(StoreError)

  /// Every step of an open run, with its query and sum; empty for a run that has ended.
  func history(of run: String) throws(StoreError) -> [StepRecord]

  /// Ends a run, and wipes its sums and its queries' parameters and bounds.
  ///
  /// What stays is what `steps(of:)` lists. The first end stands.
  ///
  /// - Parameter model: of a finished run, and of no other.
  /// - Throws: `.unknownRun`, `.runOver`, `.inconsistent`. After `.failed` with the transaction `wipe`
  ///   the run has ended; the next end, or the next opening, completes the wipe.
  func end(
    _ run: String, _ outcome: RunOutcome, model: PlanModel?, at time: Instant
  ) throws(StoreError)

  func model(of run: String) throws(StoreError) -> PlanModel?

  /// Every step, also of a run that has ended.
  func steps(of run: String) throws(StoreError) -> [StepLine]

  /// Keeps an event under the run's next number; a run that has ended may have more.
  ///
  /// - Throws: `.unknownRun`.
  @discardableResult
  func addEvent(
    _ run: String, at time: Instant, site: String?, text: String
  ) throws(StoreError) -> RunEvent

  /// The events with a number above `number`, in order.
  func events(of run: String, after number: Int) throws(StoreError) -> [RunEvent]

  /// Keeps how a site is, in place of how it was.
  func recordSite(_ status: SiteStatus) throws(StoreError)

  /// Every site that was ever recorded, by name.
  func sites() throws(StoreError) -> [SiteStatus]

  /// Records that no site is connected, as it is when a coordinator starts.
  ///
  /// - Parameter time: since when, for those that were.
  func markAllSitesAway(at time: Instant) throws(StoreError)
}
