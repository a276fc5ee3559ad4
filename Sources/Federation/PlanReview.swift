import Cohorts
import Queries
import SecureAggregation

/// What a site's own rules say of an offered plan, before its records are touched.
package struct PlanReview: Sendable {
  package enum Verdict: Hashable, Sendable {
    case accepted
    /// The administrator has to decide; the reasons. `needsWords`: why must be said, for the plan is about other
    /// sites, rows or records than the study's plans before it.
    case ask([String], needsWords: Bool)
    case refused(Refusal)
  }

  private let site: String
  private let policy: Policy

  package init(site: String, policy: Policy) {
    self.site = site
    self.policy = policy
  }

  /// - Parameters:
  ///   - plan: what the offer's bytes decode to.
  ///   - study: the study the administrator accepted under the plan's study name, with the digest of its bytes;
  ///     nil when none was.
  ///   - snapshot: digest of the records that the run would work on.
  package func verdict(
    on offer: RunOffer, plan: Plan, study accepted: (study: Study, digest: Digest)?,
    snapshot: Digest, journal: Journal
  ) -> Verdict {
    do throws(Refusal) {
      try check(offer, plan: plan, study: accepted)
    } catch {
      return .refused(error)
    }
    guard let study = accepted?.study, let entry = plan.rosterEntry(study: study, snapshot: snapshot)
    else { return .refused(Refusal(rule: "not-a-roster", detail: "the plan's sites make no roster")) }
    let known = journal.rosters(of: plan.study)
    let needsWords = !known.isEmpty && !Self.isFamiliar(entry, known)
    let decision = journal.decision(on: offer.planDigest, entry)
    if decision?.isApproved == false {
      return .refused(Refusal(rule: "denied", detail: "the site's administrator denied this plan"))
    }
    if needsWords {
      return decision?.words.isEmpty == false
        ? .accepted
        : .ask(
          ["the study's plans here ran with another roster, filter, snapshot or groups"], needsWords: true)
    }
    return decision != nil || policy.approval == .auto
      ? .accepted : .ask(["the site approves each plan by hand"], needsWords: false)
  }

  /// Whether plans over these rows ran here, and none left out other groups of sites: where two groups differ in a site,
  /// their sums would tell what is that site's.
  private static func isFamiliar(_ entry: RosterEntry, _ known: Set<RosterEntry>) -> Bool {
    let same = known.filter { $0.hasRows(of: entry) }
    return known.contains(entry)
      || (!same.isEmpty && same.allSatisfy { $0.groups == nil || entry.groups == nil })
  }

  /// The rules that rest on signatures, study and policy alone.
  ///
  /// - Throws: `Refusal` naming the rule that is broken.
  package func check(
    _ offer: RunOffer, plan: Plan, study accepted: (study: Study, digest: Digest)?
  ) throws(Refusal) {
    try demand(
      policy.studies.contains(plan.study), "policy-studies",
      "the site's policy does not allow the study “\(plan.study)”")
    guard let (study, digest) = accepted, plan.studyDigest == digest else {
      throw Refusal(
        rule: "study-not-accepted",
        detail: "the site's administrator has not accepted this version of the study")
    }
    try demand(
      offer.run.utf8.count == 32 && [UInt8](hexadecimal: offer.run) != nil, "bad-run-id",
      "a run's id has 32 hexadecimal digits")
    guard let researcher = study.researchers.first(where: { $0.key == offer.researcher }) else {
      throw Refusal(
        rule: "unknown-researcher", detail: "the plan's signer is not a researcher of the study")
    }
    try demand(
      offer.researcher.verifies(offer.planSignature, .plan, offer.plan), "bad-plan-signature",
      "the plan's signature does not fit its bytes")
    try demand(
      offer.researcher.verifies(
        offer.runSignature, .run, RunOffer.statement(run: offer.run, plan: offer.planDigest)),
      "bad-run-signature", "the order to run is not signed by the plan's signer")
    if let problem = plan.problems(in: study).first {
      throw Refusal(rule: "plan-does-not-fit-study", detail: "\(problem.key): \(problem.message)")
    }
    try demand(plan.sites.contains(site), "not-a-site", "the plan does not name this site")
    try demand(
      policy.algorithms.contains(plan.algorithm.name), "policy-algorithms",
      "the site's policy does not allow the algorithm “\(plan.algorithm.name)”")
    try demand(
      policy.researchers.contains(researcher.name), "policy-researchers",
      "the site's policy does not allow the researcher “\(researcher.name)”")
    try demand(
      plan.membership == .fixed || policy.allowsTolerant, "policy-membership",
      "the site's policy does not allow membership: tolerant")
    try demand(
      (plan.tolerance?.threshold ?? policy.leastSites) >= policy.leastSites, "policy-least-sites",
      "the site's policy demands at least \(policy.leastSites) sites in every step")
    try demand(
      plan.sites.count >= policy.leastSites, "policy-least-sites",
      "the site's policy demands at least \(policy.leastSites) sites")
    let (least, most) = (study.limits.leastCount, plan.greatestLeastCount(in: study))
    try demand(
      policy.leastCount <= most, "policy-least-count",
      "the site's policy demands a least count of \(policy.leastCount); the study's is \(least)"
        + (most > least ? ", and the sites can raise it to \(most)" : ""))
  }

  private func demand(_ holds: Bool, _ rule: String, _ detail: String) throws(Refusal) {
    guard holds else { throw Refusal(rule: rule, detail: detail) }
  }
}

extension RunOffer {
  /// Whether a researcher of the study signed the plan.
  package func isSigned(in study: Study) -> Bool {
    study.researchers.contains { $0.key == researcher } && researcher.verifies(planSignature, .plan, plan)
  }
}

extension Plan {
  /// Which rows of which sites the plan is about.
  ///
  /// - Returns: nil when a site of the plan is not one of the study.
  package func rosterEntry(study: Study, snapshot: Digest) -> RosterEntry? {
    let members = sites.compactMap { site in study.sites.first { $0.name == site } }
    guard members.count == sites.count else { return nil }
    var encoder = CanonicalEncoder(label: "konsil/v1/filter")
    encoder.append(list: filter.conditions) { encoder, condition in
      encoder.append(condition.variable)
      switch condition.test {
      case .between(atLeast: let lower, atMost: let upper):
        encoder.append("between")
        encoder.append(list: lower.map { [$0] } ?? []) { $0.append($1) }
        encoder.append(list: upper.map { [$0] } ?? []) { $0.append($1) }
      case .oneOf(let levels):
        encoder.append("one-of")
        encoder.append(list: levels) { $0.append($1) }
      }
    }
    return RosterEntry(
      study: study.name, sites: members.map { "\($0.name) \($0.key.fingerprint)" },
      filter: Digest(of: encoder.bytes), snapshot: snapshot, groups: groupsDigest)
  }

  /// Whatever the order of groups and of the sites in each.
  private var groupsDigest: Digest? {
    groupsLeftOut.map { groups in
      var encoder = CanonicalEncoder(label: "konsil/v1/groups")
      encoder.append(list: groups.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }) {
        encoder, group in encoder.append(list: group) { $0.append($1) }
      }
      return Digest(of: encoder.bytes)
    }
  }
}
