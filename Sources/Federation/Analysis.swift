import Boosting
import Cohorts
import Preprocessing
import Queries
import Regression

/// The model of whichever algorithm a plan names.
package enum PlanModel: Sendable, Codable, Equatable {
  case logistic(LogisticModel)
  case summary(SummaryModel)
  case boosting(BoostingModel)
}

/// The program of whichever algorithm a plan names.
package enum PlanProgram: Program {
  case logistic(LogisticProgram)
  case summary(SummaryProgram)
  case boosting(BoostingProgram)
  case probe(ProbeProgram)

  /// - Parameter plan: one without problems in `study`.
  package init(_ plan: Plan, study: Study) throws(AnalysisError) {
    let leastRows = study.limits.leastRows
    switch plan.algorithm {
    case .logistic(let specification):
      self = .logistic(
        try LogisticProgram(plan.frame(specification, study: study, leastRows: leastRows)))
    case .summary(let specification):
      self = .summary(try SummaryProgram(plan.frame(specification, study: study, leastRows: leastRows)))
    case .boosting(let specification):
      guard let frame = plan.frame(specification, study: study, leastRows: leastRows) else {
        throw AnalysisError(
          .inconsistentSum, "the plan's trees do not fit the study",
          advice: "report this: a plan that passed its check cannot lead here")
      }
      self = .boosting(BoostingProgram(frame))
    }
  }

  package func next() -> ProgramAction<PlanModel> {
    switch self {
    case .logistic(let program): Self.action(program.next(), PlanModel.logistic)
    case .summary(let program): Self.action(program.next(), PlanModel.summary)
    case .boosting(let program): Self.action(program.next(), PlanModel.boosting)
    case .probe(let program): .ask(program.query)
    }
  }

  /// Whether a sum of what is asked next is kept although no site verifies it, so that a run goes on where it was.
  /// Those of growing trees are large and quickly asked again.
  package var keepsSums: Bool {
    switch self {
    case .logistic, .summary: true
    case .boosting(let program): program.asksOfFinishedTrees
    case .probe(let program): program.keepsSums
    }
  }

  /// Whether sites are taken further by queries than by verified sums (`SiteComputation.followsQueries`).
  package var sitesFollow: Bool { if case .boosting = self { true } else { false } }

  /// What is to be kept of the sum that was absorbed last, where its numbers are not.
  package var finishedRound: FinishedRound? {
    if case .boosting(let program) = self { program.finishedRound } else { nil }
  }

  /// Takes a finished round in place of its sums.
  package mutating func resume(after round: FinishedRound) throws(AnalysisError) {
    guard case .boosting(var program) = self else { return }
    try program.resume(after: round)
    self = .boosting(program)
  }

  private static func action<Model>(
    _ action: ProgramAction<Model>, _ model: (Model) -> PlanModel
  ) -> ProgramAction<PlanModel> {
    switch action {
    case .ask(let query): .ask(query)
    case .finished(let found): .finished(model(found))
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) { try absorb(sum, .one) }

  /// - Parameter workers: threads that the search for splits may be shared among.
  package mutating func absorb(_ sum: QuerySum, _ workers: Workers) throws(AnalysisError) {
    switch self {
    case .logistic(var program):
      try program.absorb(sum)
      self = .logistic(program)
    case .summary(var program):
      try program.absorb(sum)
      self = .summary(program)
    case .boosting(var program):
      try program.absorb(sum, workers)
      self = .boosting(program)
    case .probe(var program):
      program.absorb(sum)
      self = .probe(program)
    }
  }
}

extension Plan {
  /// The variables that a site must have to answer this plan, and the outcome: those of the analysis and the filter,
  /// those that tell where one of them applies, and those that one is computed from.
  package func variables(in study: Study) -> (predictors: [Variable], outcome: Outcome?) {
    let outcome: String
    var names = filter.conditions.map(\.variable)
    switch algorithm {
    case .logistic(let specification):
      outcome = specification.outcome
      names += specification.predictors + [specification.weights?.variable].compactMap(\.self)
    case .summary(let specification):
      outcome = specification.outcome
      names += specification.variables
    case .boosting(let specification):
      outcome = specification.outcome
      names += specification.predictors + [specification.exposure, specification.weight].compactMap(\.self)
      names.append(outcome)
    }
    let named = study.dictionary.variables.filter { names.contains($0.name) }
    names += named.compactMap { $0.appliesWhen?.variable }
    names += named.flatMap { $0.formula?.parts.map(\.variable) ?? [] }
    let variables = study.dictionary.variables.filter { names.contains($0.name) }
    return (variables, study.dictionary.outcome(named: outcome))
  }

  /// The site's computation for this plan on its records.
  ///
  /// - Parameters:
  ///   - site: the site's name in the study.
  ///   - leastRows: the site's own least rows over the federation; the study's holds as well.
  ///   - leastCount: the site's own least count, at most `greatestLeastCount(in:)`; the study's holds as well.
  /// - Returns: nil when the cohort lacks a variable of the plan.
  package func computation(
    study: Study, site: String, cohort: Cohort, leastRows: Int, leastCount: Int = 1
  ) -> (any SiteComputation)? {
    let leastRows = max(leastRows, study.limits.leastRows)
    switch algorithm {
    case .logistic(let specification):
      return LogisticComputation(
        frame(specification, study: study, leastRows: leastRows), site: site,
        records: SiteRecords(cohort: cohort, filter: filter, dictionary: study.dictionary))
    case .summary(let specification):
      let frame = frame(specification, study: study, leastRows: leastRows)
      return SummaryRows(frame, cohort: cohort, filter: filter).map { SummaryComputation(frame, rows: $0) }
    case .boosting(let specification):
      guard let frame = frame(specification, study: study, leastRows: leastRows) else { return nil }
      return BoostingComputation(
        frame, site: site, cohort: cohort, filter: filter, dictionary: study.dictionary,
        leastCount: leastCount)
    }
  }

  /// To what sites can raise the study's least count for this plan. Trees ask for the greatest of all; elsewhere the
  /// study's stands, and a site that demands more refuses.
  package func greatestLeastCount(in study: Study) -> Int {
    guard case .boosting = algorithm else { return study.limits.leastCount }
    return study.limits.leastCount + BoostingPreparation.mostAbove
  }

  fileprivate func frame(
    _ specification: LogisticSpecification, study: Study, leastRows: Int
  ) -> LogisticFrame {
    let weights = specification.weights.flatMap { study.dictionary.variable(named: $0.variable) }
    var frame = Preparation.Frame(
      design: Design(
        dictionary: study.dictionary, outcome: specification.outcome, terms: specification.terms,
        missing: specification.missing, weight: specification.weights?.variable),
      sites: sites.count, leastRows: leastRows, mostRowsPerSite: study.limits.mostRowsPerSite)
    frame.leastCount = study.limits.leastCount
    frame.rare = specification.rare
    frame.support = study.limits.support
    frame.hasSiteIntercepts = specification.intercept == .site
    frame.greatestWeight = weights?.greatest
    if specification.standardErrors == .cluster {
      frame.mostRowsPerPatient = study.limits.mostRowsPerPatient
    }
    return LogisticFrame(specification, preparation: frame, sites: sites)
  }

  fileprivate func frame(
    _ specification: BoostingSpecification, study: Study, leastRows: Int
  ) -> BoostingFrame? {
    BoostingFrame(
      specification, dictionary: study.dictionary, sites: sites, leastRows: leastRows,
      leastCount: study.limits.leastCount, mostRowsPerSite: study.limits.mostRowsPerSite)
  }

  fileprivate func frame(
    _ specification: SummarySpecification, study: Study, leastRows: Int
  ) -> SummaryFrame {
    SummaryFrame(
      specification: specification, dictionary: study.dictionary, sites: sites.count, leastRows: leastRows,
      leastCount: study.limits.leastCount, mostRowsPerSite: study.limits.mostRowsPerSite)
  }
}

extension Variable {
  fileprivate var greatest: Double? {
    switch kind {
    case .continuous(let range), .count(let range): range.upper
    case .binary: 1
    case .categorical, .ordinal: nil
    }
  }
}
