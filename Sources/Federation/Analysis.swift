import Cohorts
import Preprocessing
import Queries
import Regression

/// The model of whichever algorithm a plan names.
package enum PlanModel: Sendable, Codable, Equatable {
  case logistic(LogisticModel)
}

/// The program of whichever algorithm a plan names.
package enum PlanProgram: Program {
  case logistic(LogisticProgram)

  /// - Parameter plan: one without problems in `study`.
  package init(_ plan: Plan, study: Study) throws(AnalysisError) {
    switch plan.algorithm {
    case .logistic(let specification):
      self = .logistic(
        try LogisticProgram(
          plan.frame(specification, study: study, leastRows: study.limits.leastRows),
          penalty: specification.penalty))
    }
  }

  package func next() -> ProgramAction<PlanModel> {
    switch self {
    case .logistic(let program):
      switch program.next() {
      case .ask(let query): .ask(query)
      case .finished(let model): .finished(.logistic(model))
      }
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    switch self {
    case .logistic(var program):
      try program.absorb(sum)
      self = .logistic(program)
    }
  }
}

extension Plan {
  /// The variables that a site must have to answer this plan: those of the model, its outcome and the filter.
  package func variables(in study: Study) -> (predictors: [Variable], outcome: Outcome?) {
    switch algorithm {
    case .logistic(let specification):
      let names = specification.predictors + filter.conditions.map(\.variable)
      let variables = study.dictionary.variables.filter { names.contains($0.name) }
      return (variables, study.dictionary.outcome(named: specification.outcome))
    }
  }

  /// The site's computation for this plan on its records.
  ///
  /// - Parameter leastRows: the site's own least rows over the federation; the study's holds as well.
  /// - Returns: nil when the cohort lacks a variable of the plan.
  package func computation(
    study: Study, cohort: Cohort, leastRows: Int
  ) -> (any SiteComputation)? {
    switch algorithm {
    case .logistic(let specification):
      let frame = frame(
        specification, study: study, leastRows: max(leastRows, study.limits.leastRows))
      return DesignRows(
        frame.design, cohort: cohort, filter: filter, dictionary: study.dictionary
      ).map { LogisticComputation(frame, rows: $0) }
    }
  }

  fileprivate func frame(
    _ specification: LogisticSpecification, study: Study, leastRows: Int
  ) -> Preparation.Frame {
    Preparation.Frame(
      design: DesignSpecification(
        dictionary: study.dictionary, outcome: specification.outcome,
        predictors: specification.predictors),
      sites: sites.count, leastRows: leastRows, mostRowsPerSite: study.limits.mostRowsPerSite)
  }
}
