import Queries
import SecureAggregation

extension SiteRun {
  /// After this many withheld steps every later one is withheld, so that asking cannot bisect.
  package static let mostWithheld = 2

  /// Checks a step, and answers or withholds.
  mutating func answer(_ request: StepRequest, _ journal: inout Journal) throws -> [SiteAction] {
    try check(request.epoch, journal)
    guard let setup = maskPhase?.setup else {
      throw ProtocolFault(.outOfOrder, "a step comes after set-up")
    }
    let sums = basisMemo.basis(of: journal.verifiedSums(before: request.step, frame.subject))
    let attempt = Attempt(
      setup: setup, step: request.step, number: request.attempt, query: request.query,
      sites: request.sites,
      basis: computation.followsQueries ? followed.taking(request.query).basis(sums) : sums)
    let name = attempt.digest
    let last = sent?.attempt.step
    do {
      if let sent, last == request.step {
        if sent.name == name {
          return [.send(.contribution(epoch: request.epoch, step: request.step, sent.contribution))]
        }
        return try answerAgain(attempt, name, request, &journal)
      }
      try check(request, journal)
    } catch let refusal as Refusal where frame.tolerance != nil && Self.givenUp.contains(refusal.rule) {
      if last != request.step { try maskPhase?.pass(to: request.step) }
      throw Refusal(rule: refusal.rule, detail: refusal.detail, attempt: name)
    }
    if last == nil { try checkNothingLeftOut(before: request.step, request.query, journal) }
    let next = try computation(before: request.step, journal)
    try next.check(request.query)
    try checkSupport(request, next.leastSupport, journal)
    try checkNumbers(request, rows: next.federatedRows, journal)
    take(next, before: request.step)
    if computation.followsQueries { followed.take(request.query) }
    return try send(attempt, name, request, &journal)
  }

  /// Takes a step that the journal says this site has answered, on its way to where the run goes on, once in an epoch and
  /// in order. Nothing leaves.
  mutating func follow(_ query: Query, _ epoch: Int, _ step: Int, _ journal: Journal) throws -> [SiteAction] {
    try check(epoch, journal)
    guard maskPhase != nil else { throw ProtocolFault(.outOfOrder, "earlier steps come after set-up") }
    // Sent again to a site that came back: it has followed it.
    guard lastStep == nil else { return [] }
    guard journal.step(step, frame.subject)?.queryDigest == Attempt.digest(of: query) else {
      throw Refusal(rule: Self.anotherQuery, detail: "step \(step) is not one that this site has answered so")
    }
    // Back on its way it would begin anew, and be asked of other trees what the plan asks once.
    guard step > followedThrough else { return [] }
    try checkNothingLeftOut(before: step, query, journal)
    take(try computation(before: step, journal), before: step)
    computation.follow(query)
    followed.take(query)
    followedThrough = step
    return []
  }

  /// An epoch's first step comes after all that the site has answered before it: on another way to it, it would be asked
  /// of the same trees what the plan asks once. Verified sums are in the journal, and a step without a sum was asked
  /// again as the next. Under `membership: tolerant` rounds that were given up stand between.
  private func checkNothingLeftOut(
    before step: Int, _ query: Query, _ journal: Journal
  ) throws(ProtocolFault) {
    guard frame.tolerance == nil, computation.followsQueries, followedThrough < step else { return }
    func digest(_ asked: Int) -> Digest? {
      asked == step ? Attempt.digest(of: query) : journal.step(asked, frame.subject)?.queryDigest
    }
    for left in followedThrough + 1..<step where journal.verifiedSum(left, frame.subject) == nil {
      guard digest(left) == digest(left + 1) else {
        throw ProtocolFault(.outOfOrder, "step \(left) was answered, and is left out before step \(step)")
      }
    }
  }

  /// What depends on plan, query and journal alone; a breach is refused in the open.
  func check(_ request: StepRequest, _ journal: Journal) throws {
    guard request.step >= 1, request.step <= frame.mostSteps else {
      throw Refusal(
        rule: "step-budget", detail: "step \(request.step) is beyond the plan's \(frame.mostSteps)")
    }
    guard request.step <= journal.highestStep(frame.subject) + 1 else {
      throw ProtocolFault(.outOfOrder, "step \(request.step) leaves a gap")
    }
    // It would begin anew there, and answer by other trees than those it has followed.
    guard request.step > followedThrough else {
      throw ProtocolFault(.outOfOrder, "step \(request.step) was followed in this epoch")
    }
    if let tolerance = frame.tolerance {
      try checkSites(request, tolerance, journal)
    } else if request.sites != frame.roster.sites || request.attempt != 0 {
      throw ProtocolFault(.wrongRoster, "the step is not over exactly all the plan's sites")
    }
    if let last = lastStep, request.step - 1 != last, request.step != last {
      throw ProtocolFault(.outOfOrder, "step \(request.step) does not follow step \(last)")
    }
    let query = Attempt.digest(of: request.query)
    if let known = journal.step(request.step, frame.subject), known.queryDigest != query {
      throw Refusal(
        rule: Self.anotherQuery, detail: "step \(request.step) of this plan once had another query")
    }
    // A coordinator that keeps the sum to itself could ask at other parameters without end.
    if request.query.isVerified,
      let known = journal.stepAskedOtherwise(
        than: query, named: request.query.name, before: request.step, frame.subject)
    {
      throw Refusal(
        rule: Self.anotherQuery,
        detail: "step \(known) asked “\(request.query.name)” otherwise, and this site has not seen its sum")
    }
  }

  /// The policy's cap on numbers for each row. The rows are a verified sum, so this, too, is refused in the open.
  private func checkNumbers(_ request: StepRequest, rows: Int?, _ journal: Journal) throws {
    guard let cap = frame.mostNumbersPerRow, let rows else { return }
    let released = journal.releasedNumbers(frame.subject, but: request.step) + request.query.length
    guard Double(released) <= cap * Double(rows) else {
      throw Refusal(
        rule: "numbers-per-row",
        detail: "with step \(request.step) the plan's answers have \(released) numbers on \(rows) rows; "
          + "the site's policy allows \(cap) a row")
    }
  }

  /// The computation where step `step` is asked: with all verified sums before it, and none after. In another epoch it
  /// begins anew, for another run of the plan may have added sums meanwhile.
  private func computation(before step: Int, _ journal: Journal) throws -> any SiteComputation {
    let goesOn = absorbedThrough < step && computationEpoch == epoch
    var next = goesOn ? computation : atStart
    for (known, sum) in journal.verifiedSums(before: step, frame.subject)
    where known > (goesOn ? absorbedThrough : 0) {
      try next.absorb(sum)
    }
    return next
  }

  private mutating func take(_ next: any SiteComputation, before step: Int) {
    computation = next
    computationEpoch = epoch
    absorbedThrough = step - 1
  }

  private mutating func send(
    _ attempt: Attempt, _ name: Digest, _ request: StepRequest, _ journal: inout Journal
  ) throws -> [SiteAction] {
    // Its memory is the next one's.
    sent = nil
    var rule = ruleThatWithholds(request.step, journal)
    var answer = computation.contribution(to: attempt.query)
    if answer == nil { rule = rule ?? "beyond-the-bound" }
    var contribution = answer.take() ?? Contribution(zerosFor: attempt.query)
    let digest = try keys.digests.digest(of: contribution)
    // To refuse it in the open would tell of this site's rows, where it was led to the step on another way.
    var notes: [SiteAction] = []
    if rule == nil, let known = journal.step(request.step, frame.subject), known.contribution != digest {
      rule = Self.contributionChanged
      notes = [
        .note(
          Refusal(
            rule: Self.contributionChanged,
            detail: "this site's answer to step \(request.step) is not what it once was, and is withheld"))
      ]
    }
    // Noise is made in every step, so that the time it takes does not tell whether it left.
    try contribution.drown(rule != nil, inNoiseOf: SecretBytes(random: keys.noise), for: attempt.query)
    let withheld = rule == nil ? 0 : nonzeroNoise()
    let signed = try mask(contribution, attempt, withheld: withheld)
    sent = Sent(attempt: attempt, name: name, contribution: signed)
    let record = journal.append(.step(entry(request, digest, withheld: rule)))
    return [
      .write(record),
      .send(.contribution(epoch: request.epoch, step: request.step, signed)),
    ] + notes
  }

  private static var contributionChanged: String { "contribution-changed" }

  /// The rule by which this step is withheld because of steps before; nil when an answer is allowed.
  private func ruleThatWithholds(_ step: Int, _ journal: Journal) -> String? {
    let withheld = journal.withheldSteps(frame.subject)
    if withheld.contains(step) { return "withheld-this-step-before" }
    return withheld.count >= Self.mostWithheld ? "withheld-before" : nil
  }

  private mutating func mask(
    _ contribution: consuming Contribution, _ attempt: Attempt, withheld: UInt64
  ) throws -> SignedContribution {
    if let tolerance = frame.tolerance {
      try maskPhase?.begin(contribution, step: attempt.step, query: attempt.query, withheld: withheld)
      return try maskAttempt(attempt, tolerance)
    }
    guard
      let signed = try maskPhase?.mask(contribution, attempt, withheld: withheld, signer: keys.signer)
    else { throw ProtocolFault(.outOfOrder, "a step comes after set-up") }
    return signed
  }

  private func nonzeroNoise() -> UInt64 {
    while true {
      let value = keys.noise()
      if value != 0 { return value }
    }
  }

  func entry(_ request: StepRequest, _ contribution: Digest, withheld: String?) -> StepEntry {
    StepEntry(
      subject: frame.subject, run: frame.run, epoch: request.epoch, step: request.step,
      query: request.query.name, queryDigest: Attempt.digest(of: request.query),
      segments: request.query.segments.map { .init(name: $0.name, length: $0.length) },
      attempt: request.attempt, sites: request.sites, contribution: contribution, withheld: withheld)
  }
}
