import Preprocessing
import Queries

/// The verified steps before the first tree: at how many sites each variable varies, rows and outcomes of
/// each training set, then cuts. Coordinator and sites hold one each and absorb the same sums, so both know
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
  package private(set) var leastCount: Int
  package private(set) var stage = Stage.support
  package private(set) var notes: [DesignNote] = []
  /// At how many sites each feature that was left varies; empty before that is counted.
  private var varying: [Int: Int] = [:]

  /// At how few sites a feature that is left varies; nil before that is counted.
  package var leastSupport: Int? { features.compactMap { varying[$0] }.min() }

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
    case .support:
      return Query(
        name: "boosting-support", parameters: [],
        segments: [
          .fitting("sites-where-it-varies", length: features.count, bound: frame.sites.count),
          .fitting("sites-with-a-higher-least-count", length: Self.mostAbove, bound: frame.sites.count),
        ], isVerified: true)
    case .counts: return countsQuery
    case .cuts(let counts, let search):
      return Query(
        name: "boosting-cuts", parameters: [],
        segments: [.fitting("rows-of-left-halves", length: search.length, bound: max(counts.rows, 1))],
        isVerified: true)
    case .done: return nil
    }
  }

  /// At a site: whether each feature varies, and how far its own least count is above the study's.
  func support(of rows: BoostingRows, leastCount: Int) -> [UInt64] {
    let above = min(leastCount - frame.leastCount, Self.mostAbove)
    return features.map { Self.varies(rows.columns[$0]) ? 1 : 0 }
      + (0..<Self.mostAbove).map { $0 < above ? 1 : 0 }
  }

  private static func varies(_ column: [Float]) -> Bool {
    guard let first = column.first else { return false }
    return column.contains { $0 != first && !($0.isNaN && first.isNaN) }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard let query else { return }
    guard sum.fits(query) else { throw Self.impossible("sums") }
    switch stage {
    case .support:
      leastCount = frame.leastCount + sum.values[1].reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
      varying = Dictionary(zip(features, sum.values[0].map { Int($0) })) { first, _ in first }
      for (feature, sites) in zip(features, sum.values[0]) where sites < Double(frame.leastFillingSites) {
        leaveOut(feature, "varies at \(Int(sites)) sites")
      }
      try checkFeatures()
      stage = .counts
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
    let bins = search.bins(features, counts: counts, mostBins: mostBins, leastCount: leastCount)
    for bins in bins where bins.cells < 2 { leaveOut(bins.feature, "has one bin only") }
    try checkFeatures()
    stage = .done(counts, Binning(bins.filter { $0.cells > 1 }))
  }

  private mutating func leaveOut(_ feature: Int, _ why: String) {
    features.removeAll { $0 == feature }
    notes.append(DesignNote(.leftOut, frame.features[feature].name, why))
  }

  private func checkFeatures() throws(AnalysisError) {
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
    let outcome = frame.specification.outcome
    let (all, events) = (counts.rows, counts.whole.classRows.first ?? 0)
    switch frame.target {
    case .binary where events == 0 || events == all:
      throw AnalysisError(
        .tooFewSites, "“\(outcome)” has one class only", advice: "choose another outcome or filter")
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

  static func impossible(_ what: String) -> AnalysisError {
    AnalysisError(
      .inconsistentSum, "the verified \(what) are such as no records give",
      advice: "a site sends false numbers; ask the sites")
  }
}

extension BoostingFrame {
  var trainingSets: TrainingSets { TrainingSets(specification) }
}
