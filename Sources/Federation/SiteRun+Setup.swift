import SecureAggregation

extension SiteRun {
  /// Begins a new epoch: the last one's secrets are wiped first.
  ///
  /// - Parameter sites: those of the epoch; none for all of the plan.
  mutating func open(_ epoch: Int, _ sites: [String], _ journal: inout Journal) throws -> [SiteAction] {
    let highest = journal.highestEpoch(frame.subject)
    guard epoch > highest, epoch <= highest + EpochName.greatestLeap else {
      throw ProtocolFault(.wrongEpoch, "epoch \(epoch) does not follow \(highest), which this site has seen")
    }
    let roster = try epochRoster(sites, journal)
    forgetSecrets()
    self.epoch = epoch
    self.roster = roster
    followedThrough = 0
    followed = FollowedQueries()
    let record = journal.append(.epoch(frame.subject, run: frame.run, epoch: epoch))
    let phase = try SiteKeyPhase(
      epoch: EpochName(plan: frame.subject.plan, run: frame.run, epoch: epoch),
      roster: roster, site: frame.site, journal: journal.mark, signer: keys.signer,
      encapsulation: keys.encapsulation)
    let key = phase.signedKey
    keyPhase = consume phase
    return [.write(record), .send(.setupKey(epoch: epoch, key))]
  }

  private func epochRoster(_ sites: [String], _ journal: Journal) throws -> Roster {
    guard !sites.isEmpty, sites != frame.roster.sites else { return frame.roster }
    guard let tolerance = frame.tolerance else {
      throw ProtocolFault(.wrongRoster, "the epoch is not over exactly all the plan's sites")
    }
    let members = frame.roster.members.filter { sites.contains($0.site) }
    guard members.map(\.site) == sites, sites.contains(frame.site), sites.count >= tolerance.threshold else {
      throw ProtocolFault(
        .wrongRoster,
        "the epoch is not over \(tolerance.threshold) or more sites of the plan, this one among them")
    }
    try checkShrinks(sites, journal)
    return try Roster(members)
  }

  /// Over a plan's life its steps may only lose sites.
  func checkShrinks(_ sites: [String], _ journal: Journal) throws(ProtocolFault) {
    guard let last = journal.lastSites(frame.subject) else { return }
    guard Set(sites).isSubset(of: last) else {
      throw ProtocolFault(.wrongRoster, "a site that was left out before is in again")
    }
  }

  mutating func accept(
    _ signedKeys: [SignedSetupKey], _ epoch: Int, _ journal: inout Journal
  ) throws -> [SiteAction] {
    try check(epoch, journal)
    guard let phase = keyPhase.take() else {
      throw ProtocolFault(.outOfOrder, "setup keys come once, after the epoch is opened")
    }
    let next = try phase.accept(
      signedKeys, highestMarks: journal.peerMarks, signer: keys.signer,
      encapsulation: keys.encapsulation)
    let ciphertexts = next.signedCiphertexts
    ciphertextPhase = consume next
    let records = zip(signedKeys, roster.members).filter { $0.0.site != frame.site }.map {
      journal.append(.peer($0.1.key.fingerprint, $0.0.journal))
    }
    return records.map(SiteAction.write) + [.send(.ciphertexts(epoch: epoch, ciphertexts))]
  }

  mutating func accept(
    _ deliveries: [CiphertextDelivery], _ epoch: Int, _ journal: Journal
  ) throws -> [SiteAction] {
    try check(epoch, journal)
    guard let phase = ciphertextPhase.take() else {
      throw ProtocolFault(.outOfOrder, "ciphertexts come once, after the setup keys")
    }
    maskPhase = try phase.accept(deliveries)
    return []
  }

  /// One epoch of a plan is live, over all its runs: one that another run has left behind is wiped.
  package mutating func forgetIfLeftBehind(_ journal: Journal) {
    if epoch != journal.highestEpoch(frame.subject) { forgetSecrets() }
  }

  mutating func check(_ epoch: Int, _ journal: Journal) throws(ProtocolFault) {
    forgetIfLeftBehind(journal)
    guard epoch == self.epoch, epoch == journal.highestEpoch(frame.subject) else {
      throw ProtocolFault(
        .wrongEpoch,
        "the message is for epoch \(epoch); this site is in \(journal.highestEpoch(frame.subject))")
    }
  }
}
