import Cohorts
import Connectors
import Console
import Documents
import Federation
import Foundation
import Logging
import SecureAggregation

extension Agent {
  /// Answers an offer by the site's policy, or lets it wait for the administrator.
  func answer(_ offer: RunOffer) {
    if let box = runs[offer.run] {
      return send(.answer(.accepted(box.run.readiness(journal))), offer.run)
    }
    do {
      send(.answer(try consider(offer)), offer.run)
    } catch let refusal as Refusal {
      refuse(offer, refusal)
    } catch {
      // What is wrong with this site's own files is for its own log.
      log.error("\(Complaint(error))", metadata: ["run": "\(offer.run)"])
      refuse(
        offer,
        Refusal(
          rule: "site-not-ready",
          detail: "the site cannot use its own files; its administrator finds the reason in its log"))
    }
  }

  private func refuse(_ offer: RunOffer, _ refusal: Refusal) {
    report(refusal, "refused the plan", offer.run)
    send(.answer(.refused(refusal)), offer.run)
  }

  private func consider(_ offer: RunOffer) throws -> PlanAnswer {
    let plan: Plan
    do throws(DocumentError) {
      plan = try PlanDocument.decode(offer.plan, file: "plan")
    } catch {
      throw Refusal(rule: "bad-plan", detail: "the plan cannot be read: \(error)")
    }
    let review = PlanReview(site: configuration.site, policy: configuration.policy)
    let accepted = try studies.study(named: plan.study)
    do throws(Refusal) {
      try review.check(offer, plan: plan, study: accepted)
    } catch {
      // What nobody the site knows has signed takes no room on its disk, however often it comes.
      if let study = accepted?.study, offer.isSigned(in: study) {
        try record(offer, plan, .refused, [error.detail])
      }
      throw error
    }
    guard let study = accepted?.study else {
      throw Refusal(rule: "study-not-accepted", detail: "the study is not accepted here")
    }
    let (snapshot, records) = try snapshot(of: study)
    try takeDecision(offer, plan, study, snapshot)
    switch review.verdict(
      on: offer, plan: plan, study: accepted, snapshot: snapshot.digest, journal: journal)
    {
    case .refused(let refusal):
      try record(offer, plan, .refused, [refusal.detail])
      throw refusal
    case .ask(let reasons, let needsWords):
      waiting[offer.run] = offer
      try record(offer, plan, .waiting, reasons, needsWords: needsWords)
      log.notice(
        "a plan waits for approval: konsil-agent explain, then approve or deny",
        metadata: ["plan": "\(plan.name)", "digest": "\(offer.planDigest)"])
      return .waiting(reasons)
    case .accepted:
      let readiness = try start(offer, plan, study, snapshot, records)
      try record(offer, plan, .accepted, [])
      log.info(
        "accepted a plan", metadata: ["plan": "\(plan.name)", "run": "\(offer.run)"])
      return .accepted(readiness)
    }
  }

  private func record(
    _ offer: RunOffer, _ plan: Plan, _ state: PlanStanding.State, _ reasons: [String],
    needsWords: Bool = false
  ) throws(Complaint) {
    try plans.record(
      PlanStanding(
        plan: offer.planDigest, name: plan.name, study: plan.study, run: offer.run, state: state,
        reasons: reasons, needsWords: needsWords, since: now()), plan: offer.plan)
  }

  /// The newest snapshot of a study; the first is taken when its first plan comes.
  private func snapshot(of study: Study) throws -> (snapshot: Snapshot, records: String) {
    if let newest = try snapshots.newest(of: study.name) { return newest }
    guard let source = configuration.records[study.name] else {
      throw Complaint(
        .badInput, code: "no-records", "the configuration names no records for “\(study.name)”",
        advice: "add records: {\(study.name): FILE} to the site's configuration")
    }
    do throws(Complaint) {
      _ = try snapshots.take(study, from: source, now: now())
    } catch {
      throw error.code == Complaint.recordsDoNotFit ? recordsDoNotFit(error) : error
    }
    guard let newest = try snapshots.newest(of: study.name) else {
      throw Complaint(.internalError, code: "no-snapshot", "the snapshot just taken is not there")
    }
    return newest
  }

  /// Where is for this site's own log.
  private func recordsDoNotFit(_ complaint: Complaint) -> Refusal {
    log.error("\(complaint)")
    return Refusal(
      rule: Complaint.recordsDoNotFit,
      detail: "the site's records do not fit the dictionary; its administrator finds where in its log")
  }

  /// Moves the administrator's decision from its file to the journal.
  private func takeDecision(
    _ offer: RunOffer, _ plan: Plan, _ study: Study, _ snapshot: Snapshot
  ) throws {
    guard let decision = plans.decision(on: offer.planDigest),
      let entry = plan.rosterEntry(study: study, snapshot: snapshot.digest)
    else { return }
    let record = journal.append(
      .decision(
        entry, plan: offer.planDigest, approved: decision.isApproved, words: decision.words))
    try write(record)
    plans.clearDecision(on: offer.planDigest)
  }

  private func start(
    _ offer: RunOffer, _ plan: Plan, _ study: Study, _ snapshot: Snapshot, _ records: String
  ) throws -> SiteReadiness {
    let cohort: Records
    do throws(RecordsError) {
      cohort = try CohortReader(plan, study: study).read(file: records)
    } catch {
      throw recordsDoNotFit(Complaint(error))
    }
    guard
      let computation = plan.computation(
        study: study, site: configuration.site, cohort: cohort.cohort,
        leastRows: configuration.policy.leastRows, leastCount: configuration.policy.leastCount),
      let entry = plan.rosterEntry(study: study, snapshot: snapshot.digest)
    else {
      throw Refusal(rule: "records-do-not-fit", detail: "the site's records lack a variable of the plan")
    }
    let roster = try plan.roster(in: study)
    if !journal.rosters(of: study.name).contains(entry) {
      try write(journal.append(.roster(entry, plan: offer.planDigest)))
    }
    let frame = SiteRun.Frame(
      run: offer.run, site: configuration.site, roster: roster,
      subject: PlanOnSnapshot(plan: offer.planDigest, snapshot: snapshot.digest),
      mostSteps: plan.mostSteps, mostNumbersPerRow: configuration.policy.mostNumbersPerRow,
      tolerance: plan.tolerance, endsAfterLoss: configuration.policy.endsAfterLoss, blocks: plan.blocks)
    let box = RunBox(
      SiteRun(frame, computation: computation, keys: keys), rows: cohort.cohort.rowCount)
    runs[offer.run] = box
    // What reading took beside the cohort.
    Heap.trim()
    return box.run.readiness(journal)
  }
}
