import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("What a masked vector shows")
struct HiddenContributionTests {
  private static let length = 5000

  @Test("is uniform, were the contribution all zeros", arguments: [UInt64(1), 2, 3])
  func zerosLookUniform(seed: UInt64) throws {
    let fixture = try SetupFixture(sites: 4)
    let sites = try fixture.masking(seed: seed)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, StepValues.query(Self.length))
    let zeros = [[Double](repeating: 0, count: Self.length)]
    let sent = try sites.map { try $0.mask(zeros, attempt) }
    for contribution in sent {
      let statistic = Uniformity.chiSquare(contribution.vector)
      #expect(Uniformity.plausible.contains(statistic), "seed \(seed), \(contribution.site): \(statistic)")
    }
    for left in 1..<sites.count {
      let pair = zip(sent[0].vector, sent[left].vector).map { $0 &+ $1 }
      #expect(Uniformity.plausible.contains(Uniformity.chiSquare(pair)), "seed \(seed), sum of two")
      let three = StepValues.sum(sent.enumerated().filter { $0.offset != left }.map(\.element.vector))
      #expect(Uniformity.plausible.contains(Uniformity.chiSquare(three)), "seed \(seed), sum of three")
    }
    // The test can fail: what is not masked is far from uniform.
    #expect(!Uniformity.plausible.contains(Uniformity.chiSquare(StepValues.sum(sent.map(\.vector)))))
  }

  @Test("is unrelated to that of another step of the same values")
  func noStreamTwice() throws {
    let fixture = try SetupFixture(sites: 3)
    let sites = try fixture.masking(seed: 4)
    var sent: [[UInt64]] = []
    for step in 1...2 {
      let attempt = fixture.attempt(try sites[0].setup, step: step, StepValues.query(Self.length))
      sent.append(try sites[0].mask([[Double](repeating: 0, count: Self.length)], attempt).vector)
    }
    let difference = zip(sent[0], sent[1]).map { $0 &- $1 }
    #expect(Uniformity.plausible.contains(Uniformity.chiSquare(difference)))
  }

  @Test("tells coordinator and N - 2 sites, with all their secrets, the sum of the other two and no more")
  func colluders() throws {
    let seed: UInt64 = 7
    let fixture = try SetupFixture(sites: 4)
    let sites = try fixture.masking(seed: seed)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, StepValues.query(Self.length))
    var random = SeededRandom(seed: seed)
    let values = sites.map { _ in StepValues.random(Self.length, &random) }
    let sent = try zip(sites, values).map { try $0.mask($1, attempt) }
    for (first, second) in [(0, 1), (0, 3), (1, 2), (2, 3)] {
      let colluders = (0..<4).filter { $0 != first && $0 != second }
      let left = try Self.residue(first, sent[first].vector, attempt, without: colluders, seed: seed)
      let right = try Self.residue(second, sent[second].vector, attempt, without: colluders, seed: seed)
      let honest = [first, second].map { StepValues.elements(values[$0]) }
      #expect(Array(StepValues.sum([left, right]).prefix(Self.length)) == StepValues.sum(honest))
      for (vector, own) in [(left, honest[0]), (right, honest[1])] {
        #expect(Uniformity.plausible.contains(Uniformity.chiSquare(vector)))
        #expect(zip(vector, own).allSatisfy { $0 != $1 })
      }
      // What is left on it is the one mask of the two.
      let mask = try StepValues.mask(SetupFixture.root(seed, first, second), attempt)
      #expect(zip(left, mask).map { $0 &- $1 }.prefix(Self.length) == honest[0][...])
    }
  }

  @Test("does not become a sum where two sites were asked different things, whoever colludes")
  func differentQueries() throws {
    let seed: UInt64 = 8
    let zeros = [[Double](repeating: 0, count: Self.length)]
    let honestQuery = StepValues.query(Self.length)
    let narrow = try #require(RingWidth(bits: 56))
    func attempts(_ fixture: SetupFixture, _ setup: Digest) -> [Attempt] {
      [
        fixture.attempt(setup, step: 1, StepValues.query(Self.length, name: "other")),
        fixture.attempt(setup, step: 1, honestQuery, basis: Digest(of: [1])),
        fixture.attempt(
          setup, step: 1,
          Query(
            name: honestQuery.name, parameters: [],
            segments: [.counts("values", length: Self.length, bound: StepValues.bound, width: narrow)],
            isVerified: honestQuery.isVerified)),
      ]
    }
    let fixture = try SetupFixture(sites: 4)
    for other in 0..<3 {
      for (first, second) in [(0, 1), (0, 3), (1, 2)] {
        let sites = try fixture.masking(seed: seed)
        let asked = fixture.attempt(try sites[0].setup, step: 1, honestQuery)
        let instead = attempts(fixture, try sites[0].setup)[other]
        let colluders = (0..<4).filter { $0 != first && $0 != second }
        let one = try sites[first].mask(zeros, asked).vector
        let two = try sites[second].mask(zeros, instead).vector
        let left = try Self.residue(first, one, asked, without: colluders, seed: seed)
        // A colluder takes its masks of either attempt away, for the roots of both are its own.
        let right = try Self.residue(second, two, instead, without: colluders, seed: seed)
        for vector in [left, right, StepValues.sum([left, right]), zip(left, right).map { $0 &- $1 }] {
          let statistic = Uniformity.chiSquare(vector, bits: narrow.bits)
          #expect(Uniformity.plausible.contains(statistic), "\(other), \(first) and \(second)")
        }
      }
    }
  }

  /// A vector without every mask that its site shares with a colluder.
  private static func residue(
    _ index: Int, _ vector: [UInt64], _ attempt: Attempt, without colluders: [Int], seed: UInt64
  ) throws -> [UInt64] {
    try colluders.reduce(vector) { vector, other in
      let mask = try StepValues.mask(SetupFixture.root(seed, index, other), attempt)
      return zip(vector, mask).map { other > index ? $0 &- $1 : $0 &+ $1 }
    }
  }
}
