#if canImport(Glibc)
  import KonsilTesting
  import Queries
  import SecureAggregation
  import Testing

  private struct File: Decodable {
    struct Site: Decodable {
      let name: String
      let identitySeed: Vectors.Hex
    }
    struct Peer: Decodable {
      let peer: Int
      let root: MaskedSecret
      let rootExtracted: MaskedSecret
      let maskKey: MaskedSecret
      let mask: MaskedSecret
      let nextRoot: MaskedSecret
    }
    struct XWing: Decodable {
      let seed: MaskedSecret
      let x25519: MaskedSecret
      let mlkemRejection: MaskedSecret
      let publicKey: Vectors.Hex
      let ciphertext: Vectors.Hex
      let sharedSecret: MaskedSecret
      let sharedSecretExtracted: MaskedSecret
    }
    let setup: Vectors.Hex
    let sites: [Site]
    let site: String
    let step: Int
    let query: Vectors.VectorQuery
    let attempt: Vectors.Hex
    let values: [[Vectors.Word]]
    let elements: MaskedSecret
    let peers: [Peer]
    let xwing: XWing
  }

  extension ProcessMemory {
    /// How often a key of HMAC-SHA-256 stands in memory, as it is or with HMAC's inner or outer pad.
    fileprivate func traces(ofKey key: MaskedSecret) throws -> Int {
      try occurrences(of: key) + occurrences(of: key.padded(with: 0x36))
        + occurrences(of: key.padded(with: 0x5c))
    }
  }

  /// These tests look at the process's own memory, as whoever seizes a site does. The secrets come from
  /// `secrets-of-a-step.json`, which no other test reads.
  @Suite("Memory", .serialized)
  struct WipingTests {
    @Test("holds neither roots, mask keys, masks nor the contribution of a step that was sent")
    func step() throws {
      let memory = try ProcessMemory()
      let known: File = try Vectors.read("secrets-of-a-step")
      let signers = try known.sites.map { try #require(SigningKey(seed: $0.identitySeed.bytes)) }
      let roster = try Roster(zip(known.sites, signers).map { .init(site: $0.name, key: $1.identity) })
      let attempt = Attempt(
        setup: try #require(Digest(bytes: known.setup.bytes)), step: known.step, number: 0,
        query: try known.query.query(), sites: roster.sites, basis: Attempt.basis(of: []))
      #expect(attempt.digest.bytes == known.attempt.bytes)
      let index = try #require(roster.index(of: known.site))
      let peers = Dictionary(uniqueKeysWithValues: known.peers.map { ($0.peer, $0) })
      var phase: SiteMaskPhase? = try SiteMaskPhase(
        setup: attempt.setup, roster: roster, site: known.site
      ) { peers[$0]?.root.secretBytes() ?? SecretBytes(count: 32) }
      let made = Contribution(known.values.map { $0.map(\.real) }, for: attempt.query)
      guard let contribution = made else { throw FixtureError() }
      // What is to be gone is there, so that the search can find it.
      #expect(try memory.occurrences(of: known.elements) > 0)
      for peer in known.peers { #expect(try memory.occurrences(of: peer.root) > 0) }

      _ = try phase?.mask(contribution, attempt, signer: signers[index])

      #expect(try memory.occurrences(of: known.elements) == 0, "the contribution")
      for peer in known.peers {
        #expect(try memory.occurrences(of: peer.root) == 0, "the root with \(peer.peer)")
        #expect(
          try memory.occurrences(of: peer.rootExtracted) == 0, "what HKDF made of the root with \(peer.peer)")
        #expect(try memory.occurrences(of: peer.maskKey) == 0, "the mask key with \(peer.peer)")
        #expect(try memory.occurrences(of: peer.mask) == 0, "the mask with \(peer.peer)")
        #expect(try memory.occurrences(of: peer.nextRoot) > 0, "the next root with \(peer.peer)")
      }
      phase = nil
      for peer in known.peers {
        #expect(try memory.occurrences(of: peer.nextRoot) == 0, "the next root with \(peer.peer)")
      }
    }

    @Test("holds nothing of the root that a key was derived from")
    func derivation() throws {
      let memory = try ProcessMemory()
      let known: File = try Vectors.read("secrets-of-a-step")
      let attempt = try #require(Digest(bytes: known.attempt.bytes))
      for peer in known.peers {
        let key = try KeySchedule.maskKey(root: peer.root.secretBytes(), attempt: attempt)
        #expect(try memory.occurrences(of: peer.root) == 0)
        #expect(try memory.traces(ofKey: peer.rootExtracted) == 0)
        #expect(try memory.occurrences(of: peer.maskKey) == 1)
        let count = key.count
        #expect(count == 32)
      }
    }

    @Test("holds neither X-Wing keys nor the secrets they carried once set-up is done")
    func setup() throws {
      let memory = try ProcessMemory()
      let known = try (Vectors.read("secrets-of-a-step") as File).xwing
      let fixture = try SetupFixture(sites: 4)
      let sender = KeyEncapsulation(
        makePrivateKey: KeyEncapsulation.system.makePrivateKey,
        encapsulate: { publicKey in
          publicKey == known.publicKey.bytes
            ? Encapsulation(ciphertext: known.ciphertext.bytes, secret: known.sharedSecret.secretBytes())
            : try KeyEncapsulation.system.encapsulate(publicKey)
        })
      let receiver = KeyEncapsulation(
        makePrivateKey: { try known.seed.withRevealed { try EncapsulationPrivateKey(seed: $0) } },
        encapsulate: KeyEncapsulation.system.encapsulate)
      let sites = [
        try fixture.site(0, encapsulation: sender), try fixture.site(1), try fixture.site(2),
        try fixture.site(3, encapsulation: receiver),
      ]
      #expect(try sites[3].signedKey.publicKey == known.publicKey.bytes)
      let secrets = [
        ("seed", known.seed), ("X25519 key", known.x25519), ("ML-KEM rejection secret", known.mlkemRejection),
      ]
      for (name, secret) in secrets { #expect(try memory.occurrences(of: secret) > 0, "\(name)") }

      try fixture.exchange(sites)

      for (name, secret) in secrets { #expect(try memory.occurrences(of: secret) == 0, "\(name)") }
      #expect(try memory.occurrences(of: known.sharedSecret) == 0, "shared secret")
      #expect(try memory.traces(ofKey: known.sharedSecretExtracted) == 0, "what HKDF made of it")
      #expect(try sites[0].roots[3] == sites[3].roots[0])
    }

    @Test("holds no X-Wing key of a set-up that was refused")
    func refusedSetup() throws {
      let memory = try ProcessMemory()
      let known = try (Vectors.read("secrets-of-a-step") as File).xwing
      let fixture = try SetupFixture(sites: 3)
      let receiver = KeyEncapsulation(
        makePrivateKey: { try known.seed.withRevealed { try EncapsulationPrivateKey(seed: $0) } },
        encapsulate: KeyEncapsulation.system.encapsulate)
      let site = try fixture.site(2, encapsulation: receiver)
      #expect(try memory.occurrences(of: known.seed) > 0)
      expectFault(.wrongRoster) { _ = try site.accept([] as [SignedSetupKey]) }
      #expect(try memory.occurrences(of: known.seed) == 0)
    }

    @Test("of secret bytes is zero after wiping, and holds nothing of them when they are gone")
    func secretBytes() throws {
      let memory = try ProcessMemory()
      var random = SeededRandom(seed: 77)
      let wiped = MaskedSecret(random: &random, count: 100)
      let secret = wiped.secretBytes()
      #expect(try memory.occurrences(of: wiped) == 1)
      secret.wipe()
      #expect(secret.withUnsafeBytes { $0.count == 100 && $0.allSatisfy { $0 == 0 } })
      #expect(try memory.occurrences(of: wiped) == 0)

      let dropped = MaskedSecret(random: &random, count: 3000)
      do {
        let held = dropped.secretBytes()
        #expect(try memory.occurrences(of: dropped) == 1)
        let count = held.count
        #expect(count == 3000)
      }
      #expect(try memory.occurrences(of: dropped) == 0)

      var elements: [UInt64] = [1, 2, .max]
      wipe(&elements)
      #expect(elements == [0, 0, 0])
    }

    @Test("is searched: what is not wiped is found")
    func control() throws {
      let memory = try ProcessMemory()
      var random = SeededRandom(seed: 78)
      let secret = MaskedSecret(random: &random, count: 32)
      #expect(try memory.occurrences(of: secret) == 0)
      let found = try secret.withRevealed { bytes in
        try (memory.occurrences(of: secret), bytes.count)
      }
      #expect(found.0 == 1)
    }
  }
#endif
