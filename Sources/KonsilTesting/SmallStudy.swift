import Boosting
import Cohorts
import Federation
import Preprocessing
import Regression
import SecureAggregation
import Simulation

/// A study and a plan on a `SmallTable`, with the identities of `SetupFixture`.
package struct SmallStudy: Sendable {
  package let table: SmallTable
  package let study: Study
  package private(set) var plan: Plan
  package let signers: [SigningKey]
  package let roster: Roster

  package init(
    _ table: SmallTable, predictors: [String]? = nil, penalty: LogisticSpecification.Penalty = .none,
    filter: CohortFilter = CohortFilter([]), leastRows: Int = 1, mostSteps: Int = 60,
    rare: RareRule = .merge
  ) throws {
    let identities = try SetupFixture(sites: table.cohorts.count)
    self.table = table
    signers = identities.signers
    roster = identities.roster
    study = Study(
      dictionary: table.dictionary,
      sites: identities.roster.members.map { Party(name: $0.site, key: $0.key) }, researchers: [],
      limits: Study.Limits(leastSites: 3, leastRows: leastRows, leastCount: 1, mostRowsPerSite: 1 << 20),
      recordKey: "patient_id")
    var specification = LogisticSpecification(
      outcome: SmallTable.outcome, predictors: predictors ?? table.predictors, penalty: penalty)
    specification.rare = rare
    plan = Plan(
      name: "small-plan", study: table.dictionary.name, studyDigest: nil, sites: roster.sites,
      membership: .fixed, filter: filter, algorithm: .logistic(specification), mostSteps: mostSteps)
  }

  /// 30 drawn rows a site of `age` and `smoker`, both with an effect.
  package static func drawn(
    sites: Int = 3, rows: Int = 30, seed: UInt64 = 1, mostSteps: Int = 60, leastRows: Int = 1
  ) throws -> SmallStudy {
    var random = SeededRandom(seed: seed)
    var ages: [Double] = []
    var smokers: [Double] = []
    var outcome: [Double] = []
    for _ in 0..<sites * rows {
      let age = Double(Int.random(in: 20...80, using: &random))
      let smoker = Double(Int.random(in: 0...1, using: &random))
      let risk = 0.2 + 0.006 * (age - 20) + 0.2 * smoker
      ages.append(age)
      smokers.append(smoker)
      outcome.append(Double.random(in: 0..<1, using: &random) < risk ? 1 : 0)
    }
    let table = try SmallTable(
      [(.number("age", 0, 120), .numbers(ages)), (.binary("smoker"), .numbers(smokers))],
      outcome: outcome, rows: Array(repeating: rows, count: sites))
    return try SmallStudy(table, leastRows: leastRows, mostSteps: mostSteps)
  }

  /// The same rows with a plan of another algorithm.
  package func running(_ algorithm: Algorithm, mostSteps: Int = 200) -> SmallStudy {
    var other = self
    other.plan = Plan(
      name: plan.name, study: plan.study, studyDigest: nil, sites: plan.sites, membership: .fixed,
      filter: plan.filter, algorithm: algorithm, mostSteps: mostSteps)
    return other
  }

  /// The same rows with a plan of trees for the outcome, from all predictors.
  ///
  /// - Parameter isValidated: whether two folds are held out once.
  package func growing(rounds: Int, depth: Int, isValidated: Bool = false) -> SmallStudy {
    var specification = BoostingSpecification(
      outcome: SmallTable.outcome, predictors: table.predictors, objective: .logistic)
    specification.rounds = rounds
    specification.maxDepth = depth
    if isValidated { specification.validation = .folds(2, repeats: 1, seed: 1) }
    return running(.boosting(specification))
  }

  /// Each site's records by its name.
  package var cohorts: [String: Cohort] {
    Dictionary(uniqueKeysWithValues: zip(roster.sites, table.cohorts))
  }

  package func federation() throws -> SimulatedFederation {
    try SimulatedFederation(plan: plan, study: study, cohorts: cohorts)
  }
}
