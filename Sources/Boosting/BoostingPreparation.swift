import Preprocessing
import Queries

/// The verified steps before the first tree: at how many sites each variable varies, is missing and has each level, rows
/// and outcomes of each training set, then cuts. Coordinator and sites hold one each and absorb the same sums, so both know
/// the bins.
package struct BoostingPreparation: Hashable, Sendable, Codable {
  package enum Stage: Hashable, Sendable, Codable {
    case support
    case counts
    case cuts(BoostingCounts, CutSearch)
    case done(BoostingCounts, Binning)
  }

  /// How much a site's own least count may be above the study's.
  package static let mostAbove = 64

  package let frame: BoostingFrame
  /// Places of the features that are left.
  package private(set) var features: [Int]
  /// The greatest of the study's and all sites' least counts.
  package internal(set) var leastCount: Int
  package internal(set) var stage = Stage.support
  package internal(set) var notes: [DesignNote] = []
  /// Of each feature of which too few sites have something.
  var sparse: [Int: SparseValues] = [:]
  /// Features that rows lack at enough sites.
  var lackedFeatures: Set<Int> = []
  /// At how few sites each feature that was left varies, is missing, or has a level that is counted.
  var filling: [Int: Int] = [:]
  /// At how few sites the outcome varies, or one of its classes occurs.
  var outcomeSupport: Int?

  /// At how few sites something is that histograms count; nil before that is known.
  package var leastSupport: Int? {
    (features.compactMap { filling[$0] } + [outcomeSupport].compactMap(\.self)).min()
  }

  package init(_ frame: BoostingFrame) {
    self.frame = frame
    features = Array(frame.features.indices)
    leastCount = frame.leastCount
  }

  package var counts: BoostingCounts? {
    switch stage {
    case .cuts(let counts, _), .done(let counts, _): counts
    case .support, .counts: nil
    }
  }

  package var binning: Binning? { if case .done(_, let binning) = stage { binning } else { nil } }

  /// The query that comes now; nil when all is known.
  package var query: Query? {
    switch stage {
    case .support: return supportQuery
    case .counts: return countsQuery
    case .cuts(let counts, let search):
      return Query(
        name: "boosting-cuts", parameters: [],
        segments: [.fitting("rows-of-left-halves", length: search.length, bound: max(counts.rows, 1))],
        isVerified: true)
    case .done: return nil
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard let query else { return }
    guard sum.fits(query) else { throw Self.impossible("sums") }
    switch stage {
    case .support: try absorbSupport(sum)
    case .counts:
      guard let counts = counts(sum) else { throw Self.impossible("counts") }
      try check(counts)
      try go(on: CutSearch(frame, features: features, counts: counts, leastCount: leastCount), counts)
    case .cuts(let counts, var search):
      guard search.absorb(sum.values[0]) else { throw Self.impossible("counts of cuts") }
      try go(on: search, counts)
    case .done: break
    }
  }

  private mutating func go(on search: CutSearch, _ counts: BoostingCounts) throws(AnalysisError) {
    guard search.length == 0 else {
      stage = .cuts(counts, search)
      return
    }
    let mostBins = min(frame.specification.maxBin, max(1, counts.rows / leastCount))
    let bins = search.bins(
      features, sparse, counts: counts, mostBins: mostBins, leastCount: leastCount)
    for bins in bins where bins.cells < 2 { leaveOut(bins.feature, "has one bin only") }
    try checkFeatures()
    stage = .done(counts, Binning(bins.filter { $0.cells > 1 }))
  }

  mutating func leaveOut(_ feature: Int, _ why: String) {
    features.removeAll { $0 == feature }
    notes.append(DesignNote(.leftOut, frame.features[feature].name, why))
  }

  func checkFeatures() throws(AnalysisError) {
    guard features.isEmpty else { return }
    throw AnalysisError(
      .tooFewSites, "no predictor varies at \(frame.leastFillingSites) sites in more than one bin",
      advice: "name other predictors, or widen the filter")
  }

  private func check(_ counts: BoostingCounts) throws(AnalysisError) {
    let least = max(frame.leastRows, 2 * leastCount)
    guard counts.rows >= least else {
      throw AnalysisError(
        .tooFewRows, "\(counts.rows) rows over all sites; \(least) are needed", advice: "widen the filter")
    }
    try checkDraws(counts)
    let outcome = frame.specification.outcome
    let (all, events) = (counts.rows, counts.whole.classRows.first ?? 0)
    switch frame.target {
    case .binary where min(events, all - events) < leastCount:
      throw AnalysisError(
        .tooFewRows, "one class of “\(outcome)” has under \(leastCount) rows", advice: "widen the filter")
    case .classes(let levels):
      if let rare = zip(levels, counts.whole.classRows).first(where: { $1 < leastCount })?.0 {
        throw AnalysisError(
          .tooFewRows, "class “\(rare)” of “\(outcome)” has under \(leastCount) rows",
          advice: "widen the filter, or join classes in the dictionary")
      }
    default: break
    }
    for set in frame.trainingSets.validated {
      let training = counts.sets[set]
      let isFull = [training.rows, all - training.rows].allSatisfy { $0 >= leastCount }
      let hasClasses = zip(training.classRows, counts.whole.classRows).allSatisfy { inside, _ in
        inside >= leastCount && (frame.countedClasses > 1 || training.rows - inside >= leastCount)
      }
      guard isFull, hasClasses else {
        throw AnalysisError(
          .tooFewRows, "a part of the validation leaves under \(leastCount) rows, or rows of one class",
          advice: "name fewer folds")
      }
    }
  }

  /// A round's root is asked over the rows that are drawn for it. Where four times twice the least count are expected, a
  /// draw under twice the least count has odds of `exp(-0.4)` to the power of the rows expected (Chernoff's bound, for
  /// draws of single rows): of 56 rows `exp(-22)`.
  private func checkDraws(_ counts: BoostingCounts) throws(AnalysisError) {
    let share = frame.specification.subsample
    let least = 8 * max(leastCount, 7)
    guard share < 1, let fewest = counts.sets.map(\.rows).min() else { return }
    let drawn = Int(share * Double(fewest))
    guard drawn >= least else {
      throw AnalysisError(
        .tooFewRows, "“subsample” draws about \(drawn) of \(fewest) rows for a round; \(least) are needed",
        advice: "write a greater “subsample”, or leave it out")
    }
  }

  static func impossible(_ what: String) -> AnalysisError {
    AnalysisError(
      .inconsistentSum, "the verified \(what) are such as no records give",
      advice: "a site sends false numbers; ask the sites")
  }
}

extension BoostingFrame {
  var trainingSets: TrainingSets { TrainingSets(specification) }
}
