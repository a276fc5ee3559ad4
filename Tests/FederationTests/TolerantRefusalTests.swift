import Cohorts
import Federation
import KonsilTesting
import Preprocessing
import Queries
import Regression
import SecureAggregation
import Testing

private let notOverEnough = "the attempt is not over 4 or more sites of the run, this one among them"

@Suite("Under membership: tolerant a site refuses a step")
struct TolerantRefusalTests {
  /// Five sites, of which four must take part and one may collude, where `query` comes next.
  private func bench(_ query: String = "newton", endsAfterLoss: Bool = false) throws -> Bench {
    let bench = try Bench.tolerant(sites: 5, endsAfterLoss: endsAfterLoss)
    try bench.setUp()
    try bench.tolerantAdvance(to: query)
    return bench
  }

  @Test("over itself alone, over itself and the colluder, or over one site fewer than the threshold")
  func tooFew() throws {
    let bench = try bench()
    let honest = try bench.request()
    for few in [[0], [0, 4], [0, 1, 4], [0, 1, 2]] {
      bench.sites[0].refuses(
        "wrong-roster", notOverEnough, .step(honest.with(sites: bench.named(few))), "\(few)")
    }
    _ = try bench.tolerantStep()
  }

  @Test("over four sites of a plan of ten, or in an epoch of four of them")
  func fourOfTen() throws {
    let bench = try Bench.tolerant(sites: 10)
    try bench.setUp()
    let honest = try bench.request()
    let four = bench.named(0..<4)
    bench.sites[0].refuses(
      "wrong-roster", "the attempt is not over 7 or more sites of the run, this one among them",
      .step(honest.with(sites: four)))
    bench.sites[0].refuses(
      "wrong-roster", "the epoch is not over 7 or more sites of the plan, this one among them",
      .openEpoch(bench.epoch + 1, sites: four))
    _ = try bench.tolerantStep()
  }

  @Test("over sites without it, beyond the roster, twice the same, or in another order")
  func otherSites() throws {
    let bench = try bench()
    let honest = try bench.request()
    let names = bench.names
    for sites in [
      bench.named([1, 2, 3, 4]), names + ["metz"], bench.named([0, 1, 2]) + ["metz"], names + [names[0]],
      names.reversed(), bench.named([1, 0, 2, 3, 4]), [],
    ] {
      bench.sites[0].refuses("wrong-roster", notOverEnough, .step(honest.with(sites: sites)), "\(sites)")
    }
    bench.sites[0].refuses("wrong-roster", notOverEnough, .step(honest.with(attempt: -1)))
    _ = try bench.tolerantStep()
  }

  @Test(
    "over a site that was left out: in a later attempt, step, epoch or run, or where an earlier step is asked again"
  )
  func growing() throws {
    let bench = try bench()
    let honest = try bench.request()
    let site = bench.sites[0]
    let four = bench.named([0, 1, 2, 3])
    let other = bench.named([0, 1, 2, 4])
    let again = "a site that was left out before is in again"
    _ = try site.tell(.step(honest.with(sites: four))).contribution()
    for sites in [bench.names, other] {
      site.refuses("wrong-roster", again, .step(honest.with(attempt: 1, sites: sites)))
      site.refuses("wrong-roster", again, .step(honest.with(step: honest.step + 1, sites: sites)))
    }
    site.refuses("wrong-roster", again, .openEpoch(2, sites: other))
    try bench.setUp()
    let inEpoch = try bench.request()
    for sites in [bench.names, other] {
      site.refuses("wrong-roster", again, .step(inEpoch.with(sites: sites)))
    }
    // A step that was opened over all is not repeated over all any more.
    site.refuses("wrong-roster", again, .step(inEpoch.with(step: 1)))
    try bench.beginRun(String(repeating: "0e", count: 16))
    try bench.setUp()
    site.refuses("wrong-roster", again, .step(try bench.request()))
  }

  @Test("or an epoch over four of eight sites, without it, in another order or with a stranger")
  func epochRoster() throws {
    let bench = try Bench.tolerant(sites: 8)
    let site = bench.sites[0]
    let detail = "the epoch is not over 6 or more sites of the plan, this one among them"
    for sites in [
      bench.named(0..<4), bench.named(0..<5), bench.named(2..<8), bench.named(0..<6).reversed(),
      bench.named(0..<6) + ["vaduz"], bench.named(0..<6) + [bench.names[0]],
    ] {
      site.refuses("wrong-roster", detail, .openEpoch(1, sites: sites), "\(sites)")
    }
    _ = try site.tell(.openEpoch(1, sites: bench.named(0..<6))).key()
    // Under fixed there is no such choice.
    let fixed = try Bench(SmallStudy.drawn(sites: 4))
    fixed.sites[0].refuses(
      "wrong-roster", "the epoch is not over exactly all the plan's sites",
      .openEpoch(1, sites: Array(fixed.names.dropLast())))
  }

  @Test("that comes again over fewer sites after a restart, be it the last or one before")
  func fewerAfterRestart() throws {
    let bench = try bench()
    let first = try bench.request()
    let site = bench.sites[0]
    _ = try site.tell(.step(first)).contribution()
    let second = first.with(step: first.step + 1)
    _ = try site.tell(.step(second)).contribution()
    try bench.setUp()
    let few = bench.named([0, 1, 2, 3])
    for request in [first, second] {
      site.refuses(
        "answered-over-others", "step \(request.step) was answered over other sites before",
        .step(request.with(epoch: 2, sites: few)))
    }
  }

  @Test("that it answered over other sites, after any restart, and repeats it over the same")
  func answeredOverOthers() throws {
    let bench = try bench()
    let honest = try bench.request()
    let contributions = try bench.vectors(honest)
    let opened = try bench.opened(honest, contributions)
    try bench.setUp()
    let again = honest.with(epoch: bench.epoch)
    for site in bench.sites {
      let few = bench.names.filter { $0 != bench.names[(site.index + 1) % 5] }
      site.refuses(
        "answered-over-others", "step \(honest.step) was answered over other sites before",
        .step(again.with(sites: few)))
    }
    let repeated = try bench.vectors(again)
    for (one, other) in zip(contributions, repeated) { #expect(one.vector != other.vector) }
    #expect(try bench.opened(again, repeated).outcome == opened.outcome)
    // In the same epoch no other attempt follows either.
    bench.sites[0].refuses(
      "answered-over-others", nil, .step(again.with(attempt: 1, sites: bench.named([0, 1, 2, 3]))))
  }

  @Test("whose verified sum it has added, over other sites, though it answered no shares")
  func verifiedOverOthers() throws {
    let bench = try bench("counts")
    let request = try bench.request()
    let contributions = try bench.vectors(request)
    let last = bench.sites[4]
    let (_, secrets) = try bench.opened(request, contributions, by: bench.named([0, 1, 2, 3]))
    #expect(
      last.tell(.contributions(epoch: 1, step: request.step, contributions, secrets: secrets)).written.count
        == 1)
    let others = bench.named([1, 2, 3, 4])
    last.refuses("answered-over-others", nil, .step(request.with(attempt: 1, sites: others)))
    try bench.setUp()
    last.refuses("answered-over-others", nil, .step(request.with(epoch: 2, sites: others)))
  }

  @Test("with another query or another scale, in every attempt and epoch")
  func otherQuery() throws {
    let bench = try bench()
    let honest = try bench.request()
    let parameters = honest.query.parameters.dropFirst(2).map { $0 + 0.25 }
    let other = try honest.query.newton(at: parameters, bench)
    let site = bench.sites[0]
    _ = try site.tell(.step(honest)).contribution()
    let few = bench.named([0, 1, 2, 3])
    site.refuses(
      "another-query", "step \(honest.step) of this plan once had another query",
      .step(honest.with(attempt: 1, sites: few, query: other)))
    try bench.setUp()
    site.refuses("another-query", nil, .step(honest.with(epoch: 2, query: other)))
    let segments = try honest.query.segments.map {
      try Segment.reals($0.name, length: $0.length, bound: 2 * $0.bound, sites: 5, width: $0.width)
    }
    bench.sites[1].refuses(
      "does-not-follow", nil, .step(honest.with(epoch: 2, query: honest.query.with(segments: segments))))
  }

  @Test("whose query was asked more often than colluders and withholding explain")
  func askedTooOften() throws {
    let bench = try bench()
    let site = bench.sites[0]
    let honest = try bench.request()
    // One may collude and two steps may be withheld: three repetitions.
    for step in 0...3 { _ = try site.tell(.step(honest.with(step: honest.step + step))).contribution() }
    site.refuses(
      "asked-too-often", "the query of step \(honest.step + 4) was asked too often",
      .step(honest.with(step: honest.step + 4)))
  }

  @Test("in which a site is lost, where its policy ends the run there")
  func policyEndsTheRun() throws {
    let bench = try bench(endsAfterLoss: true)
    let honest = try bench.request()
    for site in bench.sites.dropLast() {
      site.refuses(
        "site-lost", "a site was lost, and this site's policy ends the run there",
        .step(honest.with(sites: bench.named([0, 1, 2, 3]))))
    }
    _ = try bench.tolerantStep()
  }

  @Test("where so many sites were lost that a column of the model may vary at two alone")
  func support() throws {
    // Of seven sites smokers are at four: with two sites lost they may be at two.
    let bench = try Bench(
      Self.partlyVarying(), tolerance: Tolerance(sites: 7))
    try bench.setUp()
    try bench.tolerantAdvance(to: "newton")
    let honest = try bench.request()
    let six = bench.named([0, 1, 2, 3, 4, 5])
    let five = bench.named([0, 1, 2, 3, 4])
    let detail = "with 2 sites lost, something that is counted may vary at fewer than 3 sites"
    bench.sites[0].refuses("too-few-sites-vary", detail, .step(honest.with(sites: five)))
    _ = try bench.sites[0].tell(.step(honest.with(sites: six))).contribution()
    // A later attempt is under the same rule.
    bench.sites[0].refuses("too-few-sites-vary", detail, .step(honest.with(attempt: 1, sites: five)))
  }

  @Test(
    "of trees or of a summary over so few that what is counted may vary at under three",
    arguments: [false, true])
  func supportOfOthers(isOfTrees: Bool) throws {
    let study = try Self.partlyVarying()
    let summary = SummarySpecification(outcome: SmallTable.outcome, variables: study.table.predictors)
    let bench = try Bench(
      isOfTrees ? study.growing(rounds: 2, depth: 2) : study.running(.summary(summary)),
      tolerance: Tolerance(sites: 7))
    try bench.setUp()
    try bench.tolerantAdvance(to: isOfTrees ? "tree-histograms" : "sums")
    let honest = try bench.request()
    let detail = "with 2 sites lost, something that is counted may vary at fewer than 3 sites"
    bench.sites[0].refuses(
      "too-few-sites-vary", detail, .step(honest.with(sites: bench.named([0, 1, 2, 3, 4]))))
    _ = try bench.sites[0].tell(.step(honest.with(sites: bench.named([0, 1, 2, 3, 4, 5])))).contribution()
  }

  @Test("where a loss leaves under three of the sites that a validation by groups tells from the others")
  func groups() throws {
    let study = try SmallStudy.drawn(sites: 7)
    let names = study.roster.sites
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: study.table.predictors, penalty: .none)
    // The first three are in no group.
    specification.validation = .groups([Array(names[3...])])
    let bench = try Bench(study.running(.logistic(specification)), tolerance: Tolerance(sites: 7))
    try bench.setUp()
    let honest = try bench.request()
    bench.sites[1].refuses(
      "too-few-sites-in-a-group",
      "of \(names[..<3].joined(separator: ", ")), which the plan's validation tells from the others, "
        + "fewer than 3 sites are left", .step(honest.with(sites: bench.named(1...6))))
    _ = try bench.sites[1].tell(.step(honest.with(sites: bench.named(0...5)))).contribution()
  }

  @Test("that it has followed in this epoch: it would begin anew, by other trees")
  func followed() throws {
    let study = try SmallStudy.drawn(sites: 4).growing(rounds: 3, depth: 2)
    let bench = try Bench(study, tolerance: Tolerance(sites: 4))
    try bench.setUp()
    try bench.tolerantAdvance(to: "tree-histograms")
    var asked: [StepRequest] = []
    for _ in 0..<3 {
      asked.append(try bench.request())
      try bench.tolerantStep()
    }
    for site in bench.sites { try site.restart() }
    try bench.setUp()
    for site in bench.sites {
      for request in asked.prefix(2) {
        let message = MessageToSite.earlier(epoch: bench.epoch, step: request.step, request.query)
        #expect(site.tell(message) == Told())
      }
      for request in asked.prefix(2) {
        site.refuses(
          "out-of-order", "step \(request.step) was followed in this epoch",
          .step(request.with(epoch: bench.epoch)))
      }
      _ = try site.tell(.step(asked[2].with(epoch: bench.epoch))).contribution()
    }
  }

  @Test("beyond the plan's budget, before anything is looked up for the step")
  func budget() throws {
    let bench = try Bench(SmallStudy.drawn(sites: 4), tolerance: Tolerance(sites: 4))
    try bench.setUp()
    let request = try bench.request()
    for sites in [request.sites, []] {
      bench.sites[0].refuses(
        "step-budget", nil, .step(request.with(step: Int(Int32.max), sites: sites)))
    }
  }

  private static func partlyVarying() throws -> SmallStudy {
    var random = SeededRandom(seed: 3)
    let rows = 30
    var ages: [Double] = []
    var smokers: [Double] = []
    var outcome: [Double] = []
    for site in 0..<7 {
      for _ in 0..<rows {
        let age = Double(Int.random(in: 20...80, using: &random))
        let smoker = site < 4 ? Double(Int.random(in: 0...1, using: &random)) : 0
        ages.append(age)
        smokers.append(smoker)
        outcome.append(Double.random(in: 0..<1, using: &random) < 0.2 + 0.006 * (age - 20) ? 1 : 0)
      }
    }
    let table = try SmallTable(
      [(.number("age", 0, 120), .numbers(ages)), (.binary("smoker"), .numbers(smokers))],
      outcome: outcome, rows: Array(repeating: rows, count: 7))
    return try SmallStudy(table)
  }
}

@Suite("Under membership: tolerant a site is asked to open")
struct TolerantOpeningTests {
  private struct Answered {
    let bench: Bench
    let request: StepRequest
    let contributions: [SignedContribution]

    init(sites: Int = 5) throws {
      bench = try Bench.tolerant(sites: sites)
      try bench.setUp()
      try bench.tolerantAdvance(to: "newton")
      request = try bench.request()
      contributions = try bench.vectors(request)
    }
  }

  @Test("and answers once: the same again, and no other attempt of the step")
  func once() throws {
    let answered = try Answered()
    let bench = answered.bench
    let opening = try bench.opening(answered.request, answered.contributions)
    let site = bench.sites[0]
    let shares = bench.shares(answered.request, opening, to: site.name)
    let first = site.tell(shares)
    #expect(first.sent.count == 1)
    #expect(site.tell(shares).sent == first.sent)
    site.refuses(
      "step-already-answered", "the shares of step \(answered.request.step) were answered in this epoch",
      .step(answered.request.with(attempt: 1, sites: bench.named([0, 1, 2, 3]))))
    // The vector it sent may be sent again, byte for byte.
    #expect(try site.tell(.step(answered.request)).contribution() == answered.contributions[0])
  }

  @Test("for an earlier attempt, after it sent a later vector, and refuses")
  func earlierAttempt() throws {
    let answered = try Answered()
    let bench = answered.bench
    let earlier = try bench.opening(answered.request, answered.contributions)
    let later = answered.request.with(attempt: 1, sites: bench.named([0, 1, 2, 3]))
    let contributions = try bench.vectors(later)
    for index in 0...3 {
      bench.sites[index].refuses(
        "wrong-attempt", "the shares are not of the attempt that this site answered last",
        bench.shares(answered.request, earlier, to: bench.names[index]))
    }
    _ = try bench.opened(later, contributions)
  }

  @Test("for an attempt of another step, another epoch or of which it sent no vector, and refuses")
  func otherAttempts() throws {
    let answered = try Answered()
    let bench = answered.bench
    let opening = try bench.opening(answered.request, answered.contributions)
    let site = bench.sites[0]
    let deliveries = opening.deliveries(to: site.name)
    let name = opening.attempt.digest
    let detail = "the shares are not of the attempt that this site answered last"
    site.refuses(
      "wrong-attempt", detail, .shares(epoch: 1, step: answered.request.step - 1, attempt: name, deliveries))
    site.refuses(
      "wrong-attempt", detail,
      .shares(epoch: 1, step: answered.request.step, attempt: Digest(of: [1]), deliveries))
    site.refuses(
      "wrong-epoch", nil, .shares(epoch: 2, step: answered.request.step, attempt: name, deliveries),
      isLate: true)
    try bench.setUp()
    site.refuses(
      "wrong-epoch", nil, .shares(epoch: 1, step: answered.request.step, attempt: name, deliveries),
      isLate: true)
    site.refuses(
      "wrong-attempt", detail, .shares(epoch: 2, step: answered.request.step, attempt: name, deliveries))
    let fixed = try Bench(SmallStudy.drawn(sites: 4))
    try fixed.setUp()
    let request = try fixed.request()
    let sent = try fixed.answers(request)
    fixed.sites[0].refuses(
      "wrong-attempt", detail, .shares(epoch: 1, step: 1, attempt: sent[0].attempt, []))
  }

  @Test("with shares that are dropped, reordered or repeated, and refuses")
  func otherShares() throws {
    for change: ([ShareDelivery]) -> [ShareDelivery] in [
      { Array($0.dropLast()) }, { $0.reversed() }, { $0 + [$0[0]] }, { [$0[0], $0[0]] + $0.dropFirst(2) },
      { _ in [] },
    ] {
      let answered = try Answered()
      let opening = try answered.bench.opening(answered.request, answered.contributions)
      let site = answered.bench.sites[2]
      site.refuses(
        "wrong-roster", "the shares are not those of all other sites of the attempt, in order",
        .shares(
          epoch: 1, step: answered.request.step, attempt: opening.attempt.digest,
          change(opening.deliveries(to: site.name))))
      // Nothing is lost by that: it answers the right ones.
      _ = try site.tell(answered.bench.shares(answered.request, opening, to: site.name)).opening()
    }
  }

  @Test("with a share of another receiver, step or run, or an altered one, and complains of its dealer, once")
  func wrongShares() throws {
    let answered = try Answered()
    let bench = answered.bench
    let opening = try bench.opening(answered.request, answered.contributions)
    let elsewhere = try Answered()
    let foreign = try elsewhere.bench.opening(elsewhere.request, elsewhere.contributions)
    func altered(_ share: ShareDelivery) -> ShareDelivery {
      ShareDelivery(site: share.site, digest: share.digest, sealed: share.sealed.map { $0 ^ 1 })
    }
    let cases: [(receiver: Int, dealer: Int, share: ShareDelivery)] = [
      (0, 1, opening.deliveries(to: bench.names[2])[1]),
      (1, 2, altered(opening.deliveries(to: bench.names[1])[1])),
      (2, 3, foreign.deliveries(to: bench.names[2])[2]),
      (
        3, 0,
        ShareDelivery(
          site: bench.names[0], digest: Digest(of: [0]),
          sealed: opening.deliveries(to: bench.names[3])[0].sealed)
      ),
    ]
    for (receiver, dealer, share) in cases {
      let site = bench.sites[receiver]
      var deliveries = opening.deliveries(to: site.name)
      let place = try #require(deliveries.firstIndex { $0.site == bench.names[dealer] })
      deliveries[place] = ShareDelivery(site: bench.names[dealer], digest: share.digest, sealed: share.sealed)
      let message = MessageToSite.shares(
        epoch: 1, step: answered.request.step, attempt: opening.attempt.digest, deliveries)
      let complaint = try site.tell(message).complaint()
      #expect(complaint.dealer == bench.names[dealer] && complaint.site == site.name)
      try opening.accept(complaint)
      // The right share afterwards changes nothing.
      let again = site.tell(bench.shares(answered.request, opening, to: site.name))
      #expect(try again.complaint() == complaint && again.written == [])
    }
  }

  @Test(
    "and nothing that it says unmasks a later step: with its roots gone, the shares of an attempt stay closed"
  )
  func advancedRoots() throws {
    let answered = try Answered()
    let bench = answered.bench
    _ = try bench.opened(answered.request, answered.contributions)
    let next = answered.request.with(step: answered.request.step + 1)
    let contributions = try bench.vectors(next)
    // Shares of the step before, under the name of this one.
    let before = try bench.opening(answered.request, answered.contributions)
    let now = try bench.opening(next, contributions)
    let site = bench.sites[0]
    let complaint = try site.tell(
      .shares(epoch: 1, step: next.step, attempt: now.attempt.digest, before.deliveries(to: site.name))
    ).complaint()
    #expect(complaint.dealer == bench.names[1])
  }
}
