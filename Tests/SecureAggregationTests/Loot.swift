import KonsilTesting
import Queries
import SecureAggregation

/// What a coordinator and some of the sites know together of one step, and what they make of it.
struct Loot {
  let fixture: SetupFixture
  let seed: UInt64
  let threshold: Int
  let colluders: Set<Int>
  /// Every vector that a site sent, by `T`.
  private(set) var sent: [Digest: [Int: SignedContribution]] = [:]
  private(set) var attempts: [Digest: Attempt] = [:]
  /// What is known of each site's secret under each `T`: its shares, by their place.
  private(set) var shares: [Digest: [Int: [UInt8: [UInt8]]]] = [:]

  init(_ fixture: SetupFixture, seed: UInt64, threshold: Int, colluders: Set<Int>) {
    self.fixture = fixture
    self.seed = seed
    self.threshold = threshold
    self.colluders = colluders
  }

  private func index(_ site: String) -> Int { fixture.roster.index(of: site) ?? -1 }

  /// A vector; each colluder among its sites opens the share that is sealed to it.
  mutating func take(_ contribution: SignedContribution, _ attempt: Attempt) throws {
    let dealer = index(contribution.site)
    attempts[contribution.attempt] = attempt
    sent[contribution.attempt, default: [:]][dealer] = contribution
    for (place, site) in attempt.sites.enumerated() {
      guard colluders.contains(index(site)), let sealed = contribution.dealing?.sealed[place], !sealed.isEmpty
      else { continue }
      let key = try KeySchedule.shareKey(
        root: SecretBytes(copying: SetupFixture.seal(seed, dealer, index(site))),
        attempt: contribution.attempt,
        from: contribution.site, to: site)
      if let share = try Sealing.open(sealed, key: key) {
        shares[contribution.attempt, default: [:]][dealer, default: [:]][UInt8(place + 1)] = exposed(share)
      }
    }
  }

  /// The shares that a site gives.
  mutating func take(_ opening: OpenedShares) {
    guard let sites = attempts[opening.attempt]?.sites, let place = sites.firstIndex(of: opening.site) else {
      return
    }
    for (site, share) in zip(sites, opening.shares) {
      shares[opening.attempt, default: [:]][index(site), default: [:]][UInt8(place + 1)] = share
    }
  }

  /// What a site is handed: each dealer's sealed share as it is, and noise where a dealer sent none for this `T`.
  func deliveries(to site: Int, _ attempt: Attempt) -> [ShareDelivery] {
    let name = fixture.roster.sites[site]
    let place = attempt.sites.firstIndex(of: name) ?? 0
    return attempt.sites.filter { $0 != name }.map { dealer in
      let dealing = sent[attempt.digest]?[index(dealer)]?.dealing
      return ShareDelivery(
        site: dealer, digest: dealing?.shares[place] ?? Digest(of: [0]),
        sealed: dealing?.sealed[place] ?? [UInt8](repeating: 0, count: Dealing.sealedByteCount))
    }
  }

  /// `b` of a site under one `T`, where enough shares of it are known.
  func secret(of dealer: Int, _ name: Digest) -> [UInt8]? {
    let known = (shares[name]?[dealer] ?? [:]).sorted { $0.key < $1.key }.prefix(threshold)
    guard let weights = Shamir.weights(of: known.map(\.key)),
      let secret = Shamir.secret(from: known.map(\.value), weights: weights)
    else { return nil }
    let digest = Dealing.digest(of: secret, attempt: name, from: fixture.roster.sites[dealer])
    return digest == sent[name]?[dealer]?.dealing?.secret ? exposed(secret) : nil
  }

  /// What is left of one site's vector without every mask that is known.
  func residue(of dealer: Int, _ name: Digest) throws -> [UInt64] {
    guard let attempt = attempts[name], var vector = sent[name]?[dealer]?.vector else { return [] }
    if let secret = secret(of: dealer, name) {
      let key = try KeySchedule.ownMaskKey(secret: SecretBytes(copying: secret), attempt: name)
      vector = try zip(vector, StepValues.stream(key, vector.count)).map { $0 &- $1 }
    }
    for peer in colluders where attempt.sites.contains(fixture.roster.sites[peer]) {
      let mask = try StepValues.mask(SetupFixture.root(seed, dealer, peer), attempt)
      vector = zip(vector, mask).map { peer > dealer ? $0 &- $1 : $0 &+ $1 }
    }
    return vector
  }
}
