import Queries

/// A site's last phase: set-up is done, and it masks one vector a step.
package struct SiteMaskPhase: ~Copyable, Sendable {
  /// `D`.
  package let setup: Digest
  let roster: Roster
  let index: Int
  var roots: PairRoots
  /// The last step whose masks are spent; nil before the first of this epoch, the greatest number when no
  /// further step can be masked.
  package internal(set) var lastStep: Int?
  /// The step whose `y` may still be asked over fewer sites, or opened; `membership: tolerant` alone.
  var held = HeldStep()

  init(setup: Digest, roster: Roster, index: Int, roots: consuming PairRoots) {
    self.setup = setup
    self.roster = roster
    self.index = index
    self.roots = roots
  }

  /// A phase on given roots in place of a set-up: where vectors and seeded tests begin.
  ///
  /// - Parameters:
  ///   - root: `s_ij`, 32 bytes, with the site at each other index of the roster.
  ///   - seal: `k_ij`, likewise.
  /// - Throws: `ProtocolFault` `.wrongRoster` when the roster does not hold `site`, `.wrongLength` for a root of
  ///   another length.
  package init(
    setup: Digest, roster: Roster, site: String, root: (_ peer: Int) -> SecretBytes,
    seal: (_ peer: Int) -> SecretBytes = { _ in SecretBytes(count: KeySchedule.keyByteCount) }
  ) throws(ProtocolFault) {
    guard let index = roster.index(of: site) else {
      throw ProtocolFault(.wrongRoster, site: site, "it is not a site of this run")
    }
    var roots = PairRoots(sites: roster.count)
    for peer in 0..<roster.count where peer != index {
      let root = root(peer)
      let seal = seal(peer)
      guard root.count == KeySchedule.keyByteCount, seal.count == KeySchedule.keyByteCount else {
        throw ProtocolFault(.wrongLength, site: site, "a root has \(KeySchedule.keyByteCount) bytes")
      }
      roots.set(root, peer: peer)
      roots.set(seal, peer: peer, use: .seals)
    }
    self.init(setup: setup, roster: roster, index: index, roots: roots)
  }

  /// What a thief of this site's memory finds: its roots, 32 bytes a site in the roster's order, its own place
  /// zero. For tests that look.
  package func withUnsafeRoots<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    roots.withUnsafeBytes(body)
  }

  /// Masks a contribution: `y = x + Σ_{j>i} PRG(s_ij, T) - Σ_{j<i} PRG(s_ij, T)`, and spends the masks.
  ///
  /// - Parameters:
  ///   - contribution: consumed; the masks are added into its own storage.
  ///   - withheld: 0 for an answer. A site that may not answer gives a uniform value that is not 0 and a
  ///     contribution of uniform noise: the sum is void for everyone, on the same path and in the same time.
  /// - Throws: `ProtocolFault` `.outOfOrder` unless the step follows the last one without a gap;
  ///   `.wrongSetup` or `.wrongRoster` for an attempt of another set-up or of other sites.
  package mutating func mask(
    _ contribution: consuming Contribution, _ attempt: Attempt, withheld: UInt64 = 0,
    signer: SigningKey
  ) throws -> SignedContribution {
    let name = try accepting(attempt)
    guard contribution.count == attempt.query.length else {
      throw ProtocolFault(.wrongLength, "the contribution does not fit its query")
    }
    let layout = attempt.layout
    var vector = contribution.take()
    // Should libcrypto fail between two roots, masks no longer cancel: nothing is sent, now or later.
    lastStep = .max
    do throws(LibcryptoFailure) {
      vector.append(withheld)
      vector += try MaskCheck.values(vector[...], of: attempt.query, attempt: name)
      try addMasks(to: &vector, name, with: 0..<roster.count)
      layout.cut(&vector)
      // Under `membership: fixed` nothing is ever sealed.
      try roots.advance([.masks], but: index, to: attempt.step + 1)
    } catch {
      wipe(&vector)
      throw error
    }
    lastStep = attempt.step
    let site = roster.members[index].site
    return try .signed(by: signer, site: site, attempt: name, layout: layout, vector: vector)
  }

  private func accepting(_ attempt: Attempt) throws(ProtocolFault) -> Digest {
    guard attempt.setup == setup else {
      throw ProtocolFault(.wrongSetup, "the step belongs to another set-up")
    }
    guard attempt.sites == roster.sites, attempt.number == 0 else {
      throw ProtocolFault(.wrongRoster, "the step is not over exactly all the plan's sites")
    }
    guard attempt.step >= 1, attempt.step < .max, attempt.step - 1 == lastStep ?? attempt.step - 1 else {
      throw ProtocolFault(.outOfOrder, "step \(attempt.step) does not follow step \(lastStep ?? 0)")
    }
    return attempt.digest
  }

  /// Adds the masks with the other sites at `peers`, and under `own`, if that is not empty, one of the site's own.
  ///
  /// - Parameter inverted: whether they are taken away again.
  func addMasks(
    to vector: inout [UInt64], _ name: Digest, with peers: some Sequence<Int>,
    own: borrowing SecretBytes = SecretBytes(count: 0), inverted: Bool = false
  ) throws(LibcryptoFailure) {
    var keys = MaskKeys()
    if own.count > 0 { keys.append(own.part(0..<own.count), adds: !inverted) }
    for peer in peers where peer != index {
      let key = try KeySchedule.maskKey(root: roots.root(peer: peer), attempt: name)
      keys.append(key, adds: (peer > index) != inverted)
    }
    try keys.addMasks(to: &vector)
  }
}
