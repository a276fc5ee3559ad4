import Federation
import Logging
import Store

/// What is told of runs: in the store for those who watch, and in the log.
struct RunLog: Sendable {
  let store: any RunStore
  let log: Logger
  let now: @Sendable () -> Instant

  func note(_ run: String, _ site: String?, _ text: String) throws(StoreError) {
    _ = try store.addEvent(run, at: now(), site: site, text: text)
    tell(run, site, text)
  }

  /// Ends a run, and tells how.
  func end(_ run: String, _ outcome: RunOutcome, _ model: PlanModel?) throws(StoreError) {
    // It is there already where a coordinator failed before the store had ended the run.
    if try store.events(of: run, after: 0).last?.text != outcome.words {
      _ = try store.addEvent(run, at: now(), site: nil, text: outcome.words)
    }
    tell(run, nil, outcome.words)
    try store.end(run, outcome, model: model, at: now())
    if model != nil { try note(run, nil, "model stored") }
  }

  /// Ends a saved run whose documents or steps are not what they must be.
  func endAtFault(_ run: String, _ complaint: Complaint) throws(StoreError) {
    log.error("a saved run cannot go on: \(complaint)", metadata: ["run": "\(run)"])
    let failure = RunFailure(
      code: complaint.code, message: complaint.message, advice: "submit the plan again")
    try end(run, .failed(failure), nil)
  }

  private func tell(_ run: String, _ site: String?, _ text: String) {
    log.info("\(site.map { "\($0): " } ?? "")\(text)", metadata: ["run": "\(run)"])
  }
}
