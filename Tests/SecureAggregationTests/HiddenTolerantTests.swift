import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("What masks show")
struct HiddenTolerantTests {
  private static let length = 4000
  private static let query = Query(
    name: "rings", parameters: [],
    segments: RandomQueries.widths.map { .words("\($0.bits)", length: length, width: $0) }, isVerified: false)

  /// The statistic of each ring's elements, over the bytes that travel.
  private func statistics(_ vector: [UInt64]) -> [(bits: Int, value: Double)] {
    RandomQueries.widths.enumerated().map { place, width in
      (
        width.bits,
        Uniformity.chiSquare(Array(vector[place * Self.length..<(place + 1) * Self.length]), bits: width.bits)
      )
    }
  }

  private func expectUniform(_ vector: [UInt64], _ what: String) {
    for (bits, value) in statistics(vector) {
      #expect(Uniformity.plausible.contains(value), "\(what), \(bits) bits: \(value)")
    }
  }

  @Test("is uniform in every ring, were the contributions all zeros, under either membership")
  func zeros() throws {
    let fixture = try SetupFixture(sites: 4)
    let sites = try fixture.masking(seed: 70)
    let zeros = [UInt64](repeating: 0, count: Self.query.length)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, Self.query)
    let fixed = try fixture.masking(seed: 70).map {
      try $0.mask(elements: zeros, attempt, withheld: 0).vector
    }
    var sum = MaskedSum(attempt, roster: fixture.roster, threshold: 3)
    var tolerant: [[UInt64]] = []
    for site in sites {
      try site.begin(elements: zeros, step: 1, Self.query)
      let sent = try site.send(attempt, secret: TolerantStep.secret(site.index), threshold: 3)
      tolerant.append(sent.vector)
      try sum.add(sent)
    }
    for (index, name) in fixture.roster.sites.enumerated() {
      expectUniform(fixed[index], "fixed, \(name)")
      expectUniform(tolerant[index], "tolerant, \(name)")
      expectUniform(zip(fixed[index], tolerant[index]).map { $0 &- $1 }, "the two memberships, \(name)")
    }
    expectUniform(StepValues.sum([fixed[0], fixed[1], fixed[2]]), "the sum of three")
    // Masks of pairs cancel; those of the sites' own stand until they are opened.
    expectUniform(StepValues.sum(tolerant), "the sum that is not opened")
    for site in sites {
      guard case .opening(let opening) = try site.answer(try sum.deliveries(to: site.name), attempt.digest)
      else {
        throw FixtureError()
      }
      try sum.add(opening)
    }
    #expect(try sum.outcome() == .sum(zeros))
    // The test can fail: what is not masked is far from uniform.
    #expect(statistics(zeros).allSatisfy { !Uniformity.plausible.contains($0.value) })
  }

  @Test("is another mask in a later attempt of the same step")
  func attempts() throws {
    let fixture = try SetupFixture(sites: 5)
    let site = try fixture.masking(seed: 71)[1]
    let zeros = [UInt64](repeating: 0, count: Self.query.length)
    try site.begin(elements: zeros, step: 1, Self.query)
    let setup = try site.setup
    let first = try site.send(
      fixture.attempt(setup, step: 1, Self.query), secret: TolerantStep.secret(1), threshold: 4)
    let second = try site.send(
      fixture.attempt(setup, step: 1, Self.query, number: 1, sites: Array(fixture.roster.sites.prefix(4))),
      // Even under the same b.
      secret: TolerantStep.secret(1), threshold: 4)
    expectUniform(zip(first.vector, second.vector).map { $0 &- $1 }, "the difference of two attempts")
  }

  @Test("never has one block twice in 100,000")
  func blocks() throws {
    var seen = Set<UInt128>()
    var random = SeededRandom(seed: 72)
    let root = random.bytes(32)
    // One root under many T, one b under many T, and long streams of one key.
    for draw in UInt64(0)..<500 {
      let name = Digest(of: withUnsafeBytes(of: draw) { Array($0) })
      for key in [
        exposed(try KeySchedule.maskKey(root: SecretBytes(copying: root), attempt: name)),
        exposed(try KeySchedule.ownMaskKey(secret: SecretBytes(copying: root), attempt: name)),
        exposed(try KeySchedule.coefficientKey(secret: SecretBytes(copying: root), attempt: name)),
      ] {
        let words = try StepValues.stream(SecretBytes(copying: key), 140)
        for place in stride(from: 0, to: 140, by: 2) {
          seen.insert(UInt128(words[place]) << 64 | UInt128(words[place + 1]))
        }
      }
    }
    #expect(seen.count == 500 * 3 * 70)
    #expect(seen.count >= 100_000)
  }
}
