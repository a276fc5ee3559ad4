import Crypto
import Queries

/// A site's last phase: set-up is done, and it masks one vector a step.
package struct SiteMaskPhase: ~Copyable, Sendable {
  /// `D`.
  package let setup: Digest
  private let roster: Roster
  private let index: Int
  private var roots: PairRoots
  /// The last step whose masks are spent; nil before the first of this epoch.
  package private(set) var lastStep: Int?

  init(setup: Digest, roster: Roster, index: Int, roots: consuming PairRoots) {
    self.setup = setup
    self.roster = roster
    self.index = index
    self.roots = roots
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
    vector.append(withheld)
    vector.append(try MaskCheck.value(vector[...], attempt: name))
    return try send(&vector, attempt, name, signer)
  }

  private func accepting(_ attempt: Attempt) throws(ProtocolFault) -> Digest {
    guard attempt.setup == setup else {
      throw ProtocolFault(.wrongSetup, "the step belongs to another set-up")
    }
    guard attempt.sites == roster.sites, attempt.number == 0 else {
      throw ProtocolFault(.wrongRoster, "the step is not over exactly all the plan's sites")
    }
    guard lastStep.map({ attempt.step == $0 + 1 }) ?? (attempt.step >= 1) else {
      throw ProtocolFault(.outOfOrder, "step \(attempt.step) does not follow step \(lastStep ?? 0)")
    }
    return attempt.digest
  }

  /// Adds the masks, advances every root past this step, and signs.
  private mutating func send(
    _ vector: inout [UInt64], _ attempt: Attempt, _ name: Digest, _ signer: SigningKey
  ) throws -> SignedContribution {
    lastStep = attempt.step
    for peer in 0..<roster.count where peer != index {
      var generator = try MaskGenerator(
        key: KeySchedule.maskKey(root: roots.key(peer: peer), attempt: name))
      if peer > index {
        try generator.add(to: &vector)
      } else {
        try generator.subtract(from: &vector)
      }
      roots.advance(peer: peer, to: attempt.step + 1)
    }
    let site = roster.members[index].site
    return SignedContribution(
      site: site, attempt: name, vector: vector,
      signature: try signer.sign(
        .contribution, SignedContribution.statement(attempt: name, site: site, vector: vector)))
  }
}
