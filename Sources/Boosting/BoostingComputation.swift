import Cohorts
import Queries

/// Gradient-boosted trees: the site's side. All that leaves it are integers whose sums do not depend on the
/// split of the rows; of the trees it learns splits and leaf values, never sums.
package struct BoostingComputation: SiteComputation {
  let frame: BoostingFrame
  private let site: String
  /// Once the first sum is known, with the columns as they count.
  private var rows: BoostingRows
  private let isTraining: [[Bool]]
  private let leastCount: Int
  private let workers: Workers
  private(set) var preparation: BoostingPreparation
  /// While cuts are asked.
  private var sorted: [SortedColumn?] = []
  private var forest: SiteForest?
  private(set) var scoring: SiteTreeScoring?
  private(set) var progress: TreeProgress?
  /// The trees so far, where they are to be explained.
  private(set) var heard: HeardTrees?
  /// The query that asked to explain them.
  private(set) var explained: Query?

  /// - Parameters:
  ///   - leastCount: the site's own; the study's holds as well.
  ///   - workers: threads that histograms and gradients may be shared among.
  /// - Returns: nil when the records lack a variable of the plan.
  package init?(
    _ frame: BoostingFrame, site: String, cohort: Cohort, filter: CohortFilter, dictionary: StudyDictionary,
    leastCount: Int = 1, workers: Workers = .one
  ) {
    guard let rows = BoostingRows(frame, cohort: cohort, filter: filter, dictionary: dictionary) else {
      return nil
    }
    self.frame = frame
    self.site = site
    self.rows = rows
    self.leastCount = leastCount
    self.workers = workers
    isTraining = frame.trainingSets.isTraining(rows, site: site)
    preparation = BoostingPreparation(frame)
  }

  /// The rows of several sites at one place, each with its columns as they count there.
  ///
  /// - Parameter sites: at least one, of one plan, that have absorbed the same sums, all before the first tree.
  /// - Returns: nil without a site.
  package init?(joining sites: [BoostingComputation]) {
    guard let first = sites.first else { return nil }
    frame = first.frame
    site = first.site
    rows = BoostingRows(joining: sites.map(\.rows))
    isTraining = first.isTraining.indices.map { set in sites.flatMap { $0.isTraining[set] } }
    leastCount = first.leastCount
    workers = first.workers
    preparation = first.preparation
  }

  package mutating func contribution(to query: Query) -> Contribution? {
    if progress == nil { return prepare().flatMap { Contribution(elements: $0, for: query) } }
    if query.name == ImportanceSums.name { return importance(query) }
    if query.name != TreeQuery.name {
      guard var scoring, let forest else { return nil }
      defer { self.scoring = scoring }
      return scoring.answer(query, forest).flatMap { Contribution($0, for: query) }
    }
    guard let step = TreeStep(parameters: query.parameters), advance(step), let forest else {
      return nil
    }
    return Contribution(
      elements: forest.answer(
        step,
        TreeQuery(step, forest.context) { forest.trees[$0].features(of: $1, forest.context.binning) }),
      for: query)
  }

  private mutating func importance(_ query: Query) -> Contribution? {
    guard let last = progress?.last, let sums = importanceSums(query, rounds: last.round),
      let table = FeatureTable(rowCount: rows.count, columns: rows.columns)
    else { return nil }
    explained = query
    let exposures = frame.specification.exposure.map { _ in rows.exposure }
    return sums.answer(table, outcomes: rows.outcome, exposures: exposures, patients: rows.patients)
      .flatMap { Contribution($0, for: query) }
  }

  private mutating func prepare() -> [UInt64]? {
    switch preparation.stage {
    case .support: return preparation.support(of: rows, site: site, leastCount: leastCount)
    case .counts: return preparation.counts(of: rows, isTraining: isTraining)
    case .cuts(_, let search):
      if sorted.isEmpty { sorted = sortedColumns() }
      return search.answer(sorted)
    case .done: return nil
    }
  }

  private func sortedColumns() -> [SortedColumn?] {
    let (features, categorical) = (preparation.features, frame.features.map(\.isCategorical))
    var numbers = SortedColumn.all(
      features.compactMap { categorical[$0] ? nil : rows.columns[$0] }, workers
    ).makeIterator()
    return features.map { categorical[$0] ? nil : numbers.next() }
  }

  package mutating func follow(_ query: Query) {
    if query.name == ImportanceSums.name { explained = query }
    guard progress != nil, query.name == TreeQuery.name, let step = TreeStep(parameters: query.parameters)
    else { return }
    _ = advance(step)
  }

  /// Takes a step's splits and leaves, unless it is the last one again.
  private mutating func advance(_ step: TreeStep) -> Bool {
    guard var next = progress else { return false }
    if next.last == step { return true }
    guard (try? next.take(step)) != nil else { return false }
    progress = next
    heard?.follow(step)
    var forest = forest ?? SiteForest(next.context, rows: rows, isTraining: isTraining, workers: workers)
    // One owner, so that nothing is copied.
    self.forest = nil
    forest.follow(step)
    self.forest = forest
    return true
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard progress == nil else {
      try scoring?.absorb(sum)
      return
    }
    try preparation.absorb(sum)
    if case .counts = preparation.stage { rows = rows.counted(preparation) }
    guard let context = try TreeContext(preparation) else { return }
    sorted = []
    progress = TreeProgress(context)
    heard = frame.specification.importance ? HeardTrees(context) : nil
    scoring = SiteTreeScoring(context)
  }

  package var findings: [SiteFinding] { scoring?.findings ?? [] }

  package var followsQueries: Bool { true }

  package var federatedRows: Int? { preparation.counts?.rows }
  package var leastSupport: Int? { preparation.leastSupport }
}
