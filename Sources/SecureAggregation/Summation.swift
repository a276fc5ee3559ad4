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
  private let name: Digest
  private let roster: Roster
  private var total: [UInt64]
  private var received: Set<String> = []

  package init(_ attempt: Attempt, roster: Roster) {
    self.attempt = attempt
    self.roster = roster
    name = attempt.digest
    total = Array(repeating: 0, count: attempt.vectorLength)
  }

  /// The sites whose vector is not there yet, in the roster's order.
  package var missing: [String] { roster.sites.filter { !received.contains($0) } }

  package func has(_ site: String) -> Bool { received.contains(site) }

  /// Adds one vector; nothing is added unless all of it is as it must be.
  ///
  /// - Throws: `ProtocolFault` naming the site.
  package mutating func add(_ contribution: SignedContribution) throws(ProtocolFault) {
    let site = contribution.site
    guard let key = roster.key(of: site) else {
      throw ProtocolFault(.wrongRoster, site: site, "it is not a site of this run")
    }
    guard contribution.attempt == name else {
      throw ProtocolFault(.wrongAttempt, site: site, "its contribution is for another attempt")
    }
    guard contribution.vector.count == total.count else {
      throw ProtocolFault(.wrongLength, site: site, "its contribution has the wrong length")
    }
    let statement = SignedContribution.statement(
      attempt: name, site: site, vector: contribution.vector)
    guard key.verifies(contribution.signature, .contribution, statement) else {
      throw ProtocolFault(.badSignature, site: site, "its contribution is not signed by it")
    }
    guard received.insert(site).inserted else {
      throw ProtocolFault(.duplicate, site: site, "its contribution is already in the sum")
    }
    contribution.vector.withUnsafeBufferPointer { vector in
      total.withUnsafeMutableBufferPointer { total in
        for index in total.indices { total[index] &+= vector[index] }
      }
    }
  }

  /// The sum, once nothing is missing.
  ///
  /// - Throws: `ProtocolFault` `.masksDoNotCancel` when the check fails, `.outOfOrder` while a site is missing.
  package func outcome() throws -> Outcome {
    guard missing.isEmpty else {
      throw ProtocolFault(.outOfOrder, "contributions are missing")
    }
    let length = attempt.query.length
    guard try MaskCheck.value(total[...length], attempt: name) == total[length + 1] else {
      throw ProtocolFault(.masksDoNotCancel, "the sites' masks do not cancel")
    }
    return total[length] == 0 ? .sum(Array(total[..<length])) : .void
  }
}
