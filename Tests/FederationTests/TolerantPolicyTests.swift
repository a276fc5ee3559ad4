import Cohorts
import Federation
import KonsilTesting
import Regression
import SecureAggregation
import Testing

@Suite("A plan with membership: tolerant")
struct TolerantPolicyTests {
  private func plan(_ review: Review, sites: Int = 5, threshold: Int? = nil) -> Plan {
    let own = review.plan(sites: Array(review.small.roster.sites.prefix(sites)))
    return Plan(
      name: own.name, study: own.study, studyDigest: own.studyDigest, sites: own.sites, membership: .tolerant,
      threshold: threshold, filter: own.filter, algorithm: own.algorithm, mostSteps: own.mostSteps)
  }

  private func policy(leastSites: Int = 3, allowsTolerant: Bool) -> Policy {
    Policy(
      studies: ["small"], algorithms: ["logistic"], researchers: ["anna"], leastSites: leastSites,
      leastRows: 1,
      approval: .auto, allowsTolerant: allowsTolerant)
  }

  @Test("runs only where the site's policy accepts what it gives away")
  func policy() throws {
    let review = try Review()
    #expect(
      try review.verdict(plan: plan(review), policy: policy(allowsTolerant: false))
        == .refused(
          Refusal(
            rule: "policy-membership", detail: "the site's policy does not allow membership: tolerant")))
    #expect(try review.verdict(plan: plan(review), policy: policy(allowsTolerant: true)) == .accepted)
    #expect(!Policy.closed.allowsTolerant)
  }

  @Test("is held to the policy's least number of sites in each step, not in the plan alone")
  func leastSites() throws {
    let review = try Review()
    let demanding = policy(leastSites: 5, allowsTolerant: true)
    #expect(
      try review.verdict(plan: plan(review), policy: demanding)
        == .refused(
          Refusal(
            rule: "policy-least-sites", detail: "the site's policy demands at least 5 sites in every step")))
    #expect(try review.verdict(plan: plan(review, threshold: 5), policy: demanding) == .accepted)
  }

  @Test("may raise the threshold and not lower it, and needs four sites")
  func threshold() throws {
    let review = try Review()
    for threshold in [3, 6, 0, -1] {
      let problems = plan(review, threshold: threshold).problems(in: review.study)
      #expect(problems.map(\.key) == ["threshold"], "\(threshold)")
      // What a site makes of it is never below the rule.
      #expect(plan(review, threshold: threshold).tolerance?.threshold ?? 0 >= 4)
    }
    for threshold in [nil, 4, 5] {
      #expect(plan(review, threshold: threshold).problems(in: review.study).isEmpty)
    }
    #expect(plan(review, threshold: 5).tolerance?.threshold == 5)
    #expect(plan(review, sites: 3).problems(in: review.study).map(\.key) == ["membership"])
  }
}
