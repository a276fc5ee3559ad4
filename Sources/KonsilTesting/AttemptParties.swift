import Queries
import SecureAggregation

/// A site in the steps of a run, masked or in the clear: one suite tests both.
package protocol AttemptSite: AnyObject {
  var name: String { get }

  /// A step under `membership: fixed`.
  func mask(elements: [UInt64], _ attempt: Attempt, withheld: UInt64) throws -> SignedContribution

  /// Begins a step under `membership: tolerant`.
  func begin(elements: [UInt64], step: Int, _ query: Query, withheld: UInt64) throws

  /// - Parameter secret: `b`, 32 bytes.
  func send(_ attempt: Attempt, secret: [UInt8], threshold: Int) throws -> SignedContribution

  func answer(_ deliveries: [ShareDelivery], _ attempt: Digest) throws -> OpeningAnswer
}

/// What the coordinator makes of one attempt under `membership: tolerant`.
package protocol AttemptSum {
  init(_ attempt: Attempt, roster: Roster, threshold: Int)

  var missing: [String] { get }
  mutating func add(_ contribution: SignedContribution) throws

  /// What `site` gets to open, once nothing is missing.
  mutating func deliveries(to site: String) throws -> [ShareDelivery]
  mutating func add(_ opening: OpenedShares) throws

  /// The sum, once enough have answered.
  func outcome() throws -> Summation.Outcome
}

extension SetupSite: AttemptSite {
  package func begin(elements: [UInt64], step: Int, _ query: Query, withheld: UInt64 = 0) throws {
    let contribution = Contribution(elements: elements, for: query)
    guard let contribution,
      try maskPhase?.begin(contribution, step: step, query: query, withheld: withheld) != nil
    else { throw FixtureError() }
  }

  package func send(_ attempt: Attempt, secret: [UInt8], threshold: Int) throws -> SignedContribution {
    guard
      let sent = try maskPhase?.maskAttempt(
        attempt, secret: SecretBytes(copying: secret), threshold: threshold, signer: signer)
    else { throw FixtureError() }
    return sent
  }

  package func answer(_ deliveries: [ShareDelivery], _ attempt: Digest) throws -> OpeningAnswer {
    guard let answer = try maskPhase?.open(deliveries, attempt: attempt, signer: signer) else {
      throw FixtureError()
    }
    return answer
  }
}

/// The coordinator's part as it is.
package struct MaskedSum: AttemptSum {
  private let roster: Roster
  private let threshold: Int
  package private(set) var summation: Summation
  package private(set) var opening: Opening?

  package init(_ attempt: Attempt, roster: Roster, threshold: Int) {
    summation = Summation(attempt, roster: roster, isTolerant: true)
    self.roster = roster
    self.threshold = threshold
  }

  package var missing: [String] { summation.missing }

  package mutating func add(_ contribution: SignedContribution) throws { try summation.add(contribution) }

  private func opened() throws -> Opening {
    try opening ?? Opening(summation, roster: roster, threshold: threshold)
  }

  package mutating func deliveries(to site: String) throws -> [ShareDelivery] {
    let opening = try opened()
    self.opening = opening
    return opening.deliveries(to: site)
  }

  package mutating func add(_ answer: OpenedShares) throws {
    var opening = try opened()
    try opening.add(answer)
    self.opening = opening
  }

  package func outcome() throws -> Summation.Outcome {
    var summation = summation
    try summation.unmask(try opened().secrets())
    return try summation.outcome()
  }
}
