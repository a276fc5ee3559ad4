import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A coordinator that asks where a site begins to withhold")
struct WithheldOracleTests {
  @Test(
    "has two withheld answers at the most, and then no answer whatever it asks, in any epoch or run",
    arguments: [0.37, 0.74, 0.93])
  func bisection(threshold: Double) throws {
    let bench = try Bench(SmallStudy.drawn(sites: 4)) { index, own in
      guard index == 1 else { return own }
      return AlteredComputation(own: own) { query, values in
        query.name == "newton" && query.parameters[2] > threshold ? nil : values
      }
    }
    try bench.setUp()
    try bench.advance(to: "newton")
    let query = try bench.request().query
    var (lower, upper) = (0.0, 1.0)
    var voids = 0
    for turn in 1...18 {
      if turn == 12 { try bench.setUp() }
      let middle = (lower + upper) / 2
      var parameters = Array(query.parameters.dropFirst(2))
      parameters[0] = middle
      let request = bench.request(try query.newton(at: parameters, bench))
      let isVoid = try bench.outcome(request, bench.answers(request)) == .void
      bench.passStep()
      if voids >= 2 {
        // Below the threshold as above it.
        #expect(isVoid)
      } else {
        #expect(isVoid == (middle > threshold))
      }
      if isVoid { voids += 1 }
      (lower, upper) = isVoid ? (lower, middle) : (middle, upper)
    }
    #expect(voids > 2)
    // The rule spoke twice; what bisecting ends with is not where the site begins to withhold.
    let rules = bench.sites[1].steps.compactMap(\.withheld)
    #expect(rules.count { $0 != "withheld-before" } == 2)
    #expect(!(lower...upper).contains(threshold))
  }
}
