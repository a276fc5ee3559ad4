import Queries
import SecureAggregation

/// What `membership: tolerant` adds to a run: attempts over fewer sites, and the opening of their sums.
extension CoordinatorRun {
  /// Whom the next step is over; nil when too few hold the epoch's secrets, or one of the others has come back.
  func sitesOfNextStep() -> [String]? {
    guard let tolerance else { return roster.sites }
    let sites = members.filter(live.contains)
    let isBack = members.contains { !live.contains($0) && standings[$0] != .away }
    return sites.count >= tolerance.threshold && !isBack ? sites : nil
  }

  /// Keeps that sites are lost before the others hear of it: they answer over no site again that was left out once,
  /// so a coordinator that restarts must not ask them to. It then asks the step again.
  func saveLoss(_ request: StepRequest) -> [CoordinatorAction] {
    guard tolerance != nil, request.sites != history.last?.sites ?? roster.sites else { return [] }
    return [
      .save([
        StepRecord(
          step: request.step, query: request.query, sum: nil, isForgotten: true, sites: request.sites)
      ])
    ]
  }

  /// A site whose vector had not come is lost: the step is asked over the others.
  mutating func goOnWithout(_ site: String) -> [CoordinatorAction] {
    guard let tolerance, case .step(let request, let sum, _) = phase, request.sites.contains(site),
      !sum.has(site)
    else { return [.note(site: site, "left")] }
    let left = request.sites.filter { $0 != site && live.contains($0) }
    guard left.count >= tolerance.threshold, rewound.isEmpty else {
      phase = .gathering
      let reason =
        rewound.isEmpty ? "too few are there to go on without it" : "the step cannot be repeated without it"
      return [.note(site: site, "left; \(reason)")]
    }
    if canBeginRoundAgain { return beginRoundAgain(over: members.filter { $0 != site }) }
    earlierAttempts.insert(sum.attempt.digest)
    members.removeAll { $0 == site }
    let next = StepRequest(
      epoch: epoch, step: request.step, attempt: request.attempt + 1, sites: left, query: request.query)
    return [.note(site: site, "left; step \(request.step) is asked again without it")]
      + begin(next, sum.attempt.setup)
  }

  /// Whether a site's message cannot be one that was on its way when another came, or a repeated one: under
  /// `membership: tolerant` the site that sent it is left out.
  func isFatal(_ fault: ProtocolFault) -> Bool {
    guard tolerance != nil, fault.site != nil else { return false }
    switch fault.code {
    case .wrongEpoch, .wrongAttempt, .outOfOrder, .duplicate: return false
    default: return true
    }
  }

  /// A site that broke the protocol takes no further part; the run goes on over the others, or ends where they are too
  /// few.
  mutating func leaveOut(_ site: String) throws -> [CoordinatorAction] {
    let actions = exclude(site)
    switch phase {
    case .step: return try actions + goOnWithout(site) + openEpochIfAllReady()
    case .opening: return try actions + openIfPossible()
    case .keys, .ciphertexts:
      phase = .gathering
      return try actions + openEpochIfAllReady()
    case .gathering: return try actions + openEpochIfAllReady()
    case .over: return actions
    }
  }

  private mutating func exclude(_ site: String) -> [CoordinatorAction] {
    live.remove(site)
    standings[site] = .away
    members.removeAll { $0 == site }
    let notice = CoordinatorAction.send(.ended(Self.leftOut), site: site)
    guard let tolerance, members.count < tolerance.threshold else { return [notice] }
    return [notice]
      + end(
        .failed(
          RunFailure(
            code: "too-few-sites", message: "without \(site) only \(members.count) sites are left",
            advice: "see what the run's events say of it, and ask that site")), nil)
  }

  /// A site that lacks a sum which the next query rests on, where its step cannot be asked again: the others repeat it
  /// over the same sites alone, and one of these is gone.
  func siteThatCannotCatchUp() -> String? {
    guard tolerance != nil else { return nil }
    return members.first { site in
      guard case .ready(let ready) = standings[site],
        let step = firstToRepeat(verifiedThrough: ready.verifiedThrough)
      else { return false }
      return !step.isForgotten && step.sites != members
    }
  }

  /// The steps of an unfinished round cannot be asked again once one of their sites is gone, and their sums are over more
  /// sites than those to come. They are given up, and the round begins again with the next step.
  mutating func giveUpRoundOfLostSites() throws(AnalysisError) -> [CoordinatorAction] {
    guard canBeginRoundAgain, isRoundOverOthers(than: members), let first = unfinishedRound.first
    else { return [] }
    let givenUp = unfinishedRound.map { step in
      StepRecord(step: step.step, query: step.query, sum: nil, isGivenUp: true, sites: step.sites)
    }
    history.replaceSubrange((first.step - 1)..., with: givenUp)
    program = try Self.replay(history, on: atStart)
    return [.save(givenUp)]
  }

  /// Lets a round begin again, in a new epoch, over those of its sites that are left.
  mutating func beginRoundAgain(over sites: [String]) -> [CoordinatorAction] {
    let lost = members.filter { !sites.contains($0) }
    members = sites
    phase = .gathering
    return lost.map { .note(site: $0, "left; the run goes on without it") }
      + [.note(site: nil, "a round begins again over the sites that are left")]
  }

  /// The steps that are done since the last finished round, from the first whose sum is gone.
  private var unfinishedRound: ArraySlice<StepRecord> {
    history[((Self.firstForgotten(history)?.step ?? history.count + 1) - 1)...]
  }

  /// Whether steps of a round are done that is not finished; sites verify none of them.
  var canBeginRoundAgain: Bool { tolerance != nil && !unfinishedRound.isEmpty }

  func isRoundOverOthers(than sites: [String]) -> Bool { unfinishedRound.contains { $0.sites != sites } }

  private func cannotRepeat(_ step: Int) -> RunOutcome {
    .failed(
      RunFailure(
        code: "cannot-repeat",
        message: "step \(step) had to be asked again, and not all of its sites answer it as they did",
        advice: "see which sites the run's events name; submit the plan under another name"))
  }

  func shares(_ request: StepRequest, _ opening: Opening, to site: String) -> [CoordinatorAction] {
    guard opening.attempt.sites.contains(site) else { return [] }
    return [
      .send(
        .shares(
          epoch: epoch, step: request.step, attempt: opening.attempt.digest, opening.deliveries(to: site)),
        site: site)
    ]
  }

  mutating func take(
    _ answer: OpeningAnswer, _ epoch: Int, _ step: Int, _ site: String
  ) throws -> [CoordinatorAction] {
    guard epoch == self.epoch, case .opening(let request, let sum, let contributions, var opening) = phase,
      request.step == step
    else {
      if case .opening = answer, step == history.last?.step, mayStillOpen.remove(site) != nil { return [] }
      throw ProtocolFault(.outOfOrder, site: site, "no shares for step \(step) are waited for")
    }
    switch answer {
    case .complaint(let complaint):
      guard complaint.site == site else {
        throw ProtocolFault(.wrongRoster, site: site, "the complaint names another site")
      }
      try opening.accept(complaint)
      return try burn(
        request, sum.attempt, without: complaint.dealer,
        because: "\(site) says that the share of \(complaint.dealer) does not open")
    case .opening(let shares):
      guard shares.site == site else {
        throw ProtocolFault(.wrongRoster, site: site, "the shares name another site")
      }
      try opening.add(shares)
    }
    phase = .opening(request, sum, contributions, opening)
    return try openIfPossible()
  }

  /// Opens the sum once enough have answered. When no longer enough can, the run waits: those that answered repeat the
  /// step over the same sites, once these are back.
  mutating func openIfPossible() throws -> [CoordinatorAction] {
    guard case .opening(let request, var sum, let contributions, let opening) = phase else { return [] }
    guard opening.isReady else {
      let possible = request.sites.count { opening.has($0) || live.contains($0) }
      guard possible < opening.threshold else { return [] }
      phase = .gathering
      return try [.note(site: nil, "too few sites are left to open the sum of step \(request.step)")]
        + openEpochIfAllReady()
    }
    // The phase gives up the sum while masks are taken away, so that it is not copied.
    phase = .gathering
    do {
      let secrets = try opening.secrets()
      try sum.unmask(secrets)
      mayStillOpen = Set(request.sites.filter { !opening.has($0) && live.contains($0) })
      return try close(request, sum, contributions, secrets: secrets)
    } catch let fault as ProtocolFault where fault.code == .falseShare {
      guard let dealer = fault.site else { throw fault }
      return try burn(request, sum.attempt, without: dealer, because: fault.detail)
    }
  }

  /// Whether a site refuses what was asked otherwise before a restart: it answered the step over sites of which one is
  /// lost now, or has had the next query in the step after such a one.
  func mayGiveUp(_ rule: String) -> Bool {
    guard tolerance != nil else { return false }
    return rule == SiteRun.answeredOverOthers
      || rule == SiteRun.anotherQuery && history.last?.isGivenUp == true
  }

  /// A site cannot repeat the step as it is asked.
  mutating func cannotRepeat(
    _ attempt: Digest, _ rule: String, _ site: String
  ) throws -> [CoordinatorAction] {
    guard case .step(let request, let sum, _) = phase, request.sites.contains(site), !sum.has(site),
      !earlierAttempts.contains(attempt)
    else { return [.note(site: site, "refused what is not asked any more")] }
    guard sum.attempt.digest == attempt else { return try withOtherBasis(site, request.step) }
    refusing.insert(site)
    return try [.note(site: site, "refused step \(request.step): \(rule)")] + giveUpIfRefused()
  }

  /// Gives the step up that some sites refuse, once all others have answered it: each of them has it in its journal
  /// before the next one. When sites would not answer its query once more, the run ends with the names of those who
  /// refused; whether one of them lies, only its journal shows.
  mutating func giveUpIfRefused() throws -> [CoordinatorAction] {
    guard let tolerance, !refusing.isEmpty, case .step(let request, let sum, _) = phase,
      sum.missing.allSatisfy(refusing.contains)
    else { return [] }
    for site in sum.missing { refusals[site, default: 0] += 1 }
    let givenUp = history.reversed().prefix(while: \.isGivenUp).count { $0.query == request.query } + 1
    guard givenUp <= tolerance.mostColluding + SiteRun.mostWithheld else {
      return end(refusedTooOften(request.step), nil)
    }
    return try giveUp(
      request, sum.attempt, because: "some sites answered it over others, or another query, before")
  }

  private func refusedTooOften(_ step: Int) -> RunOutcome {
    let names = refusals.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value) ×)" }
    return .failed(
      RunFailure(
        code: "refused-too-often",
        message: "step \(step) and those before it were refused by \(names.joined(separator: ", "))",
        advice:
          "if a run of this plan went further before, submit it under another name; else ask these sites"))
  }

  /// Leaves a dealer out and asks the query as the next step. Sites that lie can burn no more steps than there may be
  /// of them.
  private mutating func burn(
    _ request: StepRequest, _ attempt: Attempt, without site: String, because reason: String
  ) throws -> [CoordinatorAction] {
    burned += 1
    guard let tolerance, burned <= tolerance.mostColluding else {
      return end(
        .failed(
          RunFailure(
            code: "not-opened", message: "the sum of step \(request.step) could not be opened: \(reason)",
            advice: "see which sites the run's events name, and ask them")), nil)
    }
    let actions = exclude(site)
    return actions + (outcome == nil ? try giveUp(request, attempt, because: reason) : [])
  }

  /// Gives a step up whose sum cannot be opened, and asks its query as the next.
  private mutating func giveUp(
    _ request: StepRequest, _ attempt: Attempt, because reason: String
  ) throws -> [CoordinatorAction] {
    guard rewound.isEmpty else {
      guard rewound.contains(where: { $0.isForgotten && $0.sites != members }) else {
        return end(cannotRepeat(request.step), nil)
      }
      phase = .gathering
      return try [.note(site: nil, "step \(request.step) is given up: \(reason)")] + openEpochIfAllReady()
    }
    let record = StepRecord(
      step: request.step, query: request.query, sum: nil, isGivenUp: true, sites: members)
    history.append(record)
    return [
      .note(site: nil, "step \(request.step) is asked again as the next: \(reason)"), .save([record]),
    ] + (try ask(attempt.setup))
  }
}
