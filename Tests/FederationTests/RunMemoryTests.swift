#if canImport(Glibc)
  import Federation
  import Foundation
  import KonsilTesting
  import Queries
  import SecureAggregation
  import Testing

  /// What seizing a site finds in its memory at any time of a run. The first site of three encapsulates to both others,
  /// so the test can know what it shares with the second.
  @Suite("A run's memory", .serialized)
  struct RunMemoryTests {
    private static let shared = Secret(seed: 4711)

    /// A secret that the test holds altered.
    private struct Secret: Sendable {
      let masked: MaskedSecret

      init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        masked = MaskedSecret(random: &random, count: 32)
      }

      /// Keeps what `bytes` holds; digits in the meantime are not the bytes.
      init(_ bytes: borrowing SecretBytes) throws {
        let digits = bytes.withUnsafeBytes { bytes in
          bytes.reduce(into: "\"") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) } + "\""
        }
        masked = try JSONDecoder().decode(MaskedSecret.self, from: Data(digits.utf8))
      }
    }

    @Test("holds nothing that unmasks a step it has answered, and nothing of the run once it has ended")
    func answered() throws {
      let memory = try ProcessMemory()
      let bench = try Bench(SmallStudy.drawn())
      let turns = Counter()
      let site = try bench.freshSite(
        0,
        encapsulation: KeyEncapsulation(
          makePrivateKey: KeyEncapsulation.system.makePrivateKey,
          encapsulate: { publicKey in
            let sent = try KeyEncapsulation.system.encapsulate(publicKey)
            guard turns.next() == 1 else { return sent }
            return Encapsulation(ciphertext: sent.ciphertext, secret: Self.shared.masked.secretBytes())
          }))
      _ = try bench.openEpoch()
      var keys = bench.keys
      keys[0] = try site.tell(.openEpoch(1)).key()
      let list = try site.tell(.setupKeys(epoch: 1, keys)).ciphertexts()
      let setup = SignedSetupKey.setupDigest(bench.epochName, keys: keys)
      let roots = try Self.roots(keys, list, setup)
      #expect(site.tell(.ciphertexts(epoch: 1, [])) == Told())
      #expect(try memory.occurrences(of: Self.shared.masked) == 0, "the encapsulated secret")
      #expect(try memory.occurrences(of: roots[0].masked) > 0, "the first step's root")

      let request = StepRequest(
        epoch: 1, step: 1, attempt: 0, sites: bench.names, query: try bench.request().query)
      let sent = try site.tell(.step(request)).contribution()
      let maskKey = try Self.maskKey(roots[0], sent.attempt)
      #expect(try memory.occurrences(of: roots[0].masked) == 0, "the root of the answered step")
      #expect(try memory.occurrences(of: maskKey.masked) == 0, "the mask key of the answered step")
      #expect(try memory.occurrences(of: roots[1].masked) > 0, "the root of the next step")
      #expect(try site.tell(.step(request)).contribution() == sent)

      #expect(site.tell(.ended(.cancelled)).ended == .cancelled)
      #expect(try memory.occurrences(of: roots[1].masked) == 0, "the root of a step that never comes")
    }

    @Test("holds nothing of an epoch that another has followed")
    func nextEpoch() throws {
      let memory = try ProcessMemory()
      let bench = try Bench(SmallStudy.drawn())
      let secret = Secret(seed: 4712)
      let turns = Counter()
      let site = try bench.freshSite(
        0,
        encapsulation: KeyEncapsulation(
          makePrivateKey: KeyEncapsulation.system.makePrivateKey,
          encapsulate: { publicKey in
            let sent = try KeyEncapsulation.system.encapsulate(publicKey)
            guard turns.next() == 1 else { return sent }
            return Encapsulation(ciphertext: sent.ciphertext, secret: secret.masked.secretBytes())
          }))
      _ = try bench.openEpoch()
      var keys = bench.keys
      keys[0] = try site.tell(.openEpoch(1)).key()
      let list = try site.tell(.setupKeys(epoch: 1, keys)).ciphertexts()
      let setup = SignedSetupKey.setupDigest(bench.epochName, keys: keys)
      let root = try Secret(Self.root(secret, keys, list, setup))
      #expect(try memory.occurrences(of: root.masked) > 0)
      _ = try site.tell(.openEpoch(2)).key()
      #expect(try memory.occurrences(of: root.masked) == 0)
    }

    @Test("holds nothing of an answer that is withheld because it was once another")
    func changed() throws {
      let memory = try ProcessMemory()
      var random = SeededRandom(seed: .random(in: 0 ... .max))
      let secret = MaskedSecret(random: &random, count: 320)
      let query = Query(
        name: "words", parameters: [], segments: [.words("words", length: 40, width: .full)],
        isVerified: false)
      let bench = try Bench(SmallStudy.drawn()) { _, _ in WordsComputation { _ in nil } }
      try bench.setUp()
      let site = bench.sites[0]
      _ = try site.tell(.step(bench.request(query))).contribution()
      let turns = Counter()
      try site.restart(
        computation: WordsComputation { _ in
          _ = turns.next()
          return secret.words()
        })
      try bench.restart()
      let told = site.tell(.step(bench.request(query)))
      #expect(told.notes.map(\.rule) == ["contribution-changed"])
      #expect(turns.next() == 2, "the answer was made")
      #expect(try memory.occurrences(of: secret) == 0)
    }

    @Test("under tolerant holds no root of a step that it has opened or left, be it of masks or of shares")
    func tolerant() throws {
      let memory = try ProcessMemory()
      let secrets = WatchedSecrets()
      let bench = try Bench.tolerant(encapsulation: secrets.encapsulation)
      try bench.setUp()
      let roots = try [KeySchedule.PairUse.masks, .seals].map { use in
        var roots = [try Secret(Self.root(use, secrets, bench))]
        for step in 2...4 {
          roots.append(
            try Secret(KeySchedule.nextRoot(roots[step - 2].masked.secretBytes(), step: step)))
        }
        return roots
      }
      // How often the masks' root of a step and the shares' are in memory.
      func found(_ step: Int) throws -> [Int] {
        try roots.map { try memory.occurrences(of: $0[step - 1].masked) }
      }
      let gone = [0, 0]
      // The first two of the sites hold both.
      #expect(try found(1) == [2, 2])
      let first = try bench.request()
      _ = try bench.opened(first, bench.vectors(first))
      #expect(try found(1) == gone)
      #expect(try found(2) == [2, 2])

      let second = first.with(step: 2)
      _ = try bench.vectors(second)
      #expect(try found(2) == [2, 2], "which another attempt and its shares would need")
      _ = try bench.vectors(second.with(step: 3))
      #expect(try found(2) == gone, "of a step that never opened")
      #expect(try found(3) == [2, 2])
      for site in bench.sites { #expect(site.tell(.ended(.cancelled)).ended == .cancelled) }
      #expect(try found(3) == gone && found(4) == gone)
    }

    private static func root(
      _ use: KeySchedule.PairUse, _ secrets: WatchedSecrets, _ bench: Bench
    ) throws -> SecretBytes {
      let ciphertext = bench.lists[0].ciphertexts[0]
      return try KeySchedule.pairRoot(
        use, sharedSecret: SecretBytes(copying: secrets.secret(in: ciphertext)),
        lowerKey: bench.keys[0].publicKey, higherKey: bench.keys[1].publicKey,
        ciphertext: Digest(of: ciphertext), setup: bench.setup, lower: 0, higher: 1)
    }

    private static func root(
      _ secret: Secret, _ keys: [SignedSetupKey], _ list: SignedCiphertexts, _ setup: Digest
    ) throws -> SecretBytes {
      try KeySchedule.pairRoot(
        sharedSecret: secret.masked.secretBytes(), lowerKey: keys[0].publicKey,
        higherKey: keys[1].publicKey, ciphertext: Digest(of: list.ciphertexts[0]), setup: setup, lower: 0,
        higher: 1)
    }

    /// The root of the first two sites' masks at step 1, and at step 2.
    private static func roots(
      _ keys: [SignedSetupKey], _ list: SignedCiphertexts, _ setup: Digest
    ) throws -> [Secret] {
      let first = try root(shared, keys, list, setup)
      return [try Secret(first), try Secret(KeySchedule.nextRoot(first, step: 2))]
    }

    private static func maskKey(_ root: Secret, _ attempt: Digest) throws -> Secret {
      try Secret(KeySchedule.maskKey(root: root.masked.secretBytes(), attempt: attempt))
    }
  }
#endif
