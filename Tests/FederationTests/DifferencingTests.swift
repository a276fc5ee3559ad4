import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("What membership: tolerant does not hide: differences")
struct DifferencingTests {
  private func bench() throws -> Bench {
    let bench = try Bench.tolerant(sites: 5)
    try bench.setUp()
    try bench.tolerantAdvance(to: "newton")
    return bench
  }

  /// The sum of a query over these sites, asked as the next step.
  private func sum(_ query: Query, over indices: [Int], _ bench: Bench) throws -> [Double] {
    let request = bench.request(query).with(sites: bench.named(indices))
    let (outcome, _) = try bench.opened(request, try bench.vectors(request))
    guard case .sum(let elements) = outcome else { throw FixtureError() }
    let sum = try #require(QuerySum(elements: elements, for: query))
    bench.passStep()
    return sum.values.flatMap(\.self)
  }

  /// What the last site itself answers.
  private func own(_ query: Query, _ bench: Bench) throws -> [Double] {
    var computation = try bench.computation(4)
    for (_, sum) in bench.verified { try computation.absorb(sum) }
    let answer = computation.answer(query)
    return try #require(answer).flatMap(\.self)
  }

  @Test("whoever holds a query's sums before and after a site was lost has that site's numbers")
  func sameQuery() throws {
    let bench = try bench()
    let query = try bench.request().query
    let before = try sum(query, over: [0, 1, 2, 3, 4], bench)
    let after = try sum(query, over: [0, 1, 2, 3], bench)
    let lost = try own(query, bench)
    #expect(lost.contains { $0.magnitude > 10 })
    for (difference, own) in zip(zip(before, after).map { $0 - $1 }, lost) {
      #expect(abs(difference - own) < 1e-6 * max(1, own.magnitude))
    }
  }

  @Test(
    "three steps near each other have them almost exactly: two over all, carried on to the third, which lacks the site"
  )
  func threeSteps() throws {
    let bench = try bench()
    let query = try bench.request().query
    let parameters = Array(query.parameters.dropFirst(2))
    let queries = try (0..<3).map { step in
      try query.newton(at: parameters.map { $0 + 0.001 * Double(step) }, bench)
    }
    let first = try sum(queries[0], over: [0, 1, 2, 3, 4], bench)
    let second = try sum(queries[1], over: [0, 1, 2, 3, 4], bench)
    let third = try sum(queries[2], over: [0, 1, 2, 3], bench)
    let lost = try own(queries[2], bench)
    for index in lost.indices {
      let estimate = 2 * second[index] - first[index] - third[index]
      #expect(abs(estimate - lost[index]) < 1e-3 * max(1, lost[index].magnitude), "element \(index)")
    }
  }

  @Test("a site whose policy ends the run at a loss gives no sum after it")
  func endsAfterLoss() throws {
    let bench = try Bench.tolerant(sites: 5, endsAfterLoss: true)
    try bench.setUp()
    try bench.tolerantAdvance(to: "newton")
    let request = try bench.request()
    _ = try bench.tolerantStep()
    let next = request.with(
      step: bench.nextStep, sites: bench.named([0, 1, 2, 3]), query: try bench.request().query)
    for index in 0...3 {
      bench.sites[index].refuses("site-lost", nil, .step(next))
    }
  }
}
