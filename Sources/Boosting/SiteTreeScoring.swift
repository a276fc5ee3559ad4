import Evaluation
import Queries

extension BoostingFrame {
  /// The sums over scores: the whole model's on all rows, and each repeat's on its held-out ones.
  func scoreSums(rows: Int, leastCount: Int) -> ScoreSums? {
    guard specification.objective == .logistic, specification.validation != nil else { return nil }
    return ScoreSums(
      count: 1 + trainingSets.repeats, rows: rows, sites: sites.count, leastCount: leastCount)
  }

  /// What a validation found; nil where some repeat's rows are too few.
  func report(_ performances: [Performance]) -> ValidationReport? {
    guard let mean = Performance.mean(of: Array(performances.dropFirst())) else { return nil }
    var groups: [[String]]?
    if case .groups(let named)? = specification.validation { groups = named }
    return ValidationReport(
      folds: trainingSets.parts, repeats: trainingSets.repeats, groups: groups, leftOut: [],
      apparent: performances[0], crossValidated: mean, repeatAUC: performances.dropFirst().map(\.auc),
      notes: ["bins are those of all rows; trees and the first prediction are each training set's own"])
  }
}

/// A site's answers to the queries that tell how well trees predict a yes or no, on the rows that they were trained on
/// and on held-out ones.
struct SiteTreeScoring: Sendable {
  private var sums: ScoreSums
  private let rows: Int
  private let sites: Int
  private var last: (rounds: Int, table: ScoreTable)?

  init?(_ context: TreeContext) {
    let frame = context.frame
    guard let sums = frame.scoreSums(rows: context.counts.rows, leastCount: context.leastCount) else {
      return nil
    }
    self.sums = sums
    rows = context.counts.rows
    sites = frame.sites.count
  }

  /// Whether rows have been counted, after which no tree grows any more.
  var hasBegun: Bool { sums.stage != .errors }

  /// - Parameter rounds: that are finished.
  func check(_ query: Query, rounds: Int) throws(QueryRefusal) {
    let isCalibration = query.name == Calibration.name
    let scores = Array(query.parameters.prefix(1))
    let rest = Array(query.parameters.dropFirst())
    guard let kept = scores.first, (0...Double(rounds)).contains(kept), Int(exactly: kept) != nil,
      rest.count == (isCalibration ? 3 * sums.count : 0), sums.stage == .errors || sums.rests(on: scores),
      !isCalibration || Calibration.accepts(rest, count: sums.count)
    else { throw QueryRefusal(.doesNotFollow, "“\(query.name)” has other parameters than the rules give") }
    let expected: Query?
    do {
      switch query.name {
      case Calibration.name where sums.stage == .done:
        expected = try Calibration.query(scores: scores, rest, count: sums.count, rows: rows, sites: sites)
      case ScoreBins.name: expected = try ScoreBins.query(sums, scores, sites: sites)
      default: expected = try sums.query(scores)
      }
    } catch {
      throw QueryRefusal(.analysisEnded, error.message)
    }
    guard let expected, expected.name == query.name else {
      throw QueryRefusal(.outOfOrder, "“\(query.name)” is not what comes now")
    }
    guard expected == query else {
      throw QueryRefusal(.doesNotFollow, "“\(query.name)” has other segments or scales than the rules give")
    }
  }

  mutating func answer(_ query: Query, _ forest: SiteForest) -> [[Double]]? {
    guard let rounds = query.parameters.first.flatMap({ Int(exactly: $0) }) else { return nil }
    let table = last.flatMap { $0.rounds == rounds ? $0.table : nil } ?? forest.scoreTable(rounds: rounds)
    last = (rounds, table)
    switch query.name {
    case Calibration.name: return Calibration.answer(Array(query.parameters.dropFirst()), table)
    case ScoreBins.name: return ScoreBins.answer(sums, table)
    default: return sums.answer(table, Array(query.parameters.prefix(1)))
    }
  }

  mutating func absorb(_ sum: QuerySum) throws(AnalysisError) { try sums.absorb(sum) }

  /// What the site learns of the scores that were asked last.
  var findings: [SiteFinding] { last?.table.findings ?? [] }
}
