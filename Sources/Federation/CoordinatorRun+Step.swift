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
      let attempt = Attempt(setup: setup, step: step, number: 0, query: query, sites: roster.sites)
      phase = .step(request, Summation(attempt, roster: roster), [])
      return toAll(.step(request))
    }
  }

  mutating func take(
    _ contribution: SignedContribution, _ epoch: Int, _ site: String
  ) throws -> [CoordinatorAction] {
    try check(epoch, contribution.site, site)
    guard case .step(let request, var summation, var contributions) = phase else {
      throw ProtocolFault(.outOfOrder, site: site, "no contribution is waited for")
    }
    // The phase gives up its vectors while they grow, so that they are not copied.
    phase = .gathering
    defer {
      if case .gathering = phase { phase = .step(request, summation, contributions) }
    }
    try summation.add(contribution)
    if request.query.isVerified { contributions.append(contribution) }
    guard summation.missing.isEmpty else { return [] }
    return try close(request, summation, contributions)
  }

  private mutating func close(
    _ request: StepRequest, _ summation: Summation, _ contributions: [SignedContribution]
  ) throws -> [CoordinatorAction] {
    let sum: QuerySum?
    do {
      switch try summation.outcome() {
      case .sum(let elements): sum = QuerySum(elements: elements, for: request.query)
      case .void: sum = nil
      }
    } catch let fault as ProtocolFault {
      return end(
        .failed(
          RunFailure(
            code: fault.code.rawValue, message: fault.detail,
            advice: "submit the plan again; if it recurs, a site or the network alters messages")),
        nil)
    }
    let record = StepRecord(step: request.step, query: request.query, sum: sum)
    history.append(record)
    if let sum { try program.absorb(sum) }
    var actions: [CoordinatorAction] = [.save(record, program)]
    if request.query.isVerified {
      lastVerified = (epoch, request.step, contributions)
      actions += toAll(.contributions(epoch: epoch, step: request.step, contributions))
    }
    if sum == nil {
      actions.append(.note(site: nil, "the sum of step \(request.step) is void: some site withheld"))
      if history.suffix(Self.mostVoids).allSatisfy({ $0.sum == nil }), history.count >= Self.mostVoids {
        return actions
          + end(
            .failed(
              RunFailure(
                code: "withheld", message: "\(Self.mostVoids) sums running were void: a site withheld",
                advice: "each site's own journal says whether and why it withheld")), nil)
      }
    }
    return actions + (try ask(summation.attempt.setup))
  }
}
