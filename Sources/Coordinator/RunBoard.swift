import Console
import Federation
import Logging
import SecureAggregation
import Store
import Wire

/// All that the coordinator knows and does: the runs, the sites' connections, and the store that both rest on. What
/// is in memory can be made again from the store.
package actor RunBoard {
  /// A site's connection.
  struct Session {
    let number: Int
    let outgoing: AsyncStream<CoordinatorEvent>.Continuation
  }

  let store: any RunStore
  let log: Logger
  let now: @Sendable () -> Instant
  let runLog: RunLog
  var active: [String: ActiveRun] = [:]
  private var sessions: [String: Session] = [:]
  private var lastSession = 0
  var watchers: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
  var lastWatcher = 0

  /// Takes up every run of the store that is not over.
  ///
  /// - Throws: what the store throws.
  package init(
    _ store: any RunStore, log: Logger, now: @escaping @Sendable () -> Instant
  ) throws {
    self.store = store
    self.log = log
    self.now = now
    runLog = RunLog(store: store, log: log, now: now)
    try store.markAllSitesAway(at: now())
    active = try Self.takeUp(from: runLog)
  }

  /// Ends saved runs that are at their model or cannot go on. A store that cannot be read ends none.
  ///
  /// - Returns: those that go on.
  private static func takeUp(from runLog: RunLog) throws -> [String: ActiveRun] {
    let store = runLog.store
    var active: [String: ActiveRun] = [:]
    for (summary, submission) in try store.openRuns() {
      let history = try store.history(of: summary.run)
      let epoch = try store.epoch(of: summary.planDigest)
      var run: ActiveRun
      do {
        run = try ActiveRun(submission, history: history, epoch: epoch)
      } catch {
        try runLog.endAtFault(summary.run, Complaint(error))
        continue
      }
      if let model = run.machine.foundModel {
        try runLog.end(summary.run, .finished, model)
      } else {
        run.updateWaits(now: runLog.now())
        active[summary.run] = run
      }
    }
    return active
  }

  /// Takes up a run that the store knows and nobody submitted: measurements begin so.
  package func adopt(_ run: ActiveRun) { active[run.offer.run] = run }

  // A site's connection

  /// A site has connected; a connection it had before is closed.
  ///
  /// - Parameter live: the runs that it holds, each with the epoch whose secrets it still has, or 0.
  /// - Returns: the connection's number and what is to be sent on it.
  package func siteConnected(
    _ site: String, live: [String: Int], certificateExpires: Instant?
  ) -> (session: Int, outgoing: AsyncStream<CoordinatorEvent>) {
    if let old = sessions[site] { siteDisconnected(site, session: old.number) }
    let (stream, continuation) = AsyncStream<CoordinatorEvent>.makeStream()
    lastSession += 1
    sessions[site] = Session(number: lastSession, outgoing: continuation)
    record(site, isConnected: true, certificateExpires: certificateExpires)
    log.info("site connected", metadata: ["site": "\(site)"])
    endForgottenRuns(live.keys.filter { active[$0] == nil }, site)
    let epochs = live.filter { $0.value > 0 }
    for run in active.keys.sorted() { update(run) { $0.joined(site, liveEpoch: epochs[run]) } }
    return (lastSession, stream)
  }

  /// A connection has gone. One that was replaced is gone already.
  package func siteDisconnected(_ site: String, session: Int) {
    guard let gone = sessions[site], gone.number == session else { return }
    gone.outgoing.finish()
    sessions[site] = nil
    record(site, isConnected: false, certificateExpires: nil)
    log.info("site disconnected", metadata: ["site": "\(site)"])
    for run in active.keys.sorted() { update(run) { $0.left(site) } }
  }

  package func receive(_ message: MessageToCoordinator, run: String, from site: String, session: Int) {
    guard sessions[site]?.number == session else { return }
    update(run) { $0.receive(message, from: site) }
  }

  /// Lets runs that may go on without a site do so once they have waited `seconds` for all that are away.
  package func goOnWithoutThoseAway(after seconds: Int) {
    let now = now()
    for (run, entry) in active where entry.machine.tolerance != nil && entry.machine.isGathering {
      let since = entry.waitsAllSince ?? now
      guard now.milliseconds - since.milliseconds >= Int64(seconds) * 1000 else { continue }
      update(run) { $0.patienceIsOver() }
    }
  }

  /// Closes all connections, for the process is to end.
  package func closeSessions() {
    for session in sessions.values { session.outgoing.finish() }
    for watcher in watchers.values.flatMap(\.values) { watcher.finish() }
  }

  /// A site still holds runs that are over.
  private func endForgottenRuns(_ runs: [String], _ site: String) {
    for run in runs {
      guard let summary = try? store.run(run), summary.state.isOver else { continue }
      let outcome: RunOutcome =
        summary.failure.map(RunOutcome.failed) ?? (summary.state == .finished ? .finished : .cancelled)
      send(.message(run: run, .ended(outcome)), to: site)
    }
  }

  private func send(_ event: CoordinatorEvent, to site: String) {
    sessions[site]?.outgoing.yield(event)
  }

  private func record(_ site: String, isConnected: Bool, certificateExpires: Instant?) {
    let known = try? store.sites().first { $0.site == site }
    let status = SiteStatus(
      site: site, isConnected: isConnected, since: now(),
      certificateExpires: certificateExpires ?? known?.certificateExpires)
    do { try store.recordSite(status) } catch { log.error("\(Complaint(error))") }
  }

  // A run

  /// Lets a run's state machine take an event, and does what it wants in its order.
  func update(_ run: String, _ event: (inout CoordinatorRun) -> [CoordinatorAction]) {
    guard active[run] != nil else { return }
    change(run, event)
    // What a run that is over has held is free only now that nothing here holds it any more.
    if active[run] == nil { Heap.trim() }
  }

  private func change(_ run: String, _ event: (inout CoordinatorRun) -> [CoordinatorAction]) {
    // Taken out while it changes: with two owners its vectors would be copied.
    guard var entry = active.removeValue(forKey: run) else { return }
    let stateBefore = state(of: entry)
    let actions = event(&entry.machine)
    entry.updateWaits(now: now())
    active[run] = entry
    do {
      for action in actions { try perform(action, run, entry.offer) }
      if let entry = active[run], state(of: entry) != stateBefore {
        try store.setState(run, state(of: entry))
      }
    } catch {
      // Nothing further is sent: after a restart the run goes on from what the store holds.
      log.critical("the run stops until a restart: \(Complaint(error))", metadata: ["run": "\(run)"])
      active[run] = nil
    }
    notifyWatchers(of: run)
  }

  private func perform(_ action: CoordinatorAction, _ run: String, _ offer: RunOffer) throws {
    switch action {
    case .offer(let site): send(.offer(offer), to: site)
    case .send(let message, let site): send(.message(run: run, message), to: site)
    case .save(let records): try store.saveSteps(run, records, at: now())
    case .saveEpoch(let epoch): try store.saveEpoch(offer.planDigest, epoch)
    case .note(let site, let text): try runLog.note(run, site, text)
    case .ended(let outcome, let model):
      try runLog.end(run, outcome, model)
      active[run] = nil
    }
  }

  private func state(of entry: ActiveRun) -> RunState {
    entry.machine.isGathering ? .waiting : .running
  }

  private func notifyWatchers(of run: String) {
    for watcher in (watchers[run] ?? [:]).values { watcher.yield() }
  }
}
