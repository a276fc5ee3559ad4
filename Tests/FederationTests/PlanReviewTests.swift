import Boosting
import Cohorts
import Federation
import KonsilTesting
import Queries
import Regression
import SecureAggregation
import Testing

@Suite("A site's policy")
struct PolicyTests {
  @Test("lets a plan run at once that all its rules allow")
  func allows() throws {
    let review = try Review()
    #expect(try review.verdict() == .accepted)
    #expect(try review.verdict(try review.offer(by: review.ben)) == .accepted)
  }

  @Test("allows nothing when nothing is named")
  func closed() throws {
    let review = try Review()
    #expect(
      try review.verdict(policy: .closed)
        == .refused(
          Refusal(rule: "policy-studies", detail: "the site's policy does not allow the study “small”")))
  }

  @Test(
    "refuses by each of its rules, and says which",
    arguments: [
      (
        policy(studies: ["large"]), "policy-studies", "the site's policy does not allow the study “small”"
      ),
      (
        policy(algorithms: []), "policy-algorithms",
        "the site's policy does not allow the algorithm “logistic”"
      ),
      (
        policy(researchers: ["ben"]), "policy-researchers",
        "the site's policy does not allow the researcher “anna”"
      ),
      (policy(leastSites: 5), "policy-least-sites", "the site's policy demands at least 5 sites"),
      (
        policy(leastCount: 2), "policy-least-count",
        "the site's policy demands a least count of 2; the study's is 1"
      ),
    ])
  func rules(policy: Policy, rule: String, detail: String) throws {
    let review = try Review()
    #expect(try review.verdict(policy: policy) == .refused(Refusal(rule: rule, detail: detail)))
  }

  @Test("lets trees run under a least count of its own, which their first sum carries")
  func leastCountOfTrees() throws {
    let review = try Review()
    let plan = review.plan(
      algorithm: .boosting(
        BoostingSpecification(outcome: SmallTable.outcome, predictors: ["age"], objective: .logistic)))
    func verdict(_ leastCount: Int) throws -> PlanReview.Verdict {
      try review.verdict(plan: plan, policy: policy(algorithms: ["boosting"], leastCount: leastCount))
    }
    #expect(try verdict(65) == .accepted)
    let detail =
      "the site's policy demands a least count of 66; the study's is 1, and the sites can raise it to 65"
    #expect(try verdict(66) == .refused(Refusal(rule: "policy-least-count", detail: detail)))

    guard case .ask(let query) = try PlanProgram(plan, study: review.study).next() else {
      Issue.record("trees ask nothing")
      return
    }
    var computation = try #require(
      plan.computation(
        study: review.study, site: "luxembourg", cohort: review.small.table.cohorts[0], leastRows: 1,
        leastCount: 5))
    let elements = computation.contribution(to: query)?.take()
    #expect(elements == [1, 1, 1, 1] + [UInt64](repeating: 0, count: 60) + [1, 1, 0, 0])
  }

  @Test("asks the administrator where it says so, and takes the answer from the journal")
  func asks() throws {
    let review = try Review()
    let asking = policy(approval: .ask)
    let ask = PlanReview.Verdict.ask(["the site approves each plan by hand"], needsWords: false)
    #expect(try review.verdict(policy: asking) == ask)
    let digest = Digest(of: Review.plan)
    let entry = try #require(
      review.plan().rosterEntry(study: review.study, snapshot: Review.snapshot))
    var journal = Journal()
    _ = journal.append(.decision(entry, plan: digest, approved: true, words: ""))
    #expect(try review.verdict(policy: asking, journal: journal) == .accepted)
    // Another plan is another question.
    let other = try review.offer(Array("another plan's bytes".utf8))
    #expect(try review.verdict(other, policy: asking, journal: journal) == ask)
    _ = journal.append(.decision(entry, plan: digest, approved: false, words: ""))
    for policy in [asking, Review.open] {
      #expect(
        try review.verdict(policy: policy, journal: journal)
          == .refused(Refusal(rule: "denied", detail: "the site's administrator denied this plan")))
    }
  }
}

@Suite("An offered plan")
struct OfferTests {
  private func expect(
    _ rule: String, _ detail: String, _ verdict: PlanReview.Verdict,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(verdict == .refused(Refusal(rule: rule, detail: detail)), sourceLocation: sourceLocation)
  }

  @Test("of a study that was not accepted, or of another version of it, is refused")
  func study() throws {
    let review = try Review()
    let detail = "the site's administrator has not accepted this version of the study"
    expect("study-not-accepted", detail, try review.verdict(accepted: false))
    for digest in [nil, Digest(of: [1])] {
      expect("study-not-accepted", detail, try review.verdict(plan: review.plan(digest: digest)))
    }
  }

  @Test("of a researcher that the study does not name is refused, whatever name is claimed")
  func researcher() throws {
    let review = try Review()
    expect(
      "unknown-researcher", "the plan's signer is not a researcher of the study",
      try review.verdict(review.offer(by: review.stranger)))
    expect(
      "bad-plan-signature", "the plan's signature does not fit its bytes",
      try review.verdict(review.offer(by: review.stranger, as: review.anna)))
    // A site's key is no researcher's.
    expect(
      "unknown-researcher", "the plan's signer is not a researcher of the study",
      try review.verdict(review.offer(by: review.small.signers[0])))
  }

  @Test("whose bytes are not those that were signed is refused")
  func bytes() throws {
    let review = try Review()
    let offer = try review.offer()
    let changed = RunOffer(
      run: offer.run, plan: offer.plan + [0], researcher: offer.researcher,
      planSignature: offer.planSignature, runSignature: offer.runSignature)
    expect(
      "bad-plan-signature", "the plan's signature does not fit its bytes", try review.verdict(changed))
    // A signature for another purpose is none.
    let study = RunOffer(
      run: offer.run, plan: offer.plan, researcher: offer.researcher,
      planSignature: try review.anna.sign(.study, offer.plan), runSignature: offer.runSignature)
    expect("bad-plan-signature", "the plan's signature does not fit its bytes", try review.verdict(study))
  }

  @Test("without the signer's order for this run of this plan is refused")
  func order() throws {
    let review = try Review()
    let detail = "the order to run is not signed by the plan's signer"
    let offers = [
      try review.offer(orderedRun: String(repeating: "1", count: 32)),
      try review.offer(orderedPlan: [1]),
      // Another researcher of the study orders it.
      try review.offer(runSigner: review.ben),
    ]
    for offer in offers { expect("bad-run-signature", detail, try review.verdict(offer)) }
  }

  @Test("with a run's id that is none is refused", arguments: ["", "0a", String(repeating: "g", count: 32)])
  func runID(run: String) throws {
    let review = try Review()
    expect(
      "bad-run-id", "a run's id has 32 hexadecimal digits", try review.verdict(review.offer(run: run)))
  }

  @Test("that does not fit its study is refused with the key and the reason")
  func fit() throws {
    let review = try Review()
    let names = review.small.roster.sites
    let rule = "plan-does-not-fit-study"
    func verdict(_ plan: Plan) throws -> PlanReview.Verdict { try review.verdict(plan: plan) }
    expect(
      rule, "sites: the plan names 2 sites; the study demands 3",
      try verdict(review.plan(sites: Array(names.prefix(2)))))
    expect(
      rule, "sites: “trento” is not a site of the study", try verdict(review.plan(sites: names + ["trento"])))
    let order = "sites: the sites are repeated or not in the study's order"
    expect(rule, order, try verdict(review.plan(sites: names.reversed())))
    expect(rule, order, try verdict(review.plan(sites: names + [names[4]])))
    expect(
      rule, "predictors[2]: “height” is not a variable of the study",
      try verdict(review.plan(predictors: ["age", "height"])))
    expect(
      rule, "predictors[2]: “age” stands twice in one form",
      try verdict(review.plan(predictors: ["age", "age"])))
    expect(rule, "predictors: the plan names no predictor", try verdict(review.plan(predictors: [])))
    let filter = CohortFilter([
      FilterCondition(variable: "height", test: .between(atLeast: 1, atMost: nil))
    ])
    expect(
      rule, "filter: filter names “height”, which the dictionary does not have",
      try verdict(review.plan(filter: filter)))
  }

  @Test("that does not name this site is refused")
  func notThisSite() throws {
    let review = try Review()
    // The plan's sites are the first four of five.
    expect(
      "not-a-site", "the plan does not name this site",
      try review.verdict(site: try #require(review.small.roster.sites.last)))
  }
}

@Suite("A second roster, filter or snapshot for a study, or other groups of sites")
struct SecondRosterTests {
  private let ask = PlanReview.Verdict.ask(
    ["the study's plans here ran with another roster, filter, snapshot or groups"], needsWords: true)

  /// A journal in which a plan of this study ran on the first four sites, without a filter.
  private func journal(_ review: Review) throws -> Journal {
    var journal = Journal()
    let entry = try #require(
      review.plan().rosterEntry(study: review.study, snapshot: Review.snapshot))
    _ = journal.append(.roster(entry, plan: Digest(of: Review.plan)))
    return journal
  }

  private func others(_ review: Review) -> [(String, Plan, Digest)] {
    let names = review.small.roster.sites
    let filter = CohortFilter([FilterCondition(variable: "age", test: .between(atLeast: 40, atMost: nil))])
    return [
      ("one site more", review.plan(sites: names), Review.snapshot),
      ("one site less", review.plan(sites: Array(names.prefix(3))), Review.snapshot),
      ("a filter", review.plan(filter: filter), Review.snapshot),
      ("newer records", review.plan(), Digest(of: [7])),
    ]
  }

  @Test("needs the administrator's word and reason, though the policy approves all plans")
  func asks() throws {
    let review = try Review()
    let journal = try journal(review)
    #expect(try review.verdict(journal: journal) == .accepted)
    for (what, plan, snapshot) in others(review) {
      for approval in Policy.Approval.allCases {
        let verdict = try review.verdict(
          plan: plan, policy: policy(approval: approval), snapshot: snapshot, journal: journal)
        #expect(verdict == ask, "\(what), \(approval)")
      }
    }
  }

  @Test("is not allowed by a word without a reason, and is by one with it")
  func words() throws {
    let review = try Review()
    for (what, plan, snapshot) in others(review) {
      var journal = try journal(review)
      let entry = try #require(plan.rosterEntry(study: review.study, snapshot: snapshot))
      func verdict() throws -> PlanReview.Verdict {
        try review.verdict(plan: plan, snapshot: snapshot, journal: journal)
      }
      _ = journal.append(.decision(entry, plan: Digest(of: Review.plan), approved: true, words: ""))
      #expect(try verdict() == ask, "\(what)")
      _ = journal.append(
        .decision(entry, plan: Digest(of: Review.plan), approved: true, words: "the board agreed"))
      #expect(try verdict() == .accepted, "\(what)")
    }
  }

  @Test("is not allowed by a reason that was given for another")
  func carriesOver() throws {
    let review = try Review()
    let plans = others(review)
    for (index, (what, plan, snapshot)) in plans.enumerated() {
      var journal = try journal(review)
      for (other, (_, plan, snapshot)) in plans.enumerated() where other != index {
        let entry = try #require(plan.rosterEntry(study: review.study, snapshot: snapshot))
        _ = journal.append(.decision(entry, plan: Digest(of: Review.plan), approved: true, words: "agreed"))
      }
      #expect(try review.verdict(plan: plan, snapshot: snapshot, journal: journal) == ask, "\(what)")
    }
  }

  @Test(
    "is one that leaves out other groups of sites, and none that leaves out none, or the same in another order"
  )
  func groups() throws {
    let review = try Review(sites: 8)
    let names = review.small.roster.sites
    func plan(_ groups: [[String]]?) -> Plan {
      var specification = LogisticSpecification(
        outcome: SmallTable.outcome, predictors: ["age", "smoker"], penalty: .none)
      specification.validation = groups.map { .groups($0) }
      return review.plan(sites: names, algorithm: .logistic(specification))
    }
    let (three, four) = (Array(names[..<3]), Array(names[..<4]))
    var journal = Journal()
    func verdict(_ groups: [[String]]?) throws -> PlanReview.Verdict {
      try review.verdict(plan: plan(groups), journal: journal)
    }
    func run(_ groups: [[String]]?) throws {
      let entry = try #require(plan(groups).rosterEntry(study: review.study, snapshot: Review.snapshot))
      _ = journal.append(.roster(entry, plan: Digest(of: Review.plan)))
    }
    try run(nil)
    #expect(try verdict([three]) == .accepted)
    try run([three])
    #expect(try verdict([three.reversed()]) == .accepted)
    #expect(try verdict(nil) == .accepted)
    #expect(try verdict([four]) == ask)
    #expect(try verdict([three, Array(names[3...])]) == ask)
  }

  @Test("is told by every part of a filter")
  func filters() throws {
    let review = try Review()
    let tests: [FilterCondition.Test] = [
      .between(atLeast: 40, atMost: nil), .between(atLeast: nil, atMost: 40),
      .between(atLeast: 40, atMost: 41), .between(atLeast: 40, atMost: 42), .oneOf(["40"]),
      .oneOf(["40", "41"]), .oneOf(["4041"]),
    ]
    var filters = [CohortFilter([])]
    for variable in ["age", "smoker"] {
      filters += tests.map { CohortFilter([FilterCondition(variable: variable, test: $0)]) }
    }
    filters.append(CohortFilter(filters[1].conditions + filters[2].conditions))
    let digests = filters.compactMap {
      review.plan(filter: $0).rosterEntry(study: review.study, snapshot: Review.snapshot)?.filter
    }
    #expect(Set(digests).count == filters.count)
  }

  @Test("under the same name but another key is another roster")
  func keys() throws {
    let review = try Review()
    var parties = review.study.sites
    parties[1] = Party(name: parties[1].name, key: review.stranger.identity)
    let rekeyed = Study(
      dictionary: review.study.dictionary, sites: parties, researchers: review.study.researchers,
      limits: review.study.limits, recordKey: review.study.recordKey)
    let verdict = PlanReview(site: "luxembourg", policy: Review.open).verdict(
      on: try review.offer(), plan: review.plan(), study: (rekeyed, Review.studyDigest),
      snapshot: Review.snapshot, journal: try journal(review))
    #expect(verdict == ask)
  }
}
