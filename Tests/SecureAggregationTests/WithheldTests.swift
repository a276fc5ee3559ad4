import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A withheld answer")
struct WithheldTests {
  private static let length = 5000

  private func step(
    withholding: Set<Int>, withheld: UInt64 = 7
  ) throws -> (outcome: Summation.Outcome, total: [UInt64]) {
    let fixture = try SetupFixture(sites: 4)
    let sites = try fixture.masking(seed: 3)
    var random = SeededRandom(seed: 31)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, StepValues.query(Self.length))
    let ones = [[Double](repeating: 1, count: Self.length)]
    let sent = try sites.map { site in
      withholding.contains(site.index)
        ? try site.withhold(attempt, withheld: withheld) { random.next() } : try site.mask(ones, attempt)
    }
    return (
      try Summation.outcome(of: sent, attempt, fixture.roster), StepValues.sum(sent.map(\.vector))
    )
  }

  @Test("of none leaves the sum")
  func none() throws {
    #expect(try step(withholding: []).outcome == .sum([UInt64](repeating: 4, count: Self.length)))
  }

  @Test("voids the sum, whoever and however many withhold", arguments: [[0], [3], [1, 2], [0, 1, 2, 3]])
  func void(sites: [Int]) throws {
    let (outcome, total) = try step(withholding: Set(sites))
    #expect(outcome == .void)
    #expect(total[Self.length] == UInt64(7 * sites.count))
  }

  @Test(
    "leaves nothing of the others' numbers: every element of the sum is uniform",
    arguments: [[0], [2], [0, 3]])
  func othersDoNotStand(sites: [Int]) throws {
    let total = try step(withholding: Set(sites)).total
    let numbers = Array(total.prefix(Self.length))
    #expect(Uniformity.plausible.contains(Uniformity.chiSquare(numbers)))
    #expect(!numbers.contains(4))
    #expect(!numbers.contains(UInt64(4 - sites.count)))
    let answered = try step(withholding: []).total
    #expect(total[Self.length + 1] != answered[Self.length + 1])
  }

  @Test("is not told from an answer by the vector that one site sends")
  func looksAlike() throws {
    let fixture = try SetupFixture(sites: 3)
    let sites = try fixture.masking(seed: 5)
    var random = SeededRandom(seed: 6)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, StepValues.query(Self.length))
    let withheld = try sites[0].withhold(attempt, withheld: 1) { random.next() }
    let answered = try sites[1].mask([[Double](repeating: 0, count: Self.length)], attempt)
    #expect(withheld.vector.count == answered.vector.count)
    for vector in [withheld.vector, answered.vector] {
      #expect(Uniformity.plausible.contains(Uniformity.chiSquare(vector)))
    }
  }

  @Test("spends the step as an answer does")
  func spends() throws {
    let fixture = try SetupFixture(sites: 3)
    let site = try fixture.masking(seed: 5)[0]
    let attempt = fixture.attempt(try site.setup, step: 1, StepValues.query(1))
    let before = try site.roots
    _ = try site.withhold(attempt, withheld: 1) { 5 }
    #expect(try zip(before, site.roots).dropFirst().allSatisfy { $0 != $1 })
    expectFault(.outOfOrder) { _ = try site.mask([[1]], attempt) }
  }
}
