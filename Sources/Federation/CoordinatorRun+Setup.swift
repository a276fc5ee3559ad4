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

  private mutating func openEpochIfAllReady() throws(AnalysisError) -> [CoordinatorAction] {
    guard case .gathering = phase else { return [] }
    var readiness: [SiteReadiness] = []
    for site in roster.sites {
      guard case .ready(let ready) = standings[site] else { return [] }
      readiness.append(ready)
    }
    epoch = max(epoch, readiness.map(\.highestEpoch).max() ?? 0) + 1
    try rewind(verifiedEverywhere: readiness.map(\.verifiedThrough).min() ?? 0)
    phase = .keys([:])
    return [.saveEpoch(epoch)] + toAll(.openEpoch(epoch))
  }

  /// Goes back to the first verified step whose sum some site has not added itself: it is asked again, with
  /// the same query, for what follows rests on it.
  private mutating func rewind(verifiedEverywhere: Int) throws(AnalysisError) {
    guard
      let first = history.first(where: {
        $0.query.isVerified && $0.sum != nil && $0.step > verifiedEverywhere
      })
    else { return }
    history.removeSubrange((first.step - 1)...)
    program = try Self.replay(history, on: atStart)
  }

  mutating func take(_ key: SignedSetupKey, _ epoch: Int, _ site: String) throws -> [CoordinatorAction] {
    try check(epoch, key.site, site)
    guard case .keys(var keys) = phase else {
      throw ProtocolFault(.outOfOrder, site: site, "no setup key is waited for")
    }
    let statement = SignedSetupKey.statement(
      EpochName(plan: plan, run: run, epoch: epoch), publicKey: key.publicKey, journal: key.journal)
    guard roster.key(of: site)?.verifies(key.signature, .setupKey, statement) == true else {
      return end(badSignature(site, "set-up key"), nil)
    }
    keys[site] = key
    let inOrder = roster.sites.compactMap { keys[$0] }
    guard inOrder.count == roster.count else {
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
    let index = roster.index(of: site) ?? 0
    let statement = SignedCiphertexts.statement(
      setup: setup, index: index, digests: ciphertexts.ciphertexts.map(Digest.init(of:)))
    guard ciphertexts.ciphertexts.count == roster.count - index - 1,
      roster.key(of: site)?.verifies(ciphertexts.signature, .ciphertexts, statement) == true
    else { return end(badSignature(site, "list of ciphertexts"), nil) }
    lists[site] = ciphertexts
    let inOrder = roster.sites.compactMap { lists[$0] }
    guard inOrder.count == roster.count else {
      phase = .ciphertexts(keys, lists)
      return []
    }
    return try roster.sites.enumerated().map { index, receiver in
      let deliveries = inOrder.prefix(index).enumerated().compactMap { $1.delivery(to: index, from: $0) }
      return .send(.ciphertexts(epoch: epoch, deliveries), site: receiver)
    } + [.note(site: nil, "set-up done")] + ask(setup)
  }

  private func badSignature(_ site: String, _ what: String) -> RunOutcome {
    .failed(
      RunFailure(
        code: ProtocolFault.Code.badSignature.rawValue,
        message: "the \(what) of \(site) is not signed as it must be",
        advice: "compare \(site)'s identity key with the study's"))
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
    roster.sites.map { .send(message, site: $0) }
  }
}
