import Queries
import SecureAggregation

/// A site without any secret: its masks are zero, and it follows the protocol's rules as they are written, in as few
/// words as may be. What it refuses a masking site refuses, and the sums are the same.
package final class ClearSite: AttemptSite {
  package let name: String
  private let setup: Digest
  private let roster: Roster
  private let signer: SigningKey
  private var step: Int?
  private var query: Query?
  private var elements: [UInt64] = []
  private var last: Attempt?
  private var answered: Digest?

  package init(_ index: Int, in fixture: SetupFixture, setup: Digest) {
    name = fixture.roster.sites[index]
    signer = fixture.signers[index]
    roster = fixture.roster
    self.setup = setup
  }

  private func follow(_ step: Int) throws {
    guard step >= 1, step < .max, step == self.step.map({ $0 + 1 }) ?? step else {
      throw ProtocolFault(.outOfOrder, "")
    }
    self.step = step
  }

  private func cut(_ elements: [UInt64], _ query: Query) throws -> [UInt64] {
    guard let contribution = Contribution(elements: elements, for: query) else { throw FixtureError() }
    return contribution.take()
  }

  private func sign(_ elements: [UInt64], _ attempt: Attempt) throws -> SignedContribution {
    let vector = try elements + MaskCheck.values(elements[...], of: attempt.query, attempt: attempt.digest)
    return SignedContribution(
      site: name, attempt: attempt.digest, layout: attempt.layout, vector: vector,
      signature: try signer.sign(
        .contribution, SignedContribution.statement(attempt: attempt.digest, site: name, vector: vector)))
  }

  package func mask(
    elements: [UInt64], _ attempt: Attempt, withheld: UInt64
  ) throws -> SignedContribution {
    guard attempt.setup == setup else { throw ProtocolFault(.wrongSetup, "") }
    guard attempt.sites == roster.sites, attempt.number == 0 else { throw ProtocolFault(.wrongRoster, "") }
    try follow(attempt.step)
    return try sign(cut(elements, attempt.query) + [withheld], attempt)
  }

  package func begin(elements: [UInt64], step: Int, _ query: Query, withheld: UInt64) throws {
    try follow(step)
    self.query = query
    self.elements = try cut(elements, query) + [withheld]
    last = nil
    answered = nil
  }

  package func send(_ attempt: Attempt, secret: [UInt8], threshold: Int) throws -> SignedContribution {
    guard attempt.setup == setup else { throw ProtocolFault(.wrongSetup, "") }
    guard attempt.step == step, attempt.query == query, answered == nil else {
      throw ProtocolFault(.outOfOrder, "")
    }
    guard attempt.number >= 0, attempt.sites.contains(name), attempt.sites.count >= threshold,
      attempt.sites == roster.sites.filter(attempt.sites.contains)
    else { throw ProtocolFault(.wrongRoster, "") }
    if let last {
      guard attempt.number > last.number else { throw ProtocolFault(.outOfOrder, "") }
      guard attempt.sites.count < last.sites.count, attempt.sites.allSatisfy(last.sites.contains) else {
        throw ProtocolFault(.wrongRoster, "")
      }
    }
    last = attempt
    return try sign(elements, attempt)
  }

  package func answer(_ deliveries: [ShareDelivery], _ attempt: Digest) throws -> OpeningAnswer {
    if answered == nil {
      guard let last else { throw ProtocolFault(.outOfOrder, "") }
      guard last.digest == attempt else { throw ProtocolFault(.wrongAttempt, "") }
      guard deliveries.map(\.site) == last.sites.filter({ $0 != name }) else {
        throw ProtocolFault(.wrongRoster, "")
      }
      answered = attempt
    }
    guard answered == attempt else { throw ProtocolFault(.outOfOrder, "") }
    return .opening(OpenedShares(site: name, attempt: attempt, shares: []))
  }
}

/// The coordinator's part beside sites in the clear: it counts the answers and has nothing to open.
package struct ClearSum: AttemptSum {
  private let threshold: Int
  private var summation: Summation
  private var answers: Set<String> = []

  package init(_ attempt: Attempt, roster: Roster, threshold: Int) {
    summation = Summation(attempt, roster: roster)
    self.threshold = threshold
  }

  package var missing: [String] { summation.missing }

  package mutating func add(_ contribution: SignedContribution) throws { try summation.add(contribution) }

  package func deliveries(to site: String) throws -> [ShareDelivery] {
    guard missing.isEmpty else { throw ProtocolFault(.outOfOrder, "") }
    return summation.attempt.sites.filter { $0 != site }.map {
      ShareDelivery(site: $0, digest: summation.attempt.digest, sealed: [])
    }
  }

  package mutating func add(_ opening: OpenedShares) throws {
    guard answers.insert(opening.site).inserted else {
      throw ProtocolFault(.duplicate, site: opening.site, "")
    }
  }

  package func outcome() throws -> Summation.Outcome {
    guard answers.count >= threshold else { throw ProtocolFault(.outOfOrder, "") }
    return try summation.outcome()
  }
}
