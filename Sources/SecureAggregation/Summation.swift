import Queries

/// Adds the masked vectors of an attempt as they come. The coordinator does, and every site where
/// the sum is verified.
package struct Summation: Sendable {
  /// What all vectors together are.
  package enum Outcome: Sendable, Equatable {
    case sum([UInt64])
    /// Some site withheld: the numbers mean nothing.
    case void
  }

  package let attempt: Attempt
  private let isTolerant: Bool
  private let name: Digest
  private let layout: VectorLayout
  private let roster: Roster
  /// Empty before the first vector, which becomes it.
  private var total: [UInt64] = []
  private var received: Set<String> = []
  /// What sites dealt; empty under `membership: fixed`.
  package private(set) var dealings: [String: Dealing] = [:]
  /// How many of the sites' own masks are still in the total.
  private var ownMasks = 0

  /// - Parameter isTolerant: whether each vector carries a mask of its site's own.
  package init(_ attempt: Attempt, roster: Roster, isTolerant: Bool = false) {
    self.attempt = attempt
    self.roster = roster
    self.isTolerant = isTolerant
    name = attempt.digest
    layout = attempt.layout
  }

  /// The sites whose vector is not there yet, in the roster's order.
  package var missing: [String] { attempt.sites.filter { !received.contains($0) } }

  package func has(_ site: String) -> Bool { received.contains(site) }

  /// Adds one vector; nothing is added unless all of it is as it must be.
  ///
  /// - Throws: `ProtocolFault` naming the site.
  package mutating func add(_ contribution: SignedContribution) throws(ProtocolFault) {
    let site = contribution.site
    guard let key = roster.key(of: site) else {
      throw ProtocolFault(.wrongRoster, site: site, "it is not a site of this run")
    }
    // First of all, for one that comes too late may be of a site that this attempt is without.
    guard contribution.attempt == name else {
      throw ProtocolFault(.wrongAttempt, site: site, "its contribution is for another attempt")
    }
    guard attempt.sites.contains(site) else {
      throw ProtocolFault(.wrongRoster, site: site, "it is not a site of this attempt")
    }
    guard contribution.layout == layout, layout.fits(contribution.vector) else {
      throw ProtocolFault(
        .wrongLength, site: site, "its contribution has not the length or the rings of the step")
    }
    try check(contribution.dealing, of: site)
    guard contribution.isSigned(with: key) else {
      throw ProtocolFault(.badSignature, site: site, "its contribution is not signed by it")
    }
    guard received.insert(site).inserted else {
      throw ProtocolFault(.duplicate, site: site, "its contribution is already in the sum")
    }
    if let dealing = contribution.dealing {
      dealings[site] = dealing
      ownMasks += 1
    }
    guard !total.isEmpty else {
      total = contribution.vector
      return
    }
    contribution.vector.withUnsafeBufferPointer { vector in
      total.withUnsafeMutableBufferPointer { total in
        for index in total.indices { total[index] &+= vector[index] }
      }
    }
  }

  private func check(_ dealing: Dealing?, of site: String) throws(ProtocolFault) {
    guard (dealing != nil) == isTolerant else {
      throw ProtocolFault(.wrongLength, site: site, "its contribution does not fit the plan's membership")
    }
    guard let dealing else { return }
    let isWhole =
      dealing.shares.count == attempt.sites.count && dealing.sealed.count == attempt.sites.count
      && zip(attempt.sites, dealing.sealed).allSatisfy {
        $1.count == ($0 == site ? 0 : Dealing.sealedByteCount)
      }
    guard isWhole else {
      throw ProtocolFault(.wrongLength, site: site, "it has not dealt a share to every site of the attempt")
    }
  }

  /// Takes the sites' own masks away.
  ///
  /// - Parameter secrets: `b` of each site of the attempt, in its order.
  /// - Throws: `ProtocolFault` `.falseShare` naming a site whose digest is not of its secret.
  package mutating func unmask(_ secrets: [[UInt8]]) throws {
    guard missing.isEmpty, secrets.count == attempt.sites.count, ownMasks == secrets.count else {
      throw ProtocolFault(.outOfOrder, "there is not one secret for each vector")
    }
    var keys = MaskKeys()
    for (site, bytes) in zip(attempt.sites, secrets) {
      let secret = SecretBytes(copying: bytes)
      guard Dealing.digest(of: secret, attempt: name, from: site) == dealings[site]?.secret else {
        throw ProtocolFault(.falseShare, site: site, "the secret is not the one it dealt")
      }
      keys.append(try KeySchedule.ownMaskKey(secret: secret, attempt: name), adds: false)
    }
    try keys.addMasks(to: &total)
    ownMasks = 0
  }

  /// The sum, once nothing is missing and no site's own mask is left.
  ///
  /// - Throws: `ProtocolFault` `.masksDoNotCancel` when the check fails, `.outOfOrder` before.
  package func outcome() throws -> Outcome {
    guard missing.isEmpty, ownMasks == 0 else {
      throw ProtocolFault(.outOfOrder, "contributions are missing, or have not been opened")
    }
    var total = total
    layout.cut(&total)
    let length = attempt.query.length
    let check = try MaskCheck.values(total[...length], of: attempt.query, attempt: name)
    guard check[...] == total[(length + 1)...] else {
      throw ProtocolFault(.masksDoNotCancel, "the sites' masks do not cancel")
    }
    return total[length] == 0 ? .sum(Array(total[..<length])) : .void
  }
}
