import Cohorts
import Federation
import KonsilTesting
import Queries
import Regression
import SecureAggregation
import Testing

/// A study with researchers, and offers of plans on it as a site's agent gets them.
struct Review {
  static let plan: [UInt8] = Array("the plan's bytes".utf8)
  static let studyDigest = Digest(of: Array("the study's bytes".utf8))
  static let snapshot = Digest(of: Array("the records".utf8))
  static let open = Policy(
    studies: ["small"], algorithms: ["logistic"], researchers: ["anna", "ben"], leastSites: 3, leastRows: 1,
    approval: .auto)

  let small: SmallStudy
  let study: Study
  let anna: SigningKey
  let ben: SigningKey
  let stranger: SigningKey

  init(sites: Int = 5) throws {
    small = try SmallStudy.drawn(sites: sites)
    func key(_ name: String) throws -> SigningKey {
      try #require(SigningKey(seed: Digest(of: Array(name.utf8)).bytes))
    }
    (anna, ben, stranger) = (try key("anna"), try key("ben"), try key("stranger"))
    study = Study(
      dictionary: small.study.dictionary, sites: small.study.sites,
      researchers: [Party(name: "anna", key: anna.identity), Party(name: "ben", key: ben.identity)],
      limits: small.study.limits, recordKey: "patient_id")
  }

  func plan(
    sites: [String]? = nil, filter: CohortFilter = CohortFilter([]), study: String = "small",
    digest: Digest? = studyDigest, predictors: [String] = ["age", "smoker"], algorithm: Algorithm? = nil
  ) -> Plan {
    Plan(
      name: "plan", study: study, studyDigest: digest, sites: sites ?? Array(small.roster.sites.prefix(4)),
      membership: .fixed, filter: filter,
      algorithm: algorithm
        ?? .logistic(
          LogisticSpecification(outcome: SmallTable.outcome, predictors: predictors, penalty: .none)),
      mostSteps: 60)
  }

  func offer(
    _ bytes: [UInt8] = plan, run: String = Bench.run, by signer: SigningKey? = nil,
    as researcher: SigningKey? = nil,
    runSigner: SigningKey? = nil, orderedRun: String? = nil, orderedPlan: [UInt8]? = nil
  ) throws -> RunOffer {
    let signer = signer ?? anna
    let statement = RunOffer.statement(run: orderedRun ?? run, plan: Digest(of: orderedPlan ?? bytes))
    return RunOffer(
      run: run, plan: bytes, researcher: (researcher ?? signer).identity,
      planSignature: try signer.sign(.plan, bytes),
      runSignature: try (runSigner ?? signer).sign(.run, statement))
  }

  func verdict(
    _ offer: RunOffer? = nil, plan: Plan? = nil, policy: Policy = open, accepted: Bool = true,
    snapshot: Digest = snapshot, journal: Journal = Journal(), site: String = "luxembourg"
  ) throws -> PlanReview.Verdict {
    PlanReview(site: site, policy: policy).verdict(
      on: try offer ?? self.offer(), plan: plan ?? self.plan(),
      study: accepted ? (study, Self.studyDigest) : nil, snapshot: snapshot, journal: journal)
  }
}

func policy(
  studies: [String] = ["small"], algorithms: [String] = ["logistic"], researchers: [String] = ["anna"],
  leastSites: Int = 3, leastCount: Int = 1, approval: Policy.Approval = .auto
) -> Policy {
  Policy(
    studies: studies, algorithms: algorithms, researchers: researchers, leastSites: leastSites, leastRows: 1,
    leastCount: leastCount, approval: approval)
}
