import Boosting
import Cohorts
import Federation
import Queries
import Regression

/// A plan on all sites' rows at one place, without masks: what its federation's model is measured by.
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
    let plan = plan.over([place], studyDigest: plan.studyDigest)
    guard let rows = Cohort(joining: cohorts),
      var computation = plan.computation(study: study, site: place, cohort: rows, leastRows: 0)
    else { throw SimulationFault(site: place, detail: "its records lack a variable of the plan") }
    var program = try PlanProgram(plan, study: study)
    for step in 1...plan.mostSteps {
      switch program.next() {
      case .finished(let model): return model
      case .ask(let query):
        try computation.check(query)
        guard let elements = computation.contribution(to: query)?.take(),
          let sum = QuerySum(elements: elements, for: query)
        else { throw SimulationFault(site: place, detail: "its records give no answer to “\(query.name)”") }
        if query.isVerified { try computation.absorb(sum) }
        try program.absorb(sum)
        onStep(StepRecord(step: step, query: query, sum: sum))
      }
    }
    guard case .finished(let model) = program.next() else {
      throw SimulationFault(site: place, detail: "the plan's \(plan.mostSteps) steps are used up")
    }
    return model
  }
}

extension Plan {
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
