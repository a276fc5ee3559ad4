#if canImport(Glibc)
  import KonsilTesting
  import Queries
  import SecureAggregation
  import Testing

  /// The elements of contributions that never leave, looked for in the process's own memory.
  @Suite("Memory holds no element of a contribution", .serialized)
  struct DroppedContributionTests {
    private static let count = 40

    private let memory: ProcessMemory
    private let secret: MaskedSecret
    private let query = Query(
      name: "words", parameters: [], segments: [.words("words", length: Self.count, width: .full)],
      isVerified: false)

    init() throws {
      memory = try ProcessMemory()
      var random = SeededRandom(seed: .random(in: 0 ... .max))
      secret = MaskedSecret(random: &random, count: 8 * Self.count)
    }

    private func isThere() throws -> Bool { try memory.occurrences(of: secret) > 0 }

    private func contribution(spare: Int = Contribution.spareCapacity) throws -> Contribution {
      guard let made = Contribution(elements: secret.words(spare: spare), for: query) else {
        throw FixtureError()
      }
      return made
    }

    @Test("that was dropped", arguments: [0, Contribution.spareCapacity])
    func dropped(spare: Int) throws {
      do {
        let contribution = try contribution(spare: spare)
        #expect(try memory.occurrences(of: secret) == 1)
        let count = contribution.count
        #expect(count == Self.count)
      }
      #expect(try !isThere())
    }

    @Test("that was taken, where it came without room for what aggregation appends")
    func moved() throws {
      var elements = try contribution(spare: 0).take()
      elements += repeatElement(1, count: Contribution.spareCapacity)
      #expect(try memory.occurrences(of: secret) == 1)
      wipe(&elements)
      #expect(try !isThere())
    }

    @Test("of another length than its query's")
    func length() throws {
      let other = Query(
        name: "words", parameters: [], segments: [.words("words", length: Self.count + 1, width: .full)],
        isVerified: false)
      let isMade = Contribution(elements: secret.words(), for: other) != nil
      #expect(!isMade)
      #expect(try !isThere())
    }

    @Test("of whose values the last is beyond the bound")
    func bound() throws {
      var random = SeededRandom(seed: .random(in: 0 ... .max))
      let query = Query(
        name: "counts", parameters: [],
        segments: [.counts("rows", length: Self.count + 1, bound: 1 << 52)], isVerified: false)
      // A double's bytes are not those of the integer that it becomes.
      let values = (0..<Self.count).map { _ in Double(random.next() >> 12) }
      var words = values.map { UInt64($0) }
      let elements = MaskedSecret(wiping: &words)
      #expect(try memory.occurrences(of: elements) == 0)
      do {
        guard let sound = Contribution([values + [0]], for: query) else { throw FixtureError() }
        #expect(try memory.occurrences(of: elements) == 1)
        let count = sound.count
        #expect(count == Self.count + 1)
      }
      let isMade = Contribution([values + [.infinity]], for: query) != nil
      #expect(!isMade)
      #expect(try memory.occurrences(of: elements) == 0)
    }

    @Test("that a mask phase refuses, under either membership")
    func refused() throws {
      let fixture = try SetupFixture(sites: 3)
      let setup = Digest(of: [])
      func phase() throws -> SiteMaskPhase {
        try SiteMaskPhase(setup: setup, roster: fixture.roster, site: fixture.roster.sites[0]) { _ in
          SecretBytes(count: 32)
        }
      }
      let attempt = Attempt(
        setup: Digest(of: [1]), step: 1, number: 0, query: query, sites: fixture.roster.sites,
        basis: Attempt.basis(of: []))
      expectFault(.wrongSetup) {
        var fixed = try phase()
        _ = try fixed.mask(contribution(), attempt, signer: fixture.signers[0])
      }
      #expect(try !isThere())
      expectFault(.outOfOrder) {
        var tolerant = try phase()
        try tolerant.begin(Contribution(zerosFor: query), step: 1, query: query)
        try tolerant.begin(contribution(), step: 3, query: query)
      }
      #expect(try !isThere())
    }
  }
#endif
