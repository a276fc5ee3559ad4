import Documents
import Federation
import SecureAggregation

/// A run that is not over, with what the board needs beside its state machine.
package struct ActiveRun: Sendable {
  let offer: RunOffer
  var machine: CoordinatorRun
  /// Whom it waits for and since when.
  private var waitsSince: [(site: String, reason: WaitReason, since: Instant)] = []

  var waits: [RunWait] {
    waitsSince.map { RunWait(site: $0.site, reason: $0.reason.description, since: $0.since) }
  }

  /// When the last of what it waits for began.
  var waitsAllSince: Instant? { waitsSince.map(\.since).max() }

  /// A run whose documents need no check.
  package init(_ offer: RunOffer, _ machine: CoordinatorRun) {
    self.offer = offer
    self.machine = machine
  }

  /// Takes up a submission, from the beginning or where the store's history ends.
  ///
  /// - Throws: what is wrong with study, plan or signatures.
  init(_ submission: Submission, history: [StepRecord], epoch: Int) throws {
    let checked = try CheckedSubmission(submission)
    offer = submission.offer
    let plan = checked.plan
    machine = try CoordinatorRun(
      run: offer.run, plan: offer.planDigest, roster: checked.roster, mostSteps: plan.mostSteps,
      program: try PlanProgram(plan, study: checked.study), history: history, epoch: epoch,
      tolerance: plan.tolerance)
    machine.workers = .ofThisMachine
  }

  /// Brings `waits` up to date; what was waited for before keeps its time.
  mutating func updateWaits(now: Instant) {
    let before = waitsSince
    waitsSince = machine.waiting.map { site, reason in
      before.first { $0.site == site && $0.reason == reason } ?? (site, reason, now)
    }
  }
}

/// A submission whose documents decode, fit each other and are signed by whom the study names.
struct CheckedSubmission {
  let study: Study
  let plan: Plan
  let roster: Roster
  /// The researcher's name in the study.
  let researcher: String

  /// - Throws: `Complaint`s and `DocumentError`s that say what is wrong.
  init(_ submission: Submission) throws {
    let offer = submission.offer
    study = try StudyDocument.decode(submission.study.text, file: "study")
    plan = try PlanDocument.decode(offer.plan, file: "plan")
    guard submission.study.owner.verifies(submission.study.signature, .study, submission.study.text)
    else { throw Self.badSignature("the study's", "sign the study again: konsil study sign") }
    guard plan.studyDigest == submission.study.digest else {
      throw Complaint(
        .badInput, code: "other-study", "the plan names another version of the study",
        advice: "make the plan anew from this study: konsil plan new")
    }
    if let problem = plan.problems(in: study).first { throw problem }
    guard let party = study.researchers.first(where: { $0.key == offer.researcher }) else {
      throw Complaint(
        .refused, code: "unknown-researcher", "the plan's signer is not a researcher of the study",
        advice: "ask the study's owner to name your key in it")
    }
    guard party.key.verifies(offer.planSignature, .plan, offer.plan) else {
      throw Self.badSignature("the plan's", "sign the plan again: konsil plan sign")
    }
    let order = RunOffer.statement(run: offer.run, plan: offer.planDigest)
    guard party.key.verifies(offer.runSignature, .run, order) else {
      throw Self.badSignature("the run's", "submit the plan again")
    }
    researcher = party.name
    roster = try plan.roster(in: study)
  }

  private static func badSignature(_ whose: String, _ advice: String) -> Complaint {
    Complaint(
      .refused, code: "bad-signature", "\(whose) signature does not fit its bytes", advice: advice)
  }
}
