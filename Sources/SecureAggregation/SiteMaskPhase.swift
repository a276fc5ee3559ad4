import Queries

/// A site's last phase: set-up is done, and it masks one vector a step.
package struct SiteMaskPhase: ~Copyable, Sendable {
  /// `D`.
  package let setup: Digest
  private let roster: Roster
  private let index: Int
  private var roots: PairRoots
  /// The last step whose masks are spent; nil before the first of this epoch, the greatest number when no
  /// further step can be masked.
  package private(set) var lastStep: Int?

  init(setup: Digest, roster: Roster, index: Int, roots: consuming PairRoots) {
    self.setup = setup
    self.roster = roster
    self.index = index
    self.roots = roots
  }

  /// A phase on given roots in place of a set-up: where vectors and seeded tests begin.
  ///
  /// - Parameter root: `s_ij`, 32 bytes, with the site at each other index of the roster.
  /// - Throws: `ProtocolFault` `.wrongRoster` when the roster does not hold `site`, `.wrongLength` for a root of
  ///   another length.
  package init(
    setup: Digest, roster: Roster, site: String, root: (_ peer: Int) -> SecretBytes
  ) throws(ProtocolFault) {
    guard let index = roster.index(of: site) else {
      throw ProtocolFault(.wrongRoster, site: site, "it is not a site of this run")
    }
    var roots = PairRoots(sites: roster.count)
    for peer in 0..<roster.count where peer != index {
      let root = root(peer)
      guard root.count == KeySchedule.keyByteCount else {
        throw ProtocolFault(.wrongLength, site: site, "a root has \(KeySchedule.keyByteCount) bytes")
      }
      roots.set(root, peer: peer)
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
    guard contribution.elements.count == attempt.query.length else {
      throw ProtocolFault(.wrongLength, "the contribution does not fit its query")
    }
    var vector = contribution.take()
    // Should libcrypto fail between two roots, masks no longer cancel: nothing is sent, now or later.
    lastStep = .max
    do throws(LibcryptoFailure) {
      vector.append(withheld)
      vector.append(try MaskCheck.value(vector[...], attempt: name))
      try addMasks(to: &vector, attempt.step, name)
    } catch {
      wipe(&vector)
      throw error
    }
    lastStep = attempt.step
    let site = roster.members[index].site
    return SignedContribution(
      site: site, attempt: name, vector: vector,
      signature: try signer.sign(
        .contribution, SignedContribution.statement(attempt: name, site: site, vector: vector)))
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

  /// Adds the masks with every other site, and advances every root past this step.
  private mutating func addMasks(
    to vector: inout [UInt64], _ step: Int, _ name: Digest
  ) throws(LibcryptoFailure) {
    for peer in 0..<roster.count where peer != index {
      var generator = try MaskGenerator(
        key: KeySchedule.maskKey(root: roots.root(peer: peer), attempt: name))
      if peer > index {
        try generator.add(to: &vector)
      } else {
        try generator.subtract(from: &vector)
      }
      try roots.advance(peer: peer, to: step + 1)
    }
  }
}
