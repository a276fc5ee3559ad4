import Queries
import SecureAggregation

extension CoordinatorRun {
  /// Asks the program's next query of all sites, or ends the run with its model.
  mutating func ask(_ setup: Digest) throws -> [CoordinatorAction] {
    switch program.next() {
    case .finished(let model):
      return end(.finished, model)
    case .ask(let query):
      let step = history.count + 1
      guard step <= mostSteps else {
        return end(
          .failed(
            RunFailure(
              code: "step-budget", message: "the plan's \(mostSteps) steps are used up",
              advice: "use a ridge penalty or name fewer predictors; a new plan has a new budget")),
          nil)
      }
      guard query.fits(sites: members.count) else {
        return end(
          .failed(
            RunFailure(
              code: "query-too-large",
              message:
                "the query “\(query.name)” has \(query.parameters.count) parameters and asks \(query.length) "
                + "numbers of each site, more than a message holds",
              advice: "use fewer folds and repeats, or name fewer predictors")), nil)
      }
      guard let sites = sitesOfNextStep(), rewound.isEmpty || sites == members else {
        phase = .gathering
        return try openEpochIfAllReady()
      }
      if canBeginRoundAgain, isRoundOverOthers(than: sites) {
        return try beginRoundAgain(over: sites) + openEpochIfAllReady()
      }
      earlierAttempts = []
      return begin(
        StepRequest(epoch: epoch, step: step, attempt: 0, sites: sites, query: query), setup)
    }
  }

  /// Sends an attempt to its sites.
  mutating func begin(_ request: StepRequest, _ setup: Digest) -> [CoordinatorAction] {
    let verified = history.filter { $0.query.isVerified }.compactMap { record in
      record.sum.map { (step: record.step, sum: $0) }
    }
    let attempt = Attempt(
      setup: setup, step: request.step, number: request.attempt, query: request.query, sites: request.sites,
      basis: basis(of: request.query, basisMemo.basis(of: verified)))
    phase = .step(request, Summation(attempt, roster: roster, isTolerant: tolerance != nil), [])
    let lost = members.filter { !request.sites.contains($0) }
    members = request.sites
    refusing = []
    return saveLoss(request)
      + lost.flatMap { site -> [CoordinatorAction] in
        standings[site] == .away
          ? [.note(site: site, "the run goes on without it")]
          : [.note(site: site, "came back too late"), .send(.ended(Self.leftOut), site: site)]
      } + request.sites.map { .send(.step(request), site: $0) }
  }

  /// What answers to a query rest on. Within an epoch steps only come to those there are.
  private mutating func basis(of query: Query, _ sums: Digest) -> Digest {
    guard program.sitesFollow else { return sums }
    for step in history.dropFirst(followedThrough) where step.isFollowed { followed.take(step.query) }
    followedThrough = history.count
    return followed.taking(query).basis(sums)
  }

  mutating func take(
    _ contribution: SignedContribution, _ epoch: Int, _ step: Int, _ site: String
  ) throws -> [CoordinatorAction] {
    try check(epoch, contribution.site, site)
    guard case .step(let request, var summation, var contributions) = phase, request.step == step else {
      throw ProtocolFault(.outOfOrder, site: site, "no contribution to step \(step) is waited for")
    }
    // The phase gives up its vectors while they grow, so that they are not copied.
    phase = .gathering
    var isWaiting = true
    defer {
      if isWaiting { phase = .step(request, summation, contributions) }
    }
    do throws(ProtocolFault) {
      try summation.add(contribution)
    } catch {
      guard error.code == .wrongAttempt, !earlierAttempts.contains(contribution.attempt) else { throw error }
      // No resending mends it: the site was asked this step, and its sums before are others.
      isWaiting = false
      phase = .step(request, summation, contributions)
      return try withOtherBasis(site, step)
    }
    if request.query.isVerified { contributions.append(contribution) }
    isWaiting = false
    guard summation.missing.isEmpty else {
      phase = .step(request, summation, contributions)
      return try giveUpIfRefused()
    }
    guard let tolerance else { return try close(request, summation, contributions) }
    let opening = try Opening(summation, roster: roster, threshold: tolerance.threshold)
    phase = .opening(request, summation, contributions, opening)
    return request.sites.filter(live.contains).flatMap { shares(request, opening, to: $0) }
      + (try openIfPossible())
  }

  mutating func withOtherBasis(_ site: String, _ step: Int) throws -> [CoordinatorAction] {
    let failure = RunFailure(
      code: ProtocolFault.Code.wrongAttempt.rawValue,
      message: "\(site) answered step \(step) after other queries or sums than the coordinator's",
      advice: "it was shown other numbers or trees than the others; ask the sites")
    guard tolerance != nil else { return end(.failed(failure), nil) }
    return try [.note(site: site, failure.message)] + leaveOut(site)
  }

  mutating func close(
    _ request: StepRequest, _ summation: Summation, _ contributions: [SignedContribution],
    secrets: [[UInt8]] = []
  ) throws -> [CoordinatorAction] {
    refusals = [:]
    let sum: QuerySum?
    do {
      switch try summation.outcome() {
      case .sum(let elements):
        guard let fitting = QuerySum(elements: elements, for: request.query) else {
          return end(
            .failed(
              RunFailure(
                code: "false-sum", message: "the sum of step \(request.step) is beyond its bound",
                advice: "a site sends numbers that no records give; ask the sites")), nil)
        }
        sum = fitting
      case .void: sum = nil
      }
    } catch let fault as ProtocolFault {
      return end(
        .failed(
          RunFailure(
            code: fault.code.rawValue, message: fault.detail,
            advice: "submit the plan again; if it recurs, a site's set-up is at fault")), nil)
    }
    var failure: AnalysisError?
    let isForgotten = sum != nil && !program.keepsSums && !request.query.isVerified
    if let sum {
      do throws(AnalysisError) { try program.absorb(sum, workers) } catch { failure = error }
    }
    let record = StepRecord(
      step: request.step, query: request.query, sum: isForgotten ? nil : sum, isForgotten: isForgotten,
      round: isForgotten ? program.finishedRound : nil, sites: tolerance == nil ? nil : request.sites)
    history.append(record)
    rewound.removeAll { $0.step <= record.step }
    noteVerified()
    var actions: [CoordinatorAction] = [.save([record])]
    if request.query.isVerified {
      let verified = Verified(
        epoch: epoch, step: request.step, contributions: contributions, secrets: secrets)
      lastVerified = verified
      actions += toAll(verified.message)
    }
    if let failure {
      return actions
        + end(
          .failed(
            RunFailure(
              code: failure.code.rawValue, message: failure.message, advice: failure.advice)), nil)
    }
    if sum == nil { actions += afterVoid(request.step) }
    let next = try askUnlessOver(summation.attempt.setup)
    return mayAskFirst(request, next) ? next + actions : actions + next
  }

  /// Whether sites may work on the next query while the sum is written to the disk: a restart before it is there asks
  /// the step again, or gives both up (`cannotRepeat`). What sites verify, a loss and an end wait for the disk.
  private func mayAskFirst(_ request: StepRequest, _ next: [CoordinatorAction]) -> Bool {
    !request.query.isVerified
      && next.allSatisfy { if case .send(.step, _) = $0 { true } else { false } }
  }

  /// All sites have answered this step, and so have added what was verified before it; those that stay connected add
  /// this one before they hear of anything else.
  private mutating func noteVerified() {
    let ready = SiteStanding.ready(SiteReadiness(highestEpoch: epoch, verifiedThrough: verifiedThrough))
    for site in members where live.contains(site) { standings[site] = ready }
  }

  private mutating func afterVoid(_ step: Int) -> [CoordinatorAction] {
    let note = CoordinatorAction.note(site: nil, "the sum of step \(step) is void: some site withheld")
    let last = history.suffix(Self.mostVoids)
    guard last.count == Self.mostVoids, last.allSatisfy(\.isVoid) else {
      return [note]
    }
    return [note]
      + end(
        .failed(
          RunFailure(
            code: "withheld", message: "\(Self.mostVoids) sums running were void: a site withheld",
            advice: "each site's own journal says whether and why it withheld")), nil)
  }

  mutating func askUnlessOver(_ setup: Digest) throws -> [CoordinatorAction] {
    outcome == nil ? try ask(setup) : []
  }
}
