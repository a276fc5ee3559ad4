import Federation
import FoundationEssentials
import SecureAggregation

extension Konsil_V1_SubmitRunRequest {
  package init(_ submission: Submission) {
    self.init()
    study = Data(submission.study.text)
    owner = Data(submission.study.owner.bytes)
    studySignature = Data(submission.study.signature.bytes)
    plan = Data(submission.offer.plan)
    researcher = Data(submission.offer.researcher.bytes)
    planSignature = Data(submission.offer.planSignature.bytes)
    run = submission.offer.run
    runSignature = Data(submission.offer.runSignature.bytes)
  }
}

extension Submission {
  /// - Throws: `WireError` naming the field that is not as `researcher.proto` describes it.
  package init(_ message: Konsil_V1_SubmitRunRequest) throws(WireError) {
    self.init(
      study: SignedStudy(
        text: try Field.document(message.study, "study"),
        owner: try Field.key(message.owner, "owner"),
        signature: try Field.signature(message.studySignature, "study_signature")),
      offer: RunOffer(
        run: try Field.run(message.run), plan: try Field.document(message.plan, "plan"),
        researcher: try Field.key(message.researcher, "researcher"),
        planSignature: try Field.signature(message.planSignature, "plan_signature"),
        runSignature: try Field.signature(message.runSignature, "run_signature")))
  }
}

/// A request that is about one run.
package protocol RunRequest: Sendable {
  var run: String { get set }
  init()
}

extension RunRequest {
  package init(run: String) {
    self.init()
    self.run = run
  }

  /// The run's id, checked.
  package func checkedRun() throws(WireError) -> String { try Field.run(run) }
}

extension Konsil_V1_GetRunRequest: RunRequest {}
extension Konsil_V1_CancelRunRequest: RunRequest {}
extension Konsil_V1_GetModelRequest: RunRequest {}
extension Konsil_V1_WatchRunRequest: RunRequest {
  /// - Parameter afterEvent: number of the last event that is known already; 0 when none is.
  package init(run: String, afterEvent: Int) {
    self.init(run: run)
    self.afterEvent = UInt64(bitPattern: Int64(afterEvent))
  }

  /// Number of the last event that is known already, checked; 0 when none is.
  package func checkedAfterEvent() throws(WireError) -> Int {
    try Field.number(hasAfterEvent ? afterEvent : nil, in: Field.count, "after_event")
  }
}
