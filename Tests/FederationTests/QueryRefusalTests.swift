import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site refuses a query that does not follow")
struct QueryRefusalTests {
  private func bench(_ query: String) throws -> Bench {
    let bench = try Bench(SmallStudy.drawn())
    try bench.setUp()
    try bench.advance(to: query)
    return bench
  }

  private func refuses(
    _ rule: String, _ detail: String, _ query: Query, _ bench: Bench,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for site in bench.sites {
      site.refuses(rule, detail, .step(bench.request(query)), sourceLocation: sourceLocation)
    }
  }

  @Test(
    "with a parameter out of its range",
    arguments: [30.000001, -31, 1e308, .infinity, -.infinity, .nan] as [Double])
  func parameter(value: Double) throws {
    let bench = try bench("newton")
    let query = try bench.request().query
    let detail = "parameter 2 is beyond its range on the standardised scale"
    refuses("parameter-out-of-range", detail, query.with(parameters: [0, 0, 0, 0, value]), bench)
    refuses(
      "parameter-out-of-range", detail,
      try query.newton(at: [0, 0, 31], bench).with(parameters: [0, 0, 0, 0, value]), bench)
    #expect(try bench.step() != nil)
  }

  @Test("with an intercept beyond 60, and answers at the ends of the ranges")
  func intercept() throws {
    let bench = try bench("newton")
    let query = try bench.request().query
    for value in [60.000001, -61] {
      refuses(
        "parameter-out-of-range", "parameter 0 is beyond its range on the standardised scale",
        try query.newton(at: [value, 0, 0], bench), bench)
    }
    let ends = bench.request(try query.newton(at: [-60, 30, -30], bench))
    let contributions = try bench.answers(ends)
    #expect(try bench.outcome(ends, contributions) != .void)
  }

  @Test("with too many parameters, or too few", arguments: [[], [0, 0], [0, 0, 0, 0]] as [[Double]])
  func parameterCount(parameters: [Double]) throws {
    let bench = try bench("newton")
    let query = try bench.request().query.newton(at: parameters, bench)
    refuses(
      "does-not-follow", "“newton” has other parameters, segments or scales than the rules give", query, bench
    )
    // Also where the segments are those that so many parameters would have.
    let order = parameters.count
    let fitting = query.with(segments: [
      query.segments[0], try query.segments[1].with(length: order),
      try query.segments[2].with(length: order * (order + 1) / 2),
    ])
    refuses(
      "does-not-follow", "“newton” has other parameters, segments or scales than the rules give", fitting,
      bench)
  }

  @Test("with other segments, or verified where it is not, or not where it is")
  func form() throws {
    for name in ["support", "counts", "moments", "spread", "newton"] {
      let bench = try bench(name)
      let query = try bench.request().query
      let last = query.segments.count - 1
      let segment = query.segments[last]
      let changed = [
        try segment.with(name: "other"), try segment.with(length: segment.length - 1),
        try segment.with(length: segment.length + 1), try segment.with(bound: segment.bound / 2),
        try segment.with(bound: segment.bound * 2), try segment.withOtherScale(),
        segment.withOtherRing(),
      ]
      var queries = changed.map { query.with(segments: query.segments.dropLast() + [$0]) }
      queries += [
        query.with(segments: []), query.with(segments: query.segments + [segment]),
        query.with(isVerified: !query.isVerified),
      ]
      if last > 0 { queries.append(query.with(segments: query.segments.reversed())) }
      if name != "newton" { queries.append(query.with(parameters: [0])) }
      for other in queries {
        refuses(
          "does-not-follow", "“\(name)” has other parameters, segments or scales than the rules give", other,
          bench)
      }
      #expect(try bench.step() != nil, "\(name)")
    }
  }

  @Test("that comes before its time, after it, or that nobody knows")
  func order() throws {
    let later = try bench("newton").request().query
    let spread = try bench("spread").request().query
    let support = try bench("support").request().query
    for name in ["support", "counts", "moments", "spread"] {
      let bench = try bench(name)
      refuses("out-of-order", "“newton” is not what comes now", later, bench)
    }
    let bench = try bench("newton")
    refuses("out-of-order", "“support” is not what comes now", support, bench)
    refuses("out-of-order", "“spread” is not what comes now", spread, bench)
    for name in ["", "records", "Newton", "newton "] {
      refuses("out-of-order", "“\(name)” is not what comes now", later.with(name: name), bench)
    }
  }

  @Test(
    "once the verified sums have ended the analysis, with the reason, by the site's own least rows as well")
  func ended() throws {
    let study = try SmallStudy.drawn(leastRows: 91)
    let bench = try Bench(study)
    try bench.setUp()
    try bench.advance(to: "counts")
    let request = try bench.request()
    let contributions = try bench.answers(request)
    for site in bench.sites { _ = site.tell(bench.contributions(request, contributions)) }
    let next = try self.bench("moments").request()
    for site in bench.sites {
      site.refuses(
        "too-few-rows", "90 complete rows over all sites; 91 are needed", .step(next))
    }
    let strict = try Bench(SmallStudy.drawn())
    let computation = try #require(
      strict.study.plan.computation(
        study: strict.study.study, site: strict.study.plan.sites[0], cohort: strict.study.table.cohorts[0],
        leastRows: 100))
    try strict.sites[0].restart(computation: computation)
    try strict.setUp()
    try strict.advance(to: "moments")
    strict.sites[0].refuses(
      "too-few-rows", "90 complete rows over all sites; 100 are needed", .step(try strict.request()))
    _ = try strict.sites[1].tell(.step(try strict.request())).contribution()
  }
}

extension Segment {
  /// A segment with something else in it, at the scale that the rule gives it.
  fileprivate func with(name: String? = nil, length: Int? = nil, bound: Double? = nil) throws -> Segment {
    let bound = bound ?? self.bound
    return scale.fractionBits == 0
      ? .counts(name ?? self.name, length: length ?? self.length, bound: Int(bound))
      : try .reals(name ?? self.name, length: length ?? self.length, bound: bound, sites: 3)
  }

  /// Whole numbers in place of reals, or reals in place of whole numbers.
  fileprivate func withOtherScale() throws -> Segment {
    scale.fractionBits == 0
      ? try .reals(name, length: length, bound: bound, sites: 3)
      : .counts(name, length: length, bound: Int(bound.rounded(.up)))
  }

  /// The same in a ring of another width.
  fileprivate func withOtherRing() -> Segment {
    Segment(
      described: name, length: length, bound: bound, fractionBits: scale.fractionBits,
      width: RingWidth(bits: width == .full ? 56 : width.bits + 8) ?? .full, isWords: isWords)
  }
}
