import Queries

extension SiteMaskPhase {
  /// The step that is held, the sites of its attempt sent last and whether it is answered; nil when none is.
  package var heldStep: (step: Int, sites: [String]?, isAnswered: Bool)? {
    held.step == 0 ? nil : (held.step, held.sent?.attempt.sites, held.answered != nil)
  }

  /// Begins a step under `membership: tolerant`, and leaves the one before for good: its roots go.
  ///
  /// - Throws: `ProtocolFault` `.outOfOrder` unless the step follows the last one without a gap.
  package mutating func begin(
    _ contribution: consuming Contribution, step: Int, query: Query, withheld: UInt64 = 0
  ) throws {
    guard contribution.count == query.length else {
      throw ProtocolFault(.wrongLength, "the contribution does not fit its query")
    }
    try pass(to: step)
    held = HeldStep(contribution, step: step, query: query, withheld: withheld)
  }

  /// Leaves the step before for good, as every site does whether it takes part in this one or refuses it: those that
  /// are asked the next one have the same roots.
  ///
  /// - Throws: `ProtocolFault` `.outOfOrder` unless the step follows the last one without a gap.
  package mutating func pass(to step: Int) throws {
    if step == lastStep, step < .max, held.step == 0 { return }
    guard step >= 1, step < .max, step - 1 == lastStep ?? step - 1 else {
      throw ProtocolFault(.outOfOrder, "step \(step) does not follow step \(lastStep ?? 0)")
    }
    let isLeft = lastStep != nil && held.answered == nil
    held = HeldStep()
    lastStep = .max
    if isLeft { try roots.advance([.masks, .seals], but: index, to: step) }
    lastStep = step
  }

  /// Masks the held contribution for one attempt: the masks with its other sites, and one of the site's own, whose
  /// secret it deals to them.
  ///
  /// - Parameters:
  ///   - secret: `b`, 32 fresh random bytes.
  ///   - threshold: how many shares shall give `b` back.
  /// - Throws: `ProtocolFault` `.outOfOrder` when the step is not held or was answered, or the attempt does not come
  ///   after the last; `.wrongRoster` unless its sites are `threshold` or more of the roster, this one among them, in
  ///   order, and from the second attempt on fewer than before and none else, or for a threshold under the rule's.
  package mutating func maskAttempt(
    _ attempt: Attempt, secret: consuming SecretBytes, threshold: Int, signer: SigningKey
  ) throws -> SignedContribution {
    let name = try accepting(attempt, threshold: threshold)
    let layout = attempt.layout
    let site = roster.members[index].site
    // Should libcrypto fail midway, nothing is held and nothing more is sent for the step.
    var vector = held.takeVector()
    do {
      if let last = held.sent { try removeMasks(from: &vector, last) }
      vector.reserveCapacity(layout.count)
      vector += try MaskCheck.values(vector[...], of: attempt.query, attempt: name)
      let dealing = try deal(secret, attempt, name, threshold: threshold)
      let ownMask = try KeySchedule.ownMaskKey(secret: secret, attempt: name)
      try addMasks(to: &vector, name, with: peers(attempt), own: ownMask)
      layout.cut(&vector)
      held.note(HeldStep.Sent(attempt: attempt, name: name), vector, ownMask: ownMask)
      return try .signed(
        by: signer, site: site, attempt: name, layout: layout, vector: vector, dealing: dealing)
    } catch {
      held = HeldStep()
      wipe(&vector)
      throw error
    }
  }

  private func peers(_ attempt: Attempt) -> [Int] { attempt.sites.compactMap(roster.index(of:)) }

  /// Gives the contribution and `withheld` back from the `y` that was sent last, each modulo its ring's 2^w.
  private func removeMasks(from vector: inout [UInt64], _ last: HeldStep.Sent) throws(LibcryptoFailure) {
    try addMasks(to: &vector, last.name, with: peers(last.attempt), own: held.ownMask, inverted: true)
    vector.removeLast(vector.count - last.attempt.query.length - 1)
  }

  private func accepting(_ attempt: Attempt, threshold: Int) throws -> Digest {
    guard attempt.setup == setup else {
      throw ProtocolFault(.wrongSetup, "the step belongs to another set-up")
    }
    guard held.step == attempt.step, held.query == Attempt.digest(of: attempt.query) else {
      throw ProtocolFault(.outOfOrder, "step \(attempt.step) is not the one that was begun")
    }
    guard held.answered == nil else {
      throw ProtocolFault(.outOfOrder, "step \(attempt.step) has been answered")
    }
    guard attempt.number >= 0, threshold >= Threshold.least(sites: roster.count),
      (threshold...max(threshold, Shamir.mostShares)).contains(attempt.sites.count),
      attempt.sites == roster.sites.filter(Set(attempt.sites).contains),
      attempt.sites.contains(roster.members[index].site)
    else {
      throw ProtocolFault(
        .wrongRoster, "the attempt is not over \(threshold) or more sites of the run, this one among them")
    }
    if let last = held.sent?.attempt {
      guard attempt.number > last.number else {
        throw ProtocolFault(.outOfOrder, "attempt \(attempt.number) does not come after the last")
      }
      guard Set(attempt.sites).isStrictSubset(of: last.sites) else {
        throw ProtocolFault(.wrongRoster, "a later attempt is over fewer sites, and none else")
      }
    }
    return attempt.digest
  }

  /// Shares `b` among the attempt's sites, coefficients from `b` itself.
  private mutating func deal(
    _ secret: borrowing SecretBytes, _ attempt: Attempt, _ name: Digest, threshold: Int
  ) throws -> Dealing {
    let dealer = roster.members[index].site
    let coefficients = try Sharing.coefficients(secret, attempt: name, threshold: threshold)
    var digests: [Digest] = []
    var sealed: [[UInt8]] = []
    for (place, site) in attempt.sites.enumerated() {
      let share = Shamir.share(of: secret, coefficients: coefficients, place: UInt8(place + 1))
      digests.append(Dealing.digest(of: share, attempt: name, from: dealer, to: site))
      if site == dealer {
        held.ownShare = share
        sealed.append([])
      } else {
        let root = roots.root(peer: roster.index(of: site) ?? index, use: .seals)
        let key = try KeySchedule.shareKey(root: root, attempt: name, from: dealer, to: site)
        sealed.append(try Sealing.seal(share, key: key))
      }
    }
    return Dealing(
      secret: Dealing.digest(of: secret, attempt: name, from: dealer), shares: digests, sealed: sealed)
  }

  /// Answers the shares of the attempt that was sent last, once: with the site's shares of all secrets, or with a
  /// complaint that names the first dealer whose share does not open or does not fit its digest.
  ///
  /// Afterwards the contribution and the roots are gone; the same question gets the same answer.
  ///
  /// - Parameter deliveries: one from every other site of the attempt, in its order.
  package mutating func open(
    _ deliveries: [ShareDelivery], attempt name: Digest, signer: SigningKey
  ) throws -> OpeningAnswer {
    if let answered = held.answered {
      guard answered.attempt == name else {
        throw ProtocolFault(.outOfOrder, "the step has been answered for another attempt")
      }
      return answered.answer
    }
    let answer = try answer(deliveries, name, signer)
    let step = held.step
    held.close(name, answer)
    // What comes next may not be opened or masked by what is in memory now.
    lastStep = .max
    try roots.advance([.masks, .seals], but: index, to: step + 1)
    lastStep = step
    return answer
  }

  private func answer(
    _ deliveries: [ShareDelivery], _ name: Digest, _ signer: SigningKey
  ) throws -> OpeningAnswer {
    let site = roster.members[index].site
    guard let sent = held.sent else { throw ProtocolFault(.outOfOrder, "no attempt was sent") }
    guard sent.name == name else {
      throw ProtocolFault(.wrongAttempt, "the shares are of another attempt than the one sent last")
    }
    guard deliveries.map(\.site) == sent.attempt.sites.filter({ $0 != site }) else {
      throw ProtocolFault(
        .wrongRoster, "the shares are not those of all other sites of the attempt, in order")
    }
    // What is opened before a complaint stays closed to whoever seizes this site later.
    var opened = SecretBytes(count: sent.attempt.sites.count * Shamir.secretByteCount)
    var rest = deliveries[...]
    for (place, dealer) in sent.attempt.sites.enumerated() {
      if dealer == site {
        opened.replace(at: place * Shamir.secretByteCount, with: held.ownShare)
      } else if let delivery = rest.popFirst(), let share = try open(delivery, name, to: site) {
        opened.replace(at: place * Shamir.secretByteCount, with: share)
      } else {
        let statement = SignedComplaint.statement(attempt: name, site: site, dealer: dealer)
        return .complaint(
          SignedComplaint(
            site: site, attempt: name, dealer: dealer, signature: try signer.sign(.complaint, statement)))
      }
    }
    let shares = opened.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: Shamir.secretByteCount).map { start in
        Array(bytes[start..<start + Shamir.secretByteCount])
      }
    }
    return .opening(OpenedShares(site: site, attempt: name, shares: shares))
  }

  private func open(_ delivery: ShareDelivery, _ name: Digest, to site: String) throws -> SecretBytes? {
    guard let peer = roster.index(of: delivery.site) else { return nil }
    let key = try KeySchedule.shareKey(
      root: roots.root(peer: peer, use: .seals), attempt: name, from: delivery.site, to: site)
    guard let share = try Sealing.open(delivery.sealed, key: key),
      share.count == Shamir.secretByteCount,
      Dealing.digest(of: share, attempt: name, from: delivery.site, to: site) == delivery.digest
    else { return nil }
    return share
  }
}
