import Queries
import SecureAggregation

extension SiteRun {
  /// After this many withheld steps every later one is withheld, so that asking cannot bisect.
  package static let mostWithheld = 2

  /// Checks a step, and answers or withholds.
  mutating func answer(_ request: StepRequest, _ journal: inout Journal) throws -> [SiteAction] {
    try check(request.epoch)
    guard let setup = maskPhase?.setup else {
      throw ProtocolFault(.outOfOrder, "a step comes after set-up")
    }
    let attempt = Attempt(
      setup: setup, step: request.step, number: request.attempt, query: request.query,
      sites: request.sites)
    let name = attempt.digest
    if let sent, sent.attempt.step == request.step {
      guard sent.name == name else {
        throw Refusal(
          rule: "step-already-answered",
          detail: "step \(request.step) was answered for another query or other sites")
      }
      return [.send(.contribution(epoch: request.epoch, step: request.step, sent.contribution))]
    }
    try check(request, journal)
    try position(before: request.step, journal)
    try computation.check(request.query)
    return try send(attempt, name, request, &journal)
  }

  /// What depends on plan, query and journal alone; a breach is refused in the open.
  private func check(_ request: StepRequest, _ journal: Journal) throws {
    guard request.sites == frame.roster.sites, request.attempt == 0 else {
      throw ProtocolFault(.wrongRoster, "the step is not over exactly all the plan's sites")
    }
    guard request.step >= 1, request.step <= frame.mostSteps else {
      throw Refusal(
        rule: "step-budget", detail: "step \(request.step) is beyond the plan's \(frame.mostSteps)")
    }
    guard request.step <= journal.highestStep(frame.subject) + 1 else {
      throw ProtocolFault(.outOfOrder, "step \(request.step) leaves a gap")
    }
    if let last = sent?.attempt.step, request.step != last + 1 {
      throw ProtocolFault(.outOfOrder, "step \(request.step) does not follow step \(last)")
    }
    if let known = journal.step(request.step, frame.subject),
      known.queryDigest != Attempt.digest(of: request.query)
    {
      throw Refusal(
        rule: "another-query", detail: "step \(request.step) of this plan once had another query")
    }
  }

  /// Brings the computation to where step `step` is asked: all verified sums before it, none after.
  private mutating func position(before step: Int, _ journal: Journal) throws {
    if absorbedThrough >= step {
      computation = atStart
      absorbedThrough = 0
    }
    while absorbedThrough < step - 1 {
      let next = absorbedThrough + 1
      if let sum = journal.verifiedSum(next, frame.subject) { try computation.absorb(sum) }
      absorbedThrough = next
    }
  }

  private mutating func send(
    _ attempt: Attempt, _ name: Digest, _ request: StepRequest, _ journal: inout Journal
  ) throws -> [SiteAction] {
    let values = computation.answer(attempt.query)
    let contribution = values.flatMap { Contribution($0, for: attempt.query) }
    let withheldBefore = journal.withheldSteps(frame.subject)
    let rule: String? =
      if withheldBefore.count >= Self.mostWithheld {
        "withheld-before"
      } else if withheldBefore.contains(request.step) {
        "withheld-this-step-before"
      } else {
        nil
      }
    var digest: Digest?
    let signed: SignedContribution?
    var records: [JournalRecord] = []
    if let contribution, rule == nil {
      digest = keys.digests.digest(of: contribution)
      if let known = journal.step(request.step, frame.subject)?.contribution, known != digest {
        throw Refusal(
          rule: "contribution-changed",
          detail: "this site's answer to step \(request.step) is not what it once was")
      }
      signed = try maskPhase?.mask(contribution, attempt, signer: keys.signer)
    } else {
      if withheldBefore.count < Self.mostWithheld, !withheldBefore.contains(request.step) {
        records.append(
          journal.append(
            .withheld(frame.subject, step: request.step, rule: rule ?? "beyond-the-bound")))
      }
      signed = try maskPhase?.withhold(attempt, signer: keys.signer, noise: keys.noise)
    }
    guard let signed else { throw ProtocolFault(.outOfOrder, "a step comes after set-up") }
    sent = Sent(attempt: attempt, name: name, contribution: signed)
    records.append(journal.append(.step(entry(request, digest))))
    return records.map(SiteAction.write)
      + [.send(.contribution(epoch: request.epoch, step: request.step, signed))]
  }

  private func entry(_ request: StepRequest, _ contribution: Digest?) -> StepEntry {
    StepEntry(
      subject: frame.subject, run: frame.run, epoch: request.epoch, step: request.step,
      query: request.query.name, queryDigest: Attempt.digest(of: request.query),
      segments: request.query.segments.map { .init(name: $0.name, length: $0.length) },
      sites: request.sites, contribution: contribution)
  }
}
