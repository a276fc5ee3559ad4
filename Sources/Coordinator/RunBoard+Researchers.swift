import Federation
import SecureAggregation
import Store
import Wire

extension RunBoard {
  /// Takes a run on. Handing in the same run again changes nothing.
  ///
  /// - Parameter researcher: who speaks, by the certificate.
  package func submit(_ submission: Submission, by researcher: String) throws -> RunSummary {
    let checked = try CheckedSubmission(submission)
    guard checked.researcher == researcher else {
      throw Complaint(
        .refused, code: "not-your-plan",
        "the plan is signed by “\(checked.researcher)”, the certificate is for “\(researcher)”",
        advice: "submit it with the signer's certificate")
    }
    let offer = submission.offer
    if let known = try store.run(offer.run), known.planDigest == offer.planDigest { return known }
    // A plan has one live epoch, so two of its runs would take it from each other.
    if let other = try store.openRuns().first(where: { $0.summary.planDigest == offer.planDigest }) {
      throw planIsRunning(other.summary.run)
    }
    let summary = RunSummary(
      run: offer.run, study: checked.plan.study, plan: checked.plan.name,
      planDigest: offer.planDigest, algorithm: checked.plan.algorithm.name, researcher: researcher,
      sites: checked.plan.sites, state: .waiting, steps: 0, mostSteps: checked.plan.mostSteps,
      submitted: now(), ended: nil, failure: nil)
    let entry = try ActiveRun(submission, history: [], epoch: store.epoch(of: offer.planDigest))
    try store.addStudy(submission.study, name: checked.study.name, at: now())
    _ = try store.addRun(summary, submission: submission)
    active[offer.run] = entry
    try runLog.note(offer.run, nil, "submitted by \(researcher)")
    let connected = try store.sites().filter(\.isConnected).map(\.site)
    update(offer.run) { machine in connected.flatMap { machine.joined($0, liveEpoch: nil) } }
    return try summaryOf(offer.run)
  }

  private func planIsRunning(_ run: String) -> Complaint {
    Complaint(
      .refused, code: "plan-is-running", "the run \(run) of this plan is not over",
      advice: active[run] == nil
        ? Self.stoppedAdvice
        : "watch it, or cancel it first: konsil run cancel \(run.prefix(12))")
  }

  private static let stoppedAdvice =
    "it goes on when the coordinator is started again; its operator finds in the log why it stopped"

  func runs() throws -> [RunSummary] { try store.runs() }

  func sites() throws -> [SiteStatus] { try store.sites() }

  package func detail(_ run: String) throws -> RunDetail {
    RunDetail(
      summary: try summaryOf(run),
      steps: try store.steps(of: run).map {
        StepLine(step: $0.step, query: $0.query, elements: $0.elements, isVoid: $0.isVoid, at: $0.at)
      },
      waits: active[run]?.waits ?? [])
  }

  /// Ends a run without a model.
  ///
  /// - Parameter researcher: who speaks, by the certificate.
  package func cancel(_ run: String, by researcher: String) throws -> RunSummary {
    let summary = try summaryOf(run)
    guard summary.researcher == researcher else {
      throw Complaint(
        .refused, code: "not-your-run", "the run is \(summary.researcher)'s",
        advice: "ask \(summary.researcher) to cancel it")
    }
    guard summary.state.isOver || active[run] != nil else {
      throw Complaint(
        .refused, code: "run-has-stopped", "the run \(run) has stopped and cannot be cancelled now",
        advice: Self.stoppedAdvice)
    }
    update(run) { $0.cancel() }
    return try summaryOf(run)
  }

  package func model(_ run: String) throws -> ReleasedModel {
    let summary = try summaryOf(run)
    guard let model = try store.model(of: run), let submission = try store.submission(of: run) else {
      throw Complaint(
        .runFailed, code: "no-model", "the run has no model: it is \(summary.state.rawValue)",
        advice: summary.state.isOver ? "see konsil run show \(run)" : "wait until it has finished")
    }
    return ReleasedModel(
      study: String(decoding: submission.study.text, as: UTF8.self),
      plan: String(decoding: submission.offer.plan, as: UTF8.self), model: model)
  }

  /// What happened after an event, and how things stand.
  func changes(_ run: String, after event: Int) throws -> RunUpdate {
    RunUpdate(
      summary: try summaryOf(run), events: try store.events(of: run, after: event),
      waits: active[run]?.waits ?? [])
  }

  /// A signal each time that something of the run has changed.
  func watch(_ run: String) -> (watcher: Int, changes: AsyncStream<Void>) {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    lastWatcher += 1
    watchers[run, default: [:]][lastWatcher] = continuation
    continuation.yield()
    return (lastWatcher, stream)
  }

  func unwatch(_ run: String, _ watcher: Int) {
    watchers[run]?[watcher] = nil
    if watchers[run]?.isEmpty == true { watchers[run] = nil }
  }

  private func summaryOf(_ run: String) throws -> RunSummary {
    guard let summary = try store.run(run) else {
      throw Complaint(
        .noInput, code: "unknown-run", "there is no run \(run)", advice: "see konsil run list")
    }
    return summary
  }
}
