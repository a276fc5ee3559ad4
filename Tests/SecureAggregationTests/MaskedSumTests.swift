import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Masked sums")
struct MaskedSumTests {
  @Test("are exact for any number of sites and elements, in steps one after the other", arguments: 3...8)
  func exact(count: Int) throws {
    let seed = UInt64(1000 + count)
    var random = SeededRandom(seed: seed)
    let fixture = try SetupFixture(sites: count)
    let sites = try fixture.masking(seed: seed)
    let lengths = [0, 1, 2, 2045, 2046, 2047, 2048, 2049, 5000, Int.random(in: 3...6000, using: &random)]
    for (place, length) in lengths.enumerated() {
      let attempt = fixture.attempt(try sites[0].setup, step: place + 1, StepValues.query(length))
      let values = sites.map { _ in StepValues.random(length, &random) }
      let sent = try zip(sites, values).map { try $0.mask($1, attempt) }
      #expect(
        try Summation.outcome(of: sent, attempt, fixture.roster)
          == .sum(length == 0 ? [] : StepValues.sum(values.map(StepValues.elements))),
        "seed \(seed), length \(length)")
    }
  }

  @Test("are exact after a real set-up", arguments: [3, 5])
  func afterSetup(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let fixture = try SetupFixture(sites: count)
    let sites = try fixture.complete()
    for step in 4...6 {
      let attempt = fixture.attempt(try sites[0].setup, step: step, StepValues.query(100))
      let values = sites.map { _ in StepValues.random(100, &random) }
      let sent = try zip(sites, values).map { try $0.mask($1, attempt) }
      #expect(
        try Summation.outcome(of: sent, attempt, fixture.roster)
          == .sum(StepValues.sum(values.map(StepValues.elements))))
    }
  }

  @Test("are the same integers in any order of the sites", arguments: [UInt64(1), 2, 3])
  func anyOrder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try SetupFixture(sites: 6)
    let sites = try fixture.masking(seed: seed)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, StepValues.query(50))
    var sent = try sites.map { try $0.mask(StepValues.random(50, &random), attempt) }
    let sum = try Summation.outcome(of: sent, attempt, fixture.roster)
    for _ in 0..<20 {
      sent.shuffle(using: &random)
      #expect(try Summation.outcome(of: sent, attempt, fixture.roster) == sum, "seed \(seed)")
    }
  }

  @Test("hold each site once: contributions that are powers of three show a loss or a double count")
  func onceEach() throws {
    let fixture = try SetupFixture(sites: 8)
    let sites = try fixture.masking(seed: 9)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, StepValues.query(1))
    var power = 1.0
    let sent = try sites.map { site in
      defer { power *= 3 }
      return try site.mask([[power]], attempt)
    }
    #expect(try Summation.outcome(of: sent, attempt, fixture.roster) == .sum([3280]))
  }

  @Test("wrap in the ring as signed numbers do")
  func negative() throws {
    let fixture = try SetupFixture(sites: 3)
    let sites = try fixture.masking(seed: 10)
    let query = StepValues.query(2)
    let attempt = fixture.attempt(try sites[0].setup, step: 1, query)
    let values: [[Double]] = [[-5, 7], [-6, -9], [1, 2]]
    let sent = try zip(sites, values).map { try $0.mask([$1], attempt) }
    guard case .sum(let elements) = try Summation.outcome(of: sent, attempt, fixture.roster) else {
      Issue.record("the sum is void")
      return
    }
    #expect(QuerySum(elements: elements, for: query)?.values == [[-10, 0]])
  }
}
