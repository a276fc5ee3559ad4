import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Sums while sites vanish")
struct TolerantSumTests {
  private static let fixtures = Result { try (4...30).map { try SetupFixture(sites: $0) } }

  /// Numbers of sites: often few, now and then thirty.
  private static func count(_ seed: UInt64) -> Int {
    var random = SeededRandom(seed: ~seed)
    switch Int.random(in: 0..<200, using: &random) {
    case 0: return Int.random(in: 14...30, using: &random)
    case 1...10: return Int.random(in: 8...13, using: &random)
    case 11...50: return Int.random(in: 6...7, using: &random)
    default: return Int.random(in: 4...5, using: &random)
    }
  }

  /// Runs until there were 500 steps.
  private static func run<Site: AttemptSite, Sum: AttemptSum>(
    part: UInt64, _ body: (SetupFixture, UInt64) throws -> TolerantCase<Site, Sum>
  ) throws {
    let fixtures = try Self.fixtures.get()
    var (steps, opened) = (0, 0)
    var seed = part * 500
    while steps < 500, seed < (part + 1) * 500 {
      runCases(seed..<seed + 1) {
        var test = try body(fixtures[Self.count($0) - 4], $0)
        try test.run()
        steps += test.steps
        opened += test.opened
      }
      seed += 1
    }
    #expect(steps >= 500)
    #expect(opened > 100)
  }

  @Test(
    "are over exactly the sites of the attempt that opened, in 20,000 steps", arguments: 0..<UInt64(40))
  func masked(part: UInt64) throws {
    try Self.run(part: part) { fixture, seed in
      let sites = try fixture.masking(seed: seed)
      return TolerantCase<SetupSite, MaskedSum>(fixture, sites, setup: try sites[0].setup, seed: seed)
    }
  }

  @Test("are the same in the clear", arguments: 0..<UInt64(2))
  func clear(part: UInt64) throws {
    try Self.run(part: part) { fixture, seed in
      let setup = Digest(of: [1])
      let sites = fixture.signers.indices.map { ClearSite($0, in: fixture, setup: setup) }
      return TolerantCase<ClearSite, ClearSum>(fixture, sites, setup: setup, seed: seed)
    }
  }
}
