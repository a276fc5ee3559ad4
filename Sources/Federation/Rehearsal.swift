import Boosting
import Cohorts
import Queries
import Regression

/// A plan run in the clear on imagined records, to learn what it asks of real ones.
struct Rehearsal {
  /// In their order.
  private(set) var queries: [Query] = []
  private(set) var model: PlanModel?
  static let mostRounds = 5

  /// - Parameter plan: one without problems in `study`.
  /// - Throws: `AnalysisError` when no records at all could give a result under the plan.
  init(_ plan: Plan, study: Study) throws(AnalysisError) {
    let study = study.withoutLeastRows
    let plan = plan.shortened
    var records = ImaginedRecords(plan, study: study)
    var sites: [any SiteComputation] = []
    for site in plan.sites {
      guard let cohort = records.cohort(),
        let computation = plan.computation(study: study, site: site, cohort: cohort, leastRows: 0)
      else { return }
      sites.append(computation)
    }
    var program = try PlanProgram(plan, study: study)
    // A plan of endless steps would be a fault of ours; its budget ends it here as it would there.
    while queries.count < plan.mostSteps {
      switch program.next() {
      case .finished(let model):
        self.model = model
        return
      case .ask(let query):
        queries.append(query)
        guard let sum = Self.sum(query, &sites) else { return }
        if query.isVerified {
          for index in sites.indices { try sites[index].absorb(sum) }
        }
        try program.absorb(sum)
      }
    }
  }

  private static func sum(_ query: Query, _ sites: inout [any SiteComputation]) -> QuerySum? {
    var sum = [UInt64](repeating: 0, count: query.length)
    for index in sites.indices {
      guard let contribution = sites[index].contribution(to: query) else { return nil }
      for (place, element) in contribution.take().enumerated() { sum[place] &+= element }
    }
    return QuerySum(elements: sum, for: query)
  }
}

extension Plan {
  /// With few rounds of trees, for all rounds ask alike; scores take more values than after one.
  fileprivate var shortened: Plan {
    guard case .boosting(var specification) = algorithm else { return self }
    specification.rounds = min(specification.rounds, Rehearsal.mostRounds)
    specification.earlyStoppingRounds = 0
    return Plan(
      name: name, study: self.study, studyDigest: studyDigest, sites: sites, membership: membership,
      threshold: threshold, filter: filter, algorithm: .boosting(specification), mostSteps: mostSteps)
  }
}

extension Study {
  /// With no least rows: imagined records are as few as will do.
  fileprivate var withoutLeastRows: Study {
    Study(
      dictionary: dictionary, sites: sites, researchers: researchers,
      limits: Limits(
        leastSites: limits.leastSites, leastRows: 1, leastCount: limits.leastCount,
        mostRowsPerSite: limits.mostRowsPerSite, mostRowsPerPatient: limits.mostRowsPerPatient,
        support: limits.support),
      recordKey: recordKey)
  }
}
