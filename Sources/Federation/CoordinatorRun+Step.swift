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
      let request = StepRequest(
        epoch: epoch, step: step, attempt: 0, sites: roster.sites, query: query)
      let verified = history.filter { $0.query.isVerified }.compactMap { record in
        record.sum.map { (step: record.step, sum: $0) }
      }
      let attempt = Attempt(
        setup: setup, step: step, number: 0, query: query, sites: roster.sites,
        basis: Attempt.basis(of: verified))
      phase = .step(request, Summation(attempt, roster: roster), [])
      return toAll(.step(request))
    }
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
    defer {
      if case .gathering = phase { phase = .step(request, summation, contributions) }
    }
    do throws(ProtocolFault) {
      try summation.add(contribution)
    } catch {
      // No resending mends it: the site was asked this step, and its sums before are others.
      guard error.code == .wrongAttempt else { throw error }
      return end(otherBasis(site, step), nil)
    }
    if request.query.isVerified { contributions.append(contribution) }
    guard summation.missing.isEmpty else { return [] }
    return try close(request, summation, contributions)
  }

  private func otherBasis(_ site: String, _ step: Int) -> RunOutcome {
    .failed(
      RunFailure(
        code: ProtocolFault.Code.wrongAttempt.rawValue,
        message: "\(site) answered step \(step) on other verified sums than the coordinator's",
        advice: "some site showed different numbers to different sites; ask the sites"))
  }

  private mutating func close(
    _ request: StepRequest, _ summation: Summation, _ contributions: [SignedContribution]
  ) throws -> [CoordinatorAction] {
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
    let record = StepRecord(step: request.step, query: request.query, sum: sum)
    history.append(record)
    noteVerified()
    var failure: AnalysisError?
    if let sum {
      do throws(AnalysisError) { try program.absorb(sum) } catch { failure = error }
    }
    var actions: [CoordinatorAction] = [.save(record, program)]
    if request.query.isVerified {
      lastVerified = (epoch, request.step, contributions)
      actions += toAll(.contributions(epoch: epoch, step: request.step, contributions))
    }
    if let failure {
      return actions
        + end(
          .failed(
            RunFailure(
              code: failure.code.rawValue, message: failure.message, advice: failure.advice)), nil)
    }
    return try actions + (sum == nil ? afterVoid(request.step) : []) + askUnlessOver(summation.attempt.setup)
  }

  /// All sites have answered this step, and so have added what was verified before it.
  private mutating func noteVerified() {
    for site in roster.sites {
      guard case .ready = standings[site] else { continue }
      standings[site] = .ready(SiteReadiness(highestEpoch: epoch, verifiedThrough: verifiedBeforeLast))
    }
  }

  private mutating func afterVoid(_ step: Int) -> [CoordinatorAction] {
    let note = CoordinatorAction.note(site: nil, "the sum of step \(step) is void: some site withheld")
    let last = history.suffix(Self.mostVoids)
    guard last.count == Self.mostVoids, last.allSatisfy({ $0.sum == nil }) else { return [note] }
    return [note]
      + end(
        .failed(
          RunFailure(
            code: "withheld", message: "\(Self.mostVoids) sums running were void: a site withheld",
            advice: "each site's own journal says whether and why it withheld")), nil)
  }

  private mutating func askUnlessOver(_ setup: Digest) throws -> [CoordinatorAction] {
    outcome == nil ? try ask(setup) : []
  }
}
