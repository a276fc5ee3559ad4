import Boosting
import Cohorts
import Federation
import Queries
import Regression

/// A plan on all sites' rows at one place, without masks: what its federation's model is measured by. What trees count
/// of sites, lest too few fill a cell, is counted of the sites.
package enum PooledTraining {
  /// The one place that has all rows.
  package static let place = "pooled"

  /// - Parameters:
  ///   - plan: one without problems in `study`, whose sites do not matter (`Plan.restsOnSites`).
  ///   - cohorts: each site's records, with the same variables.
  ///   - onStep: told each sum.
  /// - Throws: `SimulationFault` where the rows cannot answer, `AnalysisError` where they give no model.
  package static func run(
    _ plan: Plan, study: Study, cohorts: [Cohort], onStep: (StepRecord) -> Void = { _ in }
  ) throws -> PlanModel {
    let places = plan.isOfTrees ? cohorts.indices.map { "\(place) \($0 + 1)" } : [place]
    let plan = plan.over(places, studyDigest: plan.studyDigest)
    func computation(_ rows: Cohort?) throws -> any SiteComputation {
      guard let rows,
        let computation = plan.computation(study: study, site: places[0], cohort: rows, leastRows: 0)
      else { throw SimulationFault(site: place, detail: "its records lack a variable of the plan") }
      return computation
    }
    var asked = plan.isOfTrees ? try cohorts.map(computation) : [try computation(Cohort(joining: cohorts))]
    var program = try PlanProgram(plan, study: study)
    for step in 1...plan.mostSteps {
      switch program.next() {
      case .finished(let model): return model
      case .ask(let query):
        let sum = try sum(query, over: &asked)
        // At how many sites something is, joined rows do not tell; all else they do.
        if let pooled = BoostingComputation(joining: asked.compactMap { $0 as? BoostingComputation }),
          asked.count > 1
        {
          asked = [pooled]
        }
        try program.absorb(sum)
        onStep(StepRecord(step: step, query: query, sum: sum))
      }
    }
    guard case .finished(let model) = program.next() else {
      throw SimulationFault(site: place, detail: "the plan's \(plan.mostSteps) steps are used up")
    }
    return model
  }

  private static func sum(_ query: Query, over places: inout [any SiteComputation]) throws -> QuerySum {
    var total = [UInt64](repeating: 0, count: query.length)
    for index in places.indices {
      try places[index].check(query)
      guard let elements = places[index].contribution(to: query)?.take() else { throw noAnswer(query) }
      for (element, value) in elements.enumerated() { total[element] &+= value }
    }
    guard let sum = QuerySum(elements: total, for: query) else { throw noAnswer(query) }
    if query.isVerified { for index in places.indices { try places[index].absorb(sum) } }
    return sum
  }

  private static func noAnswer(_ query: Query) -> SimulationFault {
    SimulationFault(site: place, detail: "its records give no answer to “\(query.name)”")
  }
}

extension Plan {
  fileprivate var isOfTrees: Bool { if case .boosting = algorithm { true } else { false } }

  /// Whether the model depends on which site a row lies at, so that none can be had from pooled rows.
  package var restsOnSites: Bool {
    switch algorithm {
    case .logistic(let specification):
      if case .groups(_)? = specification.validation { return true }
      return specification.intercept == .site
    case .boosting(let specification):
      if case .groups(_)? = specification.validation { return true }
      return false
    case .summary: return false
    }
  }
}
