import Queries

/// The second exchange of an attempt under `membership: tolerant`, at the coordinator: it passes on the sealed shares
/// once every `y` is whole, and collects the sites' answers until there are enough to open the sum.
package struct Opening: Sendable {
  package let attempt: Attempt
  package let threshold: Int
  private let name: Digest
  private let roster: Roster
  /// In the order of the attempt's sites.
  private let dealings: [Dealing]
  private var openings: [OpenedShares] = []

  /// - Parameter summation: one that nothing is missing from.
  /// - Throws: `ProtocolFault` `.outOfOrder` while a site is missing, `.wrongRoster` for more sites than shares.
  package init(_ summation: Summation, roster: Roster, threshold: Int) throws(ProtocolFault) {
    let dealings = summation.attempt.sites.compactMap { summation.dealings[$0] }
    guard summation.missing.isEmpty, dealings.count == summation.attempt.sites.count else {
      throw ProtocolFault(.outOfOrder, "contributions are missing")
    }
    guard threshold >= 1, dealings.count <= Shamir.mostShares else {
      throw ProtocolFault(.wrongRoster, "a sum is opened by 1 to \(Shamir.mostShares) sites")
    }
    attempt = summation.attempt
    name = attempt.digest
    self.roster = roster
    self.dealings = dealings
    self.threshold = threshold
  }

  /// What a site of the attempt gets to open.
  package func deliveries(to site: String) -> [ShareDelivery] {
    guard let place = attempt.sites.firstIndex(of: site) else { return [] }
    return zip(attempt.sites, dealings).filter { $0.0 != site }.map {
      ShareDelivery(site: $0.0, digest: $0.1.shares[place], sealed: $0.1.sealed[place])
    }
  }

  package func has(_ site: String) -> Bool { openings.contains { $0.site == site } }

  /// Whether enough sites have answered.
  package var isReady: Bool { openings.count >= threshold }

  /// Takes a site's shares. They need no signature: each is the one whose digest its dealer signed.
  ///
  /// - Throws: `ProtocolFault` naming the site.
  package mutating func add(_ opening: OpenedShares) throws(ProtocolFault) {
    let site = opening.site
    guard let place = attempt.sites.firstIndex(of: site) else {
      throw ProtocolFault(.wrongRoster, site: site, "it is not a site of this attempt")
    }
    guard opening.attempt == name else {
      throw ProtocolFault(.wrongAttempt, site: site, "its shares are for another attempt")
    }
    guard opening.shares.count == attempt.sites.count else {
      throw ProtocolFault(.wrongLength, site: site, "its shares are not those of all sites")
    }
    guard !has(site) else { throw ProtocolFault(.duplicate, site: site, "its shares are there already") }
    for (index, share) in opening.shares.enumerated() {
      let digest = Dealing.digest(
        of: SecretBytes(copying: share), attempt: name, from: attempt.sites[index], to: site)
      guard digest == dealings[index].shares[place] else {
        throw ProtocolFault(.falseShare, site: site, "a share of its answer is not the one it was dealt")
      }
    }
    openings.append(opening)
  }

  /// Checks a complaint's signature; what it says of its dealer cannot be checked, unless the site has answered with
  /// that dealer's share.
  ///
  /// - Throws: `ProtocolFault` naming the site that complains.
  package func accept(_ complaint: SignedComplaint) throws(ProtocolFault) {
    let statement = SignedComplaint.statement(
      attempt: name, site: complaint.site, dealer: complaint.dealer)
    guard complaint.attempt == name, attempt.sites.contains(complaint.site),
      attempt.sites.contains(complaint.dealer), complaint.site != complaint.dealer,
      roster.key(of: complaint.site)?.verifies(complaint.signature, .complaint, statement) == true
    else {
      throw ProtocolFault(.badSignature, site: complaint.site, "its complaint is not one about this attempt")
    }
    guard !has(complaint.site) else {
      throw ProtocolFault(.duplicate, site: complaint.site, "its shares are there already")
    }
  }

  /// The secrets `b` of all sites of the attempt, in its order.
  ///
  /// - Throws: `ProtocolFault` `.outOfOrder` before enough have answered, `.falseShare` naming the dealer whose shares
  ///   are not those that follow from its secret.
  package func secrets() throws -> [[UInt8]] {
    guard isReady else { throw ProtocolFault(.outOfOrder, "too few sites have answered") }
    let answers = openings.prefix(threshold)
    let places = answers.map { UInt8((attempt.sites.firstIndex(of: $0.site) ?? 0) + 1) }
    let weights = Shamir.weights(of: places) ?? []
    return try attempt.sites.enumerated().map { index, dealer in
      guard let secret = Shamir.secret(from: answers.map { $0.shares[index] }, weights: weights),
        try Sharing.follows(
          dealings[index], from: secret, attempt: name, sites: attempt.sites, dealer: dealer,
          threshold: threshold)
      else { throw ProtocolFault(.falseShare, site: dealer, "the shares it dealt do not give its secret") }
      return secret.withUnsafeBytes { Array($0) }
    }
  }
}
