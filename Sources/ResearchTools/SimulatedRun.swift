import Cohorts
import Connectors
import Federation
import Queries
import Regression
import SecureAggregation
import Simulation

/// A plan run by a whole federation in one process: real masking, throw-away identities, no network and no
/// signatures.
package enum SimulatedRun {
  package struct Request: Sendable {
    /// A study, or its dictionary.
    package let study: String
    package let plan: String
    /// The records of each site.
    package let records: [NamedPath]
    /// Where the model and what belongs to it is written.
    package let folder: String
    /// Whether all rows are taken together, without sites and masks.
    package let isPooled: Bool

    package init(
      study: String, plan: String, records: [NamedPath], folder: String, isPooled: Bool = false
    ) {
      self.study = study
      self.plan = plan
      self.records = records
      self.folder = folder
      self.isPooled = isPooled
    }
  }

  /// Rows that a patient may have where a dictionary stands for a study.
  private static let mostRowsPerPatient = 100

  /// - Parameter progress: told one line a step.
  package static func run(
    _ request: Request, force: Bool, progress: (String) -> Void
  ) throws -> SimulationReport {
    try LocalFiles.requireAbsent(SimulationFiles.all(in: request.folder), force: force)
    try NamedPath.requireDistinctNames(request.records, option: "--site")
    let source = try DictionarySource(request.study)
    let file = try PlanFile(request.plan)
    let given = request.records.map(\.name)
    let plan = file.plan.over(try order(of: given, plan: file.plan, source: source))
    let study = try study(source, plan: plan)
    try PlanTools.requireFit(plan, file: request.plan, in: study, digest: source.studyDigest)

    let cohorts = try read(request.records, plan: plan, study: study, hasKeys: source.studyDigest != nil)
    let clock = ContinuousClock()
    let start = clock.now
    var steps: [SimulationRecord.Step] = []
    let train = request.isPooled ? pooled : federated
    let model = try train(plan, study, cohorts) { record in
      let step = SimulationRecord.Step(record)
      steps.append(step)
      progress("\(request.isPooled ? "pooled" : "simulated"): \(step.words(of: plan.mostSteps))")
    }
    let report = SimulationReport(
      record: SimulationRecord(
        study: study.name, plan: plan.name,
        sites: plan.sites.map { .init(site: $0, records: cohorts[$0]?.rowCount ?? 0) }, steps: steps,
        seconds: (clock.now - start) / .seconds(1)),
      result: try ResultFile(
        model, plan: plan, planDigest: file.digest, study: study, studyDigest: source.studyDigest,
        run: nil, simulated: true),
      folder: request.folder)
    try report.write(force: force)
    return report
  }

  private static func pooled(
    _ plan: Plan, _ study: Study, _ cohorts: [String: Cohort], onStep: (StepRecord) -> Void
  ) throws -> PlanModel {
    guard !plan.restsOnSites else {
      throw Complaint(
        .usage, code: "plan-rests-on-sites", "the plan's model depends on which site a row lies at",
        advice: "leave --pooled out")
    }
    do {
      return try PooledTraining.run(
        plan, study: study, cohorts: plan.sites.compactMap { cohorts[$0] }, onStep: onStep)
    } catch let error as AnalysisError {
      throw RunFailure(code: error.code.rawValue, message: error.message, advice: error.advice)
    }
  }

  private static func federated(
    _ plan: Plan, _ study: Study, _ cohorts: [String: Cohort], onStep: (StepRecord) -> Void
  ) throws -> PlanModel {
    let federation = try SimulatedFederation(plan: plan, study: study, cohorts: cohorts)
    let outcome = federation.run(onStep: onStep)
    switch outcome {
    case .failed(let failure): throw failure
    case .finished:
      if let model = federation.model { return model }
    case .cancelled, nil: break
    }
    throw Complaint(
      .internalError, code: "simulation-stopped", "the simulated run stopped without a model",
      advice: "report this as a fault of ours")
  }

  /// The plan's sites where it names any, else the study's of those given, else those given.
  private static func order(
    of given: [String], plan: Plan, source: DictionarySource
  ) throws(Complaint) -> [String] {
    let wanted =
      switch source {
      case .dictionary: plan.sites.isEmpty ? given : plan.sites
      case .study(let file):
        plan.sites.isEmpty ? file.study.sites.map(\.name).filter(given.contains) : plan.sites
      }
    if let missing = wanted.first(where: { !given.contains($0) }) {
      throw Complaint(
        .usage, code: "site-without-records", "no records are given for the plan's site “\(missing)”",
        advice: "add --site \(missing)=FILE.csv")
    }
    if let other = given.first(where: { !wanted.contains($0) }) {
      throw Complaint(
        .usage, code: "site-not-of-plan", "--site names “\(other)”, which is not a site of the plan",
        advice: "the sites are \(wanted.joined(separator: ", "))")
    }
    return wanted
  }

  /// The study itself, or for a dictionary one with throw-away keys and the least limits.
  private static func study(_ source: DictionarySource, plan: Plan) throws -> Study {
    switch source {
    case .study(let file): return file.study
    case .dictionary(let dictionary):
      var generator = SystemRandomNumberGenerator()
      let parties = plan.sites.compactMap { name in
        SigningKey(seed: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
          .map { Party(name: name, key: $0.identity) }
      }
      return Study(
        dictionary: dictionary, sites: parties, researchers: [],
        limits: Study.Limits(
          leastSites: Roster.leastSites, leastRows: 1, leastCount: 1,
          mostRowsPerSite: DictionarySource.defaultMostRowsPerSite,
          mostRowsPerPatient: plan.isClustered ? mostRowsPerPatient : 1),
        recordKey: source.recordKey)
    }
  }

  /// - Parameter hasKeys: whether the record key must be there, as an agent of the study demands; else it is read
  ///   where a file has it.
  private static func read(
    _ records: [NamedPath], plan: Plan, study: Study, hasKeys: Bool
  ) throws -> [String: Cohort] {
    let wanted = plan.variables(in: study)
    let columns = wanted.predictors + [wanted.outcome].compactMap { $0?.variable }
    var cohorts: [String: Cohort] = [:]
    for site in records {
      try LocalFiles.requireReadable(site.path)
      let isKeyed =
        try hasKeys
        || RecordsHeader.names(of: site.path, wanted: columns.map(\.name)).contains(study.recordKey)
      let reader = CohortReader(
        columns: columns, of: study.dictionary, recordKey: isKeyed ? study.recordKey : nil,
        mostRows: study.limits.mostRowsPerSite, mostRowsPerPatient: study.limits.mostRowsPerPatient)
      cohorts[site.name] = try reader.read(file: site.path).cohort
    }
    return cohorts
  }
}

extension Plan {
  /// Whether rows of one patient may be several.
  fileprivate var isClustered: Bool {
    switch algorithm {
    case .logistic(let specification): specification.standardErrors == .cluster
    case .boosting: true
    case .summary: false
    }
  }
}
