import KonsilTesting
import Queries
import SecureAggregation
import Testing

private struct File: Decodable {
  struct PairRoot: Decodable {
    let sharedSecret: Vectors.Hex
    let lowerKey: Vectors.Hex
    let higherKey: Vectors.Hex
    let ciphertextDigest: Vectors.Hex
    let setup: Vectors.Hex
    let lower: Int
    let higher: Int
    let root: Vectors.Hex
    let otherWayRound: Vectors.Hex
    let seal: Vectors.Hex
  }
  struct Mask: Decodable {
    let root: Vectors.Hex
    let attempt: Vectors.Hex
    let key: Vectors.Hex
  }
  struct Next: Decodable {
    let root: Vectors.Hex
    let step: Int
    let next: Vectors.Hex
  }
  struct Check: Decodable {
    let attempt: Vectors.Hex
    let width: Int
    let repetition: Int
    let key: Vectors.Hex
  }
  struct JournalDigest: Decodable {
    let key: Vectors.Hex
    let counts: [Double]
    let digest: Vectors.Hex
  }
  let journalDigest: JournalDigest
  let pairRoot: PairRoot
  let mask: Mask
  let next: [Next]
  let checks: [Check]
}

/// The bytes of a secret, for comparison.
func exposed(_ secret: consuming SecretBytes) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }

@Suite("Key schedule")
struct KeyScheduleTests {
  @Test("derives a pair's roots as the vectors, and another one the other way round")
  func pairRoot() throws {
    let file: File = try Vectors.read("key-schedule")
    let known = file.pairRoot
    func root(_ lower: Int, _ higher: Int, _ use: KeySchedule.PairUse = .masks) throws -> [UInt8] {
      exposed(
        try KeySchedule.pairRoot(
          use, sharedSecret: SecretBytes(copying: known.sharedSecret.bytes), lowerKey: known.lowerKey.bytes,
          higherKey: known.higherKey.bytes,
          ciphertext: try #require(Digest(bytes: known.ciphertextDigest.bytes)),
          setup: try #require(Digest(bytes: known.setup.bytes)), lower: lower, higher: higher))
    }
    #expect(try root(known.lower, known.higher) == known.root.bytes)
    #expect(try root(known.higher, known.lower) == known.otherWayRound.bytes)
    #expect(try root(known.lower, known.higher, .seals) == known.seal.bytes)
    #expect(Set([known.root, known.otherWayRound, known.seal]).count == 3)
  }

  @Test("derives mask keys, next roots and check keys as the vectors")
  func labels() throws {
    let file: File = try Vectors.read("key-schedule")
    let attempt = try #require(Digest(bytes: file.mask.attempt.bytes))
    let maskKey = try exposed(
      KeySchedule.maskKey(root: SecretBytes(copying: file.mask.root.bytes), attempt: attempt))
    #expect(maskKey == file.mask.key.bytes)
    for known in file.next {
      let next = try exposed(
        KeySchedule.nextRoot(SecretBytes(copying: known.root.bytes), step: known.step))
      #expect(next == known.next.bytes)
    }
    #expect(Set(file.checks.map(\.key)).count == 3)
    for known in file.checks {
      let attempt = try #require(Digest(bytes: known.attempt.bytes))
      let key = exposed(
        KeySchedule.checkKey(attempt: attempt, width: known.width, repetition: known.repetition))
      #expect(key == known.key.bytes)
    }
  }

  @Test("a contribution's keyed digest is the vectors', and needs the key")
  func journalDigest() throws {
    let known = try (Vectors.read("key-schedule") as File).journalDigest
    let query = StepValues.query(known.counts.count)
    func digest(_ key: [UInt8], _ counts: [Double]) throws -> Digest {
      let contribution = Contribution([counts], for: query)
      guard let contribution else { throw FixtureError() }
      return try #require(DigestKey(bytes: key)).digest(of: contribution)
    }
    #expect(try digest(known.key.bytes, known.counts).bytes == known.digest.bytes)
    #expect(try digest([UInt8](repeating: 0, count: 32), known.counts).bytes != known.digest.bytes)
    #expect(try digest(known.key.bytes, known.counts.reversed()).bytes != known.digest.bytes)
  }
}
