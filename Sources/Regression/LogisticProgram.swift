import Evaluation
import LinearAlgebra
import Preprocessing
import Queries

/// Logistic regression by federated Newton: the coordinator's side. It prepares the design, deals the parts of a
/// validation, finds a penalty where the plan leaves it open, fits the model and all its training sets in one vector a
/// step, and then asks for intervals, robust errors and performance as the plan says.
package struct LogisticProgram: Program {
  private enum Phase: Codable, Sendable {
    case preparing
    case dealing(Partition)
    case searching(LambdaSearch)
    case fitting(FitBatch)
    case profiling(ProfileBatch)
    case robust
    case scoring(ScoringRun)
    case finished(LogisticModel)
  }

  private let frame: LogisticFrame
  private var preparation: Preparation
  private var known: FitSets?
  private var phase = Phase.preparing
  private var found = LogisticFindings()
  private var query: Query?

  /// - Throws: `AnalysisError` `.boundNotFinite`, which no checked plan leads to.
  package init(_ frame: LogisticFrame) throws(AnalysisError) {
    self.frame = frame
    preparation = Preparation(frame.preparation)
    query = try preparation.query()
  }

  package func next() -> ProgramAction<LogisticModel> {
    if case .finished(let model) = phase { return .finished(model) }
    return query.map { .ask($0) }
      ?? .ask(Query(name: "nothing", parameters: [], segments: [], isVerified: false))
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard let query else { return }
    guard sum.fits(query) else {
      throw AnalysisError(
        .inconsistentSum, "a sum has not the elements that its query asks for",
        advice: "report this as a fault of ours")
    }
    try take(sum, query)
    self.query = try nextQuery()
  }

  private func nextQuery() throws(AnalysisError) -> Query? {
    let shape = known?.shape
    switch (phase, shape) {
    case (.preparing, _): return try preparation.query()
    case (.dealing(let partition), _): return try partition.query()
    case (.searching(let search), let shape?): return try search.query(shape)
    case (.fitting(let batch), let shape?): return try batch.query(shape)
    case (.profiling(let batch), let shape?): return try batch.query(shape)
    case (.robust, let shape?):
      return try ScoreProducts.query(found.parameters, most: frame.mostProduct, shape)
    case (.scoring(let run), _): return try run.query()
    default: return nil
    }
  }

  private mutating func take(_ sum: QuerySum, _ query: Query) throws(AnalysisError) {
    switch phase {
    case .preparing:
      try preparation.absorb(sum)
      guard preparation.standardisation != nil else { return }
      if let partition = frame.partition(preparation) { phase = .dealing(partition) } else { try settle(nil) }
    case .dealing(var partition):
      try partition.absorb(sum)
      phase = .dealing(partition)
      if try partition.query() == nil { try settle(partition) }
    case .searching(var search):
      guard let known else { return }
      let path = try search.absorb(sum, known.shape)
      phase = .searching(search)
      if let path { try fit(at: path) }
    case .fitting(var batch):
      guard let known else { return }
      try batch.absorb(sum, known.shape)
      phase = .fitting(batch)
      if batch.isDone { try afterFits(batch, known) }
    case .profiling(var batch):
      guard let known else { return }
      try batch.absorb(sum, known.shape)
      phase = .profiling(batch)
      if batch.isDone {
        found.profile = batch.intervals
        try afterErrors(known)
      }
    case .robust:
      guard let known, let middle = SymmetricMatrix(order: known.shape.order(0), upperTriangle: sum.values[0])
      else { return }
      found.middle = middle
      try afterErrors(known)
    case .scoring(var run):
      try run.absorb(sum)
      phase = .scoring(run)
      if let performances = try run.performances(sum, query) { try finish(performances) }
    case .finished: break
    }
  }

  /// All that the fits rest on is known.
  private mutating func settle(_ partition: Partition?) throws(AnalysisError) {
    let known = frame.sets(preparation, partition)
    self.known = known
    guard let known else { return }
    guard known.counts.events > 0, known.counts.events < known.counts.rows else {
      throw AnalysisError(
        .tooFewSites, "“\(known.design.outcome)” has one class only",
        advice: "choose another outcome or filter")
    }
    switch frame.specification.penalty {
    case .ridgeAuto:
      guard known.dealing != nil else {
        throw AnalysisError(
          .tooFewRows, "no penalty can be chosen: \(Self.reason(known))",
          advice: "name a penalty, such as “{ridge: {lambda: 1.0}}”")
      }
      phase = .searching(LambdaSearch(known))
    case .ridge(let lambda): fit(lambda)
    case .none, .firth: fit(0)
    }
  }

  private mutating func fit(at path: [LambdaPoint]) throws(AnalysisError) {
    guard let best = path.min(by: { $0.deviance < $1.deviance }) else {
      throw AnalysisError(
        .notConverged, "no penalty could be fitted in every part", advice: "name a penalty in the plan")
    }
    found.lambdaPath = path
    fit(best.lambda)
  }

  private mutating func fit(_ lambda: Double) {
    guard let known else { return }
    found.lambda = lambda
    let validated = frame.specification.validation == nil ? 0 : known.trainingSets.count
    phase = .fitting(
      FitBatch(known, (0...validated).map { (set: $0, lambda: lambda) }, isFirth: frame.isFirth))
  }

  private mutating func afterFits(_ batch: FitBatch, _ known: FitSets) throws(AnalysisError) {
    if let failure = batch.fits[0].failure { throw failure.error }
    var batch = batch
    if batch.leaveOutFailing(known) {
      phase = .fitting(batch)
      return
    }
    guard let whole = batch.fits[0].result else { return }
    found.whole = whole
    found.newtonSteps = batch.fits[0].iteration.sums
    found.trained = batch.fits.dropFirst().map(\.parameters)
    found.leftOut = batch.leftOut
    found.failure = batch.fits.dropFirst().lazy.compactMap(\.failure).first?.error
    if frame.isFirth {
      let scale = OriginalScale(known.standardisation, hasIntercept: known.hasIntercept)
      phase = .profiling(ProfileBatch(whole, contrasts: scale.rows))
    } else if frame.isRobust {
      phase = .robust
    } else {
      try afterErrors(known)
    }
  }

  private mutating func afterErrors(_ known: FitSets) throws(AnalysisError) {
    let trained = found.trained.compactMap(\.self)
    guard let sums = frame.scores(known), trained.count == found.trained.count else { return try finish(nil) }
    phase = .scoring(
      ScoringRun(
        sums, parameters: SiteScores.parameters(whole: found.parameters, trained: trained),
        rows: known.counts.rows,
        sites: known.sites))
  }

  private mutating func finish(_ performances: [Performance]?) throws(AnalysisError) {
    guard let known else { return }
    phase = .finished(found.model(frame, known, performances))
  }

  /// Why there is no validation.
  static func reason(_ known: FitSets) -> String {
    if case .impossible(let reason)? = known.partition?.stage { reason } else { "no parts" }
  }
}
