import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Sums over all sites of a plan")
struct FixedSumTests {
  private static let fixtures = Result { try (3...30).map { try SetupFixture(sites: $0) } }

  /// A few steps; vectors come in any order, and until the last is there is no sum.
  private func run(
    _ fixture: SetupFixture, _ sites: [any AttemptSite], setup: Digest, seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    let first = Int.random(in: 1...1000, using: &random)
    for step in first..<first + Int.random(in: 1...2, using: &random) {
      let query = RandomQueries.query(&random)
      let attempt = fixture.attempt(setup, step: step, query)
      let contributions = sites.indices.map { RandomQueries.contribution(of: $0, to: query, &random) }
      let withholds = Int.random(in: 0..<20, using: &random) == 0
      var sent = try zip(sites, contributions).map { site, elements in
        try site.mask(
          elements: elements, attempt,
          withheld: withholds && site.name == sites[1].name ? random.next() | 1 : 0)
      }
      sent.shuffle(using: &random)
      var sum = Summation(attempt, roster: fixture.roster)
      for contribution in sent {
        try mustRefuse(.outOfOrder, "a sum without \(contribution.site)") { _ = try sum.outcome() }
        try sum.add(contribution)
        if Bool.random(using: &random) {
          try mustRefuse(.duplicate, "a second vector") { try sum.add(contribution) }
        }
      }
      guard try sum.outcome() == (withholds ? .void : .sum(RandomQueries.sum(contributions, of: query)))
      else {
        throw CaseFailure("step \(step) is not the sum over all")
      }
      let again = fixture.attempt(setup, step: step, query, number: 1, sites: Array(attempt.sites.dropLast()))
      try mustRefuse(.wrongRoster, "fewer sites") {
        _ = try sites[0].mask(elements: contributions[0], again, withheld: 0)
      }
    }
  }

  private func cases(_ part: UInt64, _ body: (SetupFixture, UInt64) throws -> Void) throws {
    let fixtures = try Self.fixtures.get()
    runCases(part * 200..<(part + 1) * 200) { seed in
      try body(fixtures[seed.isMultiple(of: 50) ? Int(seed / 50 % 28) : Int(seed % 4)], seed)
    }
  }

  @Test("are exact", arguments: 0..<UInt64(6))
  func masked(part: UInt64) throws {
    try cases(part) { fixture, seed in
      let sites = try fixture.masking(seed: seed)
      try run(fixture, sites, setup: try sites[0].setup, seed: seed)
    }
  }

  @Test("are the same in the clear", arguments: 0..<UInt64(1))
  func clear(part: UInt64) throws {
    try cases(part) { fixture, seed in
      let setup = Digest(of: [2])
      let sites = fixture.signers.indices.map { ClearSite($0, in: fixture, setup: setup) }
      try run(fixture, sites, setup: setup, seed: seed)
    }
  }
}
