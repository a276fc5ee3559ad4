import Console
import Federation
import Foundation
import Logging
import Queries
import SecureAggregation
import Wire

/// A site's agent: it answers offers by its policy, keeps the runs it takes part in, and writes
/// its journal before anything leaves.
package actor Agent {
  /// Something to be sent to the coordinator, about one run.
  package struct Outgoing: Sendable {
    package let run: String
    package let message: MessageToCoordinator

    package init(run: String, message: MessageToCoordinator) {
      self.run = run
      self.message = message
    }
  }

  /// A run in a reference, for a dictionary cannot hold what cannot be copied.
  final class RunBox {
    /// From so many rows on an answer may take seconds.
    private static let manyRows = 2_000
    /// As may masking so many elements.
    static let manyElements = 1 << 21

    /// Vectors from so many elements on are kept in memory for the next.
    private static let longVector = 8_192

    var run: SiteRun
    let isLarge: Bool
    private(set) var hasLongVectors = false

    /// - Parameter rows: of the cohort.
    init(_ run: consuming SiteRun, rows: Int) {
      self.run = run
      isLarge = rows >= Self.manyRows
    }

    func note(_ request: StepRequest) {
      guard !hasLongVectors, request.query.length >= Self.longVector else { return }
      hasLongVectors = true
      Heap.keepFreed()
    }
  }

  let configuration: SiteConfiguration
  let keys: SiteRun.Keys
  let studies: AcceptedStudies
  let snapshots: Snapshots
  let plans: OfferedPlans
  let journalFile: JournalFile
  var journal: Journal
  let log: Logger
  let now: @Sendable () -> Instant
  var runs: [String: RunBox] = [:]
  /// Offers that wait for the administrator, by run.
  var waiting: [String: RunOffer] = [:]
  /// How often each rule made this agent refuse something since it was started.
  private var refusals: [String: Int] = [:]
  private var outbox: AsyncStream<Outgoing>.Continuation?
  private var isWelcome = false
  /// Why the agent can take part in nothing any more, until it is started again.
  package private(set) var failure: Complaint?

  /// - Throws: `Complaint` when the journal cannot be read or is not what this agent wrote.
  package init(
    _ configuration: SiteConfiguration, keys: SiteRun.Keys, log: Logger,
    now: @escaping @Sendable () -> Instant
  ) throws(Complaint) {
    let state = StateFolder(configuration.state)
    self.configuration = configuration
    self.keys = keys
    self.log = log
    self.now = now
    studies = AcceptedStudies(state)
    snapshots = Snapshots(state)
    plans = OfferedPlans(state)
    try StateFolder.make(state.path)
    let (file, records) = try JournalFile.open(state.journal)
    journalFile = file
    do throws(JournalFault) {
      journal = try Journal(replaying: records)
    } catch {
      throw JournalFile.damaged(state.journal, line: error.line)
    }
  }

  /// A connection has come: from now on messages go there. Ends the one before.
  ///
  /// - Returns: the runs held here, each with the epoch whose secrets are in memory or 0, and what is to be sent: at an
  ///   agent that has failed, nothing.
  package func connected() -> (live: [String: Int], outgoing: AsyncStream<Outgoing>) {
    outbox?.finish()
    let (stream, continuation) = AsyncStream<Outgoing>.makeStream()
    outbox = continuation
    if failure != nil { disconnected() }
    let held = runs.mapValues { $0.run.liveEpoch ?? 0 }
    return (held.merging(waiting.mapValues { _ in 0 }) { epoch, _ in epoch }, stream)
  }

  /// Whether the coordinator has taken this site in since this was last asked.
  package func takeWelcome() -> Bool {
    defer { isWelcome = false }
    return isWelcome
  }

  package func disconnected() {
    outbox?.finish()
    outbox = nil
  }

  /// Takes part in a run that was prepared here and not offered: measurements begin so.
  package func adopt(_ frame: SiteRun.Frame, _ computation: any SiteComputation) {
    runs[frame.run] = RunBox(SiteRun(frame, computation: computation, keys: keys), rows: 0)
  }

  /// A step on few rows and the shares that open it take the time of a few messages and of a line on the disk; all
  /// else may read records, go over all of them, or write many lines.
  package func takesLong(_ event: CoordinatorEvent) -> Bool {
    switch event {
    case .welcome, .message(_, .shares): false
    case .message(let run, .step(let request)):
      runs[run]?.isLarge ?? false || request.query.length >= RunBox.manyElements
    case .offer, .message: true
    }
  }

  /// Takes one event of the connection.
  package func receive(_ event: CoordinatorEvent) {
    guard failure == nil else { return }
    switch event {
    case .welcome: isWelcome = true
    case .offer(let offer): answer(offer)
    case .message(let run, let message):
      let wasRunning = runs[run] != nil
      receive(message, run)
      guard wasRunning, runs[run] == nil else { return }
      if runs.isEmpty { journalFile.giveUpRoom() }
      // The run's records and vectors are free only now that nothing here holds them any more.
      giveBackMemory()
    }
  }

  private func giveBackMemory() {
    if runs.values.contains(where: \.hasLongVectors) { Heap.trim() } else { Heap.giveBackFreed() }
  }

  /// Looks whether the administrator has decided on a plan that waits.
  package func lookForDecisions() {
    for (run, offer) in waiting where failure == nil && plans.decision(on: offer.planDigest) != nil {
      waiting[run] = nil
      answer(offer)
    }
  }

  private func receive(_ message: MessageToSite, _ run: String) {
    if case .ended = message { waiting[run] = nil }
    guard let box = runs[run] else { return }
    if case .step(let request) = message { box.note(request) }
    let actions = box.run.receive(message, journal: &journal)
    if case .openEpoch = message { for other in runs.values { other.run.forgetIfLeftBehind(journal) } }
    for action in actions {
      switch action {
      case .write(let record):
        guard (try? write(record)) != nil else { return }
      case .send(let message): send(message, run)
      case .note(let refusal):
        report(refusal, "refused", run)
      case .ended(let outcome):
        log.info("run ended: \(outcome.words)", metadata: ["run": "\(run)"])
        keep(box.run.findings, run)
        runs[run] = nil
      }
    }
  }

  /// Logs a refusal, with how often its rule has led to one.
  func report(_ refusal: Refusal, _ what: String, _ run: String) {
    let count = refusals[refusal.rule, default: 0] + 1
    refusals[refusal.rule] = count
    log.warning(
      "\(what): \(refusal.detail)",
      metadata: ["run": "\(run)", "rule": "\(refusal.rule)", "count": "\(count)"])
  }

  /// What the site learnt of its own rows is for its own people; losing it is no reason to stop.
  private func keep(_ findings: [SiteFinding], _ run: String) {
    guard !findings.isEmpty else { return }
    do throws(Complaint) {
      try SiteFindingsFile(folder: StateFolder(configuration.state)).write(findings, run: run, at: now())
    } catch {
      log.warning("the site's own findings are lost: \(error.message)", metadata: ["run": "\(run)"])
    }
  }

  func send(_ message: MessageToCoordinator, _ run: String) {
    outbox?.yield(Outgoing(run: run, message: message))
  }

  /// Without a journal nothing may leave: all secrets go, and the agent stops.
  ///
  /// - Throws: what the disk says, or said before.
  func write(_ record: JournalRecord) throws(Complaint) {
    // A line behind one that never reached the disk would make the journal one that nobody can replay.
    if let failure { throw failure }
    do throws(Complaint) {
      try journalFile.append(record)
    } catch {
      log.critical("\(error)")
      failure = error
      runs = [:]
      waiting = [:]
      disconnected()
      throw error
    }
  }
}
