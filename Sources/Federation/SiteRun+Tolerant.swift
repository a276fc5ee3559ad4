import Queries
import SecureAggregation

/// What `membership: tolerant` adds to a site's steps: attempts over fewer sites, and the shares that open a sum.
extension SiteRun {
  /// Answers a later attempt of the step that was answered last.
  mutating func answerAgain(
    _ attempt: Attempt, _ name: Digest, _ request: StepRequest, _ journal: inout Journal
  ) throws -> [SiteAction] {
    guard let tolerance = frame.tolerance, let known = journal.step(request.step, frame.subject) else {
      throw Refusal(
        rule: "step-already-answered",
        detail: "step \(request.step) was answered for another query or other sites")
    }
    try check(request, journal)
    guard maskPhase?.heldStep?.isAnswered != true else {
      throw Refusal(
        rule: "step-already-answered",
        detail: "the shares of step \(request.step) were answered in this epoch")
    }
    try checkSupport(request, computation.leastSupport, journal)
    let signed = try maskAttempt(attempt, tolerance)
    sent = Sent(attempt: attempt, name: name, contribution: signed)
    let record = journal.append(.step(entry(request, known.contribution, withheld: known.withheld)))
    return [
      .write(record),
      .send(.contribution(epoch: request.epoch, step: request.step, signed)),
    ]
  }

  mutating func maskAttempt(_ attempt: Attempt, _ tolerance: Tolerance) throws -> SignedContribution {
    let secret = SecretBytes(random: keys.noise)
    guard
      let signed = try maskPhase?.maskAttempt(
        attempt, secret: secret, threshold: tolerance.threshold, signer: keys.signer)
    else { throw ProtocolFault(.outOfOrder, "a step comes after set-up") }
    return signed
  }

  /// The sites of an attempt: enough of those still in, this one among them, and none that was left out before. What
  /// was answered in an earlier epoch, and so may have opened, and what this site has added is repeated over the same
  /// sites alone, or two sums of one step would open.
  func checkSites(_ request: StepRequest, _ tolerance: Tolerance, _ journal: Journal) throws {
    let named = Set(request.sites)
    guard request.sites == roster.sites.filter(named.contains), named.contains(frame.site),
      request.sites.count >= tolerance.threshold, request.attempt >= 0
    else {
      throw ProtocolFault(
        .wrongRoster,
        "the attempt is not over \(tolerance.threshold) or more sites of the run, this one among them")
    }
    try checkShrinks(request.sites, journal)
    if let known = journal.step(request.step, frame.subject), known.sites != request.sites,
      journal.firstEpoch(of: request.step, frame.subject) != request.epoch
        || journal.verifiedSum(request.step, frame.subject) != nil
    {
      throw Refusal(
        rule: Self.answeredOverOthers, detail: "step \(request.step) was answered over other sites before")
    }
    let query = Attempt.digest(of: request.query)
    guard
      journal.timesAsked(query, isVerified: request.query.isVerified, frame.subject, but: request.step)
        <= tolerance.mostColluding + Self.mostWithheld
    else {
      throw Refusal(rule: "asked-too-often", detail: "the query of step \(request.step) was asked too often")
    }
    if frame.endsAfterLoss, let last = journal.lastSites(frame.subject), request.sites.count < last.count {
      throw Refusal(
        rule: "site-lost", detail: "a site was lost, and this site's policy ends the run there")
    }
  }

  static var answeredOverOthers: String { "answered-over-others" }
  static var anotherQuery: String { "another-query" }
  /// The rules by which a site refuses a step that is given up for it.
  static var givenUp: [String] { [answeredOverOthers, anotherQuery] }

  /// The sites lost since the support was counted may have been among those where a column varies. Of each group that a
  /// validation leaves out, and of those in none, enough are still there.
  func checkSupport(_ request: StepRequest, _ least: Int?, _ journal: Journal) throws(Refusal) {
    if let block = frame.blocks.first(where: { $0.count(where: request.sites.contains) < Roster.leastSites })
    {
      throw Refusal(
        rule: "too-few-sites-in-a-group",
        detail: "of \(block.joined(separator: ", ")), which the plan's validation tells from the others, "
          + "fewer than \(Roster.leastSites) sites are left")
    }
    guard frame.tolerance != nil, let least,
      let then = journal.firstVerified(frame.subject).flatMap({ journal.step($0, frame.subject) })?.sites
        .count
    else { return }
    let lost = then - request.sites.count
    guard least - lost >= Roster.leastSites else {
      throw Refusal(
        rule: "too-few-sites-vary",
        detail:
          "with \(lost) sites lost, something that is counted may vary at fewer than \(Roster.leastSites) sites"
      )
    }
  }

  /// Answers the sealed shares of an attempt, once a step.
  mutating func open(
    _ deliveries: [ShareDelivery], _ epoch: Int, _ step: Int, _ name: Digest, _ journal: Journal
  ) throws -> [SiteAction] {
    try check(epoch, journal)
    guard frame.tolerance != nil, let sent, sent.attempt.step == step, sent.name == name else {
      throw ProtocolFault(.wrongAttempt, "the shares are not of the attempt that this site answered last")
    }
    guard let answer = try maskPhase?.open(deliveries, attempt: name, signer: keys.signer) else {
      throw ProtocolFault(.outOfOrder, "shares come after set-up")
    }
    return [.send(.opening(epoch: epoch, step: step, answer))]
  }
}
