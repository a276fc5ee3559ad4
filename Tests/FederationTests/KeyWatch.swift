import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// Follows a run with every pair's secret: derives each key that is used in it, sees by the vectors and the sealed
/// shares that it is the one used, and that none was used before.
struct KeyWatch {
  private struct Pair: Hashable {
    let lower: String
    let higher: String

    init(_ one: String, _ other: String, in roster: Roster) {
      let isInOrder = (roster.index(of: one) ?? 0) < (roster.index(of: other) ?? 0)
      (lower, higher) = isInOrder ? (one, other) : (other, one)
    }
  }

  let secrets: WatchedSecrets
  /// nil under `membership: fixed`.
  let threshold: Int?
  /// What each key was used for.
  private(set) var uses: [[UInt8]: String] = [:]
  private var masks: [Pair: [UInt8]] = [:]
  private var seals: [Pair: [UInt8]] = [:]

  init(_ secrets: WatchedSecrets, threshold: Int?) {
    self.secrets = secrets
    self.threshold = threshold
  }

  /// Takes the roots of the epoch that the bench has opened.
  mutating func beginEpoch(_ bench: Bench) throws {
    (masks, seals) = ([:], [:])
    for lower in bench.sites.indices {
      for (place, ciphertext) in bench.lists[lower].ciphertexts.enumerated() {
        let digest = Digest(of: ciphertext)
        let higher = lower + 1 + place
        func root(_ use: KeySchedule.PairUse) throws -> [UInt8] {
          try exposed(
            KeySchedule.pairRoot(
              use, sharedSecret: SecretBytes(copying: secrets.secret(in: ciphertext)),
              lowerKey: bench.keys[lower].publicKey, higherKey: bench.keys[higher].publicKey,
              ciphertext: digest, setup: bench.setup, lower: lower, higher: higher))
        }
        let pair = Pair(bench.names[lower], bench.names[higher], in: bench.roster)
        masks[pair] = try root(.masks)
        seals[pair] = try root(.seals)
      }
    }
  }

  /// Takes the vectors of one attempt.
  ///
  /// - Parameter secrets: every `b` where the attempt was opened; else they follow from the shares.
  mutating func take(
    _ request: StepRequest, _ vectors: [SignedContribution], secrets opened: [[UInt8]]? = nil, _ bench: Bench
  ) throws {
    let attempt = bench.attempt(request)
    let moment = "run \(bench.run), epoch \(bench.epoch), step \(request.step), attempt \(request.attempt)"
    for (place, site) in request.sites.enumerated() {
      for peer in request.sites[(place + 1)...] {
        let pair = Pair(site, peer, in: bench.roster)
        note(try maskKey(pair, attempt.digest), "the mask of \(pair), \(moment)")
      }
    }
    for (place, vector) in vectors.enumerated() {
      var left = vector.vector
      for peer in request.sites where peer != vector.site {
        let pair = Pair(vector.site, peer, in: bench.roster)
        try subtract(maskKey(pair, attempt.digest), from: &left, isAdded: pair.lower == vector.site)
      }
      if let threshold, let dealing = vector.dealing {
        let shares = try open(dealing, of: vector.site, attempt, bench.roster, moment)
        let secret = try opened?[place] ?? Self.secret(shares.prefix(threshold))
        let own = try exposed(
          KeySchedule.ownMaskKey(secret: SecretBytes(copying: secret), attempt: attempt.digest))
        note(own, "the own mask of \(vector.site), \(moment)")
        let coefficients = try KeySchedule.coefficientKey(
          secret: SecretBytes(copying: secret), attempt: attempt.digest)
        note(exposed(coefficients), "the coefficients of \(vector.site), \(moment)")
        try subtract(own, from: &left, isAdded: true)
      }
      // These are the masks: without them the word that says whether the site withheld is 0.
      #expect(left[request.query.length] == 0, "\(vector.site), \(moment)")
    }
  }

  mutating func endStep(_ step: Int) throws {
    func next(_ roots: [Pair: [UInt8]]) throws -> [Pair: [UInt8]] {
      try roots.mapValues { exposed(try KeySchedule.nextRoot(SecretBytes(copying: $0), step: step + 1)) }
    }
    (masks, seals) = (try next(masks), try next(seals))
  }

  private mutating func note(_ key: [UInt8], _ use: String) {
    if let before = uses[key] { Issue.record("one key for \(before) and for \(use)") }
    uses[key] = use
  }

  private func maskKey(_ pair: Pair, _ attempt: Digest) throws -> [UInt8] {
    let root = try #require(masks[pair])
    return exposed(try KeySchedule.maskKey(root: SecretBytes(copying: root), attempt: attempt))
  }

  private func subtract(_ key: [UInt8], from vector: inout [UInt64], isAdded: Bool) throws {
    var generator = try MaskGenerator(key: SecretBytes(copying: key))
    if isAdded { try generator.subtract(from: &vector) } else { try generator.add(to: &vector) }
  }

  /// The shares that a site sealed, each with its place.
  private mutating func open(
    _ dealing: Dealing, of dealer: String, _ attempt: Attempt, _ roster: Roster, _ moment: String
  ) throws -> [(place: UInt8, share: [UInt8])] {
    var shares: [(place: UInt8, share: [UInt8])] = []
    for (place, receiver) in attempt.sites.enumerated() where receiver != dealer {
      let root = try #require(seals[Pair(dealer, receiver, in: roster)])
      let key = exposed(
        try KeySchedule.shareKey(
          root: SecretBytes(copying: root), attempt: attempt.digest, from: dealer, to: receiver))
      note(key, "the share from \(dealer) to \(receiver), \(moment)")
      guard let share = try Sealing.open(dealing.sealed[place], key: SecretBytes(copying: key)) else {
        throw FixtureError()
      }
      shares.append((UInt8(place + 1), exposed(share)))
    }
    return shares
  }

  private static func secret(_ shares: some Collection<(place: UInt8, share: [UInt8])>) throws -> [UInt8] {
    let weights = try #require(Shamir.weights(of: shares.map(\.place)))
    guard let secret = Shamir.secret(from: shares.map(\.share), weights: weights) else {
      throw FixtureError()
    }
    return exposed(secret)
  }
}

private func exposed(_ secret: consuming SecretBytes) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }
