import Federation
import FoundationEssentials
import SecureAggregation

extension Konsil_V1_RunSummary {
  package init(_ summary: RunSummary) {
    self.init()
    run = summary.run
    study = summary.study
    plan = summary.plan
    planDigest = Data(summary.planDigest.bytes)
    algorithm = summary.algorithm
    researcher = summary.researcher
    sites = summary.sites
    state = Konsil_V1_RunState(summary.state)
    steps = UInt64(bitPattern: Int64(summary.steps))
    mostSteps = UInt64(bitPattern: Int64(summary.mostSteps))
    submittedMs = UInt64(bitPattern: summary.submitted.milliseconds)
    if let ended = summary.ended { endedMs = UInt64(bitPattern: ended.milliseconds) }
    if let failure = summary.failure { self.failure = Konsil_V1_RunFailure(failure) }
  }
}

extension RunSummary {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_RunSummary) throws(WireError) {
    self.init(
      run: try Field.run(message.run), study: try Field.study(message.study, "study"),
      plan: try Field.name(message.plan, "plan"),
      planDigest: try Field.digest(message.planDigest, "plan_digest"),
      algorithm: try Field.name(message.algorithm, "algorithm"),
      researcher: try Field.name(message.researcher, "researcher"),
      sites: try Field.list(message.sites, "sites") { site throws(WireError) in
        try Field.name(site, "")
      },
      state: try RunState(message.state),
      steps: try Field.number(message.hasSteps ? message.steps : nil, in: Field.count, "steps"),
      mostSteps: try Field.number(
        message.hasMostSteps ? message.mostSteps : nil, in: Field.count, "most_steps"),
      submitted: try Field.instant(
        message.hasSubmittedMs ? message.submittedMs : nil, "submitted_ms"),
      ended: message.hasEndedMs ? try Field.instant(message.endedMs, "ended_ms") : nil,
      failure: message.hasFailure
        ? try within("failure") { () throws(WireError) in try RunFailure(message.failure) } : nil)
  }
}

extension Konsil_V1_RunState {
  init(_ state: RunState) {
    self =
      switch state {
      case .waiting: .waiting
      case .running: .running
      case .finished: .finished
      case .failed: .failed
      case .cancelled: .cancelled
      }
  }
}

extension RunState {
  init(_ state: Konsil_V1_RunState) throws(WireError) {
    switch state {
    case .waiting: self = .waiting
    case .running: self = .running
    case .finished: self = .finished
    case .failed: self = .failed
    case .cancelled: self = .cancelled
    case .unspecified, .UNRECOGNIZED:
      throw WireError(field: "state", what: "missing or of an unknown kind")
    }
  }
}
