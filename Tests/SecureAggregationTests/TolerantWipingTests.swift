#if canImport(Glibc)
  import KonsilTesting
  import Queries
  import SecureAggregation
  import Testing

  private struct File: Decodable {
    let answered: Secrets
    let notAnswered: Secrets
  }

  private struct Secrets: Decodable {
    struct Site: Decodable {
      let name: String
      let identitySeed: Vectors.Hex
    }
    struct Peer: Decodable {
      let peer: Int
      let root: MaskedSecret
      let seal: MaskedSecret
      let maskKey: MaskedSecret
      let mask: MaskedSecret
      let shareKey: MaskedSecret
      let nextRoot: MaskedSecret
      let nextSeal: MaskedSecret
      let theirKey: MaskedSecret
      let theirShare: MaskedSecret
      let sealed: Vectors.Hex
      let shareDigest: Vectors.Hex
    }
    let setup: Vectors.Hex
    let sites: [Site]
    let site: String
    let step: Int
    let threshold: Int
    let query: Vectors.VectorQuery
    let attempt: Vectors.Hex
    let elements: MaskedSecret
    let secret: MaskedSecret
    let ownMaskKey: MaskedSecret
    let ownMask: MaskedSecret
    let coefficientKey: MaskedSecret
    let firstCoefficient: MaskedSecret
    let ownShare: MaskedSecret
    let peers: [Peer]
  }

  /// A site that has sent its vector of a step under `membership: tolerant`, from `secrets-of-a-tolerant-step.json`,
  /// which no other test reads.
  private final class Memory {
    let known: Secrets
    let memory: ProcessMemory
    let attempt: Attempt
    let signer: SigningKey
    var phase: SiteMaskPhase?

    /// - Parameter secrets: those that are answered are said, and may be found later.
    init(_ secrets: KeyPath<File, Secrets> = \.notAnswered) throws {
      memory = try ProcessMemory()
      known = try (Vectors.read("secrets-of-a-tolerant-step") as File)[keyPath: secrets]
      let signers = try known.sites.map { try #require(SigningKey(seed: $0.identitySeed.bytes)) }
      let roster = try Roster(zip(known.sites, signers).map { .init(site: $0.name, key: $1.identity) })
      let query = try known.query.query()
      attempt = Attempt(
        setup: try #require(Digest(bytes: known.setup.bytes)), step: known.step, number: 0, query: query,
        sites: roster.sites, basis: Attempt.basis(of: []))
      signer = signers[2]
      #expect(attempt.digest.bytes == known.attempt.bytes)
      let peers = Dictionary(uniqueKeysWithValues: known.peers.map { ($0.peer, $0) })
      phase = try SiteMaskPhase(
        setup: attempt.setup, roster: roster, site: known.site,
        root: { peers[$0]?.root.secretBytes() ?? SecretBytes(count: 32) },
        seal: { peers[$0]?.seal.secretBytes() ?? SecretBytes(count: 32) })
      let contribution = Contribution(elements: known.elements.words(), for: query)
      guard let contribution else { throw FixtureError() }
      try phase?.begin(contribution, step: known.step, query: query)
      // What is to be gone is there, so that the search can find it.
      try expect(known.elements, "the contribution", isThere: true)
      for peer in known.peers {
        try expect(peer.root, "the root", isThere: true)
        try expect(peer.seal, "the root of seals", isThere: true)
      }
      _ = try phase?.maskAttempt(
        attempt, secret: known.secret.secretBytes(), threshold: known.threshold, signer: signer)
    }

    func expect(
      _ secret: MaskedSecret, _ what: Comment, isThere: Bool = false,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      #expect(try (memory.occurrences(of: secret) > 0) == isThere, what, sourceLocation: sourceLocation)
    }

    /// Nothing is left of what made the site's own mask and shares, but the mask's key while it may be asked again.
    func expectNothingOfTheDealing(mayBeAskedAgain: Bool = false) throws {
      try expect(known.secret, "b")
      try expect(known.ownMaskKey, "the key of its own mask", isThere: mayBeAskedAgain)
      try expect(known.ownMask, "its own mask")
      try expect(known.coefficientKey, "the key of the coefficients")
      try expect(known.firstCoefficient, "the first coefficient")
      for peer in known.peers {
        try expect(peer.maskKey, "the mask key with \(peer.peer)")
        try expect(peer.mask, "the mask with \(peer.peer)")
        try expect(peer.shareKey, "the key that sealed the share of \(peer.peer)")
      }
    }

    /// Neither what the site put in nor what opens the step is there, but the roots of the next step are.
    func expectNothingOfTheStep() throws {
      try expectNothingOfTheDealing()
      try expect(known.elements, "the contribution")
      for peer in known.peers {
        try expect(peer.root, "the root with \(peer.peer)")
        try expect(peer.seal, "the root of seals with \(peer.peer)")
        try expect(peer.theirKey, "the key that opens the share of \(peer.peer)")
        try expect(peer.nextRoot, "the next root with \(peer.peer)", isThere: true)
        try expect(peer.nextSeal, "the next root of seals with \(peer.peer)", isThere: true)
      }
    }

    func deliveries(spoiling spoiled: Int? = nil) throws -> [ShareDelivery] {
      try known.peers.map { peer in
        var sealed = peer.sealed.bytes
        if peer.peer == spoiled { sealed[40] ^= 1 }
        return ShareDelivery(
          site: known.sites[peer.peer].name, digest: try #require(Digest(bytes: peer.shareDigest.bytes)),
          sealed: sealed)
      }
    }
  }

  @Suite("Memory, while a step may be asked again,", .serialized)
  struct TolerantWipingTests {
    @Test("holds the key of its own mask and its own share, but neither the contribution, b nor a share key")
    func sent() throws {
      let site = try Memory()
      try site.expectNothingOfTheDealing(mayBeAskedAgain: true)
      try site.expect(site.known.elements, "the contribution")
      try site.expect(site.known.ownShare, "its own share", isThere: true)
    }

    @Test("holds neither contribution, b, roots nor keys once the shares are answered")
    func answered() throws {
      let site = try Memory(\.answered)
      let answer = try site.phase?.open(
        try site.deliveries(), attempt: site.attempt.digest, signer: site.signer)
      guard case .opening = answer else {
        Issue.record("no shares")
        return
      }
      try site.expectNothingOfTheStep()
    }

    @Test("holds no share, its own or another's, once it complained")
    func complained() throws {
      let site = try Memory()
      // The last share does not open, so the others have been opened before.
      let answer = try site.phase?.open(
        try site.deliveries(spoiling: 3), attempt: site.attempt.digest, signer: site.signer)
      guard case .complaint(let complaint) = answer else {
        Issue.record("no complaint")
        return
      }
      #expect(complaint.dealer == "basel")
      try site.expectNothingOfTheStep()
      try site.expect(site.known.ownShare, "its own share")
      for peer in site.known.peers { try site.expect(peer.theirShare, "the share of \(peer.peer)") }
    }

    @Test("holds nothing of a step that was left")
    func left() throws {
      let site = try Memory()
      let query = StepValues.query(1)
      let contribution = Contribution([[1]], for: query)
      guard let contribution else { throw FixtureError() }
      try site.phase?.begin(contribution, step: site.known.step + 1, query: query)
      try site.expectNothingOfTheStep()
      try site.expect(site.known.ownShare, "its own share")
      for peer in site.known.peers { try site.expect(peer.theirShare, "the share of \(peer.peer)") }
    }

    @Test("holds nothing of a run that was given up")
    func dropped() throws {
      let site = try Memory()
      site.phase = nil
      try site.expectNothingOfTheDealing()
      try site.expect(site.known.elements, "the contribution")
      try site.expect(site.known.ownShare, "its own share")
      for peer in site.known.peers {
        try site.expect(peer.root, "the root")
        try site.expect(peer.seal, "the root of seals")
      }
    }
  }
#endif
