import Queries
import SecureAggregation

extension CoordinatorRun {
  mutating func take(_ answer: PlanAnswer, _ site: String) throws -> [CoordinatorAction] {
    switch answer {
    case .refused(let refusal):
      return end(
        .failed(
          RunFailure(
            code: refusal.rule, message: "\(site) refused the plan: \(refusal.detail)",
            advice: "change the plan, or ask \(site)'s administrator")), nil)
    case .waiting(let reasons):
      standings[site] = .waitingForApproval(reasons)
      return [.note(site: site, "waits for its administrator's approval")]
    case .accepted(let readiness):
      guard readiness.highestEpoch >= 0, readiness.verifiedThrough >= 0,
        readiness.highestEpoch <= epoch + EpochName.greatestLeap / 2
      else {
        throw ProtocolFault(.wrongEpoch, site: site, "the epoch it claims is far above the coordinator's")
      }
      standings[site] = .ready(readiness)
      return try [.note(site: site, "accepted the plan")] + openEpochIfAllReady()
    }
  }

  mutating func openEpochIfAllReady() throws -> [CoordinatorAction] {
    guard case .gathering = phase else { return [] }
    var readiness: [SiteReadiness] = []
    for site in members {
      guard case .ready(let ready) = standings[site] else { return [] }
      readiness.append(ready)
    }
    let restored = try restore()
    let givenUp = try giveUpRoundOfLostSites()
    if let behind = siteThatCannotCatchUp() { return try restored + givenUp + leaveOut(behind) }
    epoch = max(epoch, readiness.map(\.highestEpoch).max() ?? 0) + 1
    try rewind(verifiedEverywhere: readiness.map(\.verifiedThrough).min() ?? 0)
    phase = .keys([:])
    epochMembers = members
    live = Set(members)
    (followed, followedThrough) = (FollowedQueries(), 0)
    return restored + givenUp + [.saveEpoch(epoch)]
      + toAll(.openEpoch(epoch, sites: members == roster.sites ? [] : members))
  }

  /// Goes back to the first verified step whose sum some site has not added itself: it is asked again, with
  /// the same query, for what follows rests on it. Or to the first step of the round that was not finished, for its sums
  /// are gone at a coordinator that restarts, and no site has to know how far the others are in it.
  private mutating func rewind(verifiedEverywhere: Int) throws(AnalysisError) {
    guard let first = firstToRepeat(verifiedThrough: verifiedEverywhere) else { return }
    rewound = Array(history[(first.step - 1)...])
    history.removeSubrange((first.step - 1)...)
    program = try Self.replay(history, on: atStart)
  }

  /// Undoes what is left of the last rewinding.
  private mutating func restore() throws(AnalysisError) -> [CoordinatorAction] {
    let again = rewound.filter { $0.step > history.count }
    rewound = []
    guard !again.isEmpty else { return [] }
    history += again
    if Self.firstForgotten(history) == nil { program = try Self.replay(history, on: atStart) }
    return [.save(again)]
  }

  /// None before a finished round, on whose ground all sites have answered.
  func firstToRepeat(verifiedThrough last: Int) -> StepRecord? {
    Self.afterLastRound(history).first {
      $0.isForgotten || $0.query.isVerified && $0.sum != nil && $0.step > last
    }
  }

  /// Sites that begin a new epoch follow the steps before it without answering them.
  func earlierSteps(to sites: [String]) -> [CoordinatorAction] {
    guard program.sitesFollow else { return [] }
    return history.filter(\.isFollowed).flatMap { record in
      sites.map { .send(.earlier(epoch: epoch, step: record.step, record.query), site: $0) }
    }
  }

  mutating func take(_ key: SignedSetupKey, _ epoch: Int, _ site: String) throws -> [CoordinatorAction] {
    try check(epoch, key.site, site)
    guard case .keys(var keys) = phase else {
      throw ProtocolFault(.outOfOrder, site: site, "no setup key is waited for")
    }
    let statement = SignedSetupKey.statement(
      EpochName(plan: plan, run: run, epoch: epoch), publicKey: key.publicKey, journal: key.journal)
    guard roster.key(of: site)?.verifies(key.signature, .setupKey, statement) == true else {
      return try cannotSetUp(badSignature(site, "set-up key"), site)
    }
    keys[site] = key
    let inOrder = epochMembers.compactMap { keys[$0] }
    guard inOrder.count == epochMembers.count else {
      phase = .keys(keys)
      return []
    }
    phase = .ciphertexts(inOrder, [:])
    return toAll(.setupKeys(epoch: epoch, inOrder))
  }

  mutating func take(
    _ ciphertexts: SignedCiphertexts, _ epoch: Int, _ site: String
  ) throws -> [CoordinatorAction] {
    try check(epoch, ciphertexts.site, site)
    guard case .ciphertexts(let keys, var lists) = phase else {
      throw ProtocolFault(.outOfOrder, site: site, "no ciphertexts are waited for")
    }
    let name = EpochName(plan: plan, run: run, epoch: epoch)
    let setup = SignedSetupKey.setupDigest(name, keys: keys)
    let index = epochMembers.firstIndex(of: site) ?? 0
    let statement = SignedCiphertexts.statement(
      setup: setup, index: index, digests: ciphertexts.ciphertexts.map(Digest.init(of:)))
    guard ciphertexts.ciphertexts.count == epochMembers.count - index - 1,
      roster.key(of: site)?.verifies(ciphertexts.signature, .ciphertexts, statement) == true
    else { return try cannotSetUp(badSignature(site, "list of ciphertexts"), site) }
    lists[site] = ciphertexts
    let inOrder = epochMembers.compactMap { lists[$0] }
    guard inOrder.count == epochMembers.count else {
      phase = .ciphertexts(keys, lists)
      return []
    }
    firstOfEpoch = history.count + 1
    return try epochMembers.enumerated().map { index, receiver in
      let deliveries = inOrder.prefix(index).enumerated().compactMap { $1.delivery(to: index, from: $0) }
      return .send(.ciphertexts(epoch: epoch, deliveries), site: receiver)
    } + [.note(site: nil, "set-up done")] + earlierSteps(to: members) + ask(setup)
  }

  private func badSignature(_ site: String, _ what: String) -> RunFailure {
    RunFailure(
      code: ProtocolFault.Code.badSignature.rawValue,
      message: "the \(what) of \(site) is not signed as it must be",
      advice: "compare \(site)'s identity key with the study's")
  }

  private mutating func cannotSetUp(
    _ failure: RunFailure, _ site: String
  ) throws -> [CoordinatorAction] {
    guard tolerance != nil else { return end(.failed(failure), nil) }
    return try [.note(site: site, failure.message)] + leaveOut(site)
  }

  func check(_ epoch: Int, _ named: String, _ site: String) throws(ProtocolFault) {
    guard epoch == self.epoch else {
      throw ProtocolFault(.wrongEpoch, site: site, "the message is for epoch \(epoch), not \(self.epoch)")
    }
    guard named == site else {
      throw ProtocolFault(.wrongRoster, site: site, "the message names another site")
    }
  }

  func toAll(_ message: MessageToSite) -> [CoordinatorAction] {
    members.map { .send(message, site: $0) }
  }
}
