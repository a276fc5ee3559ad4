import Preprocessing
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Events and predictions in the cells of `ScoreSums`.
package enum ScoreBins {
  package static let name = "score-bins"
  /// Bins that are shown, of about as many rows each.
  private static let mostShown = 10

  /// - Returns: nil before the cells are known.
  package static func query(
    _ sums: ScoreSums, _ parameters: [Double], sites: Int
  ) throws(AnalysisError) -> Query? {
    guard sums.stage == .done else { return nil }
    let cells = sums.searches.reduce(0) { $0 + $1.cells.count }
    let most = max(1, sums.totals.map(\.rows).max() ?? 1)
    return Query(
      name: name, parameters: parameters,
      segments: [
        .counts("cell-events", length: cells, bound: most),
        try .reals("cell-predictions", length: cells, bound: 2 * Double(most), sites: sites),
      ], isVerified: false)
  }

  package static func answer(_ sums: ScoreSums, _ table: ScoreTable) -> [[Double]] {
    var events: [Double] = []
    var predictions: [Double] = []
    for (search, scores) in zip(sums.searches, table.sets) {
      var cellEvents = [Double](repeating: 0, count: search.cells.count)
      var cellPredictions = cellEvents
      for (logit, outcome) in zip(scores.logits, scores.outcome) {
        let probability = 1 / (1 + exp(-logit))
        let cell = search.cell(of: probability)
        cellEvents[cell] += outcome
        cellPredictions[cell] += probability
      }
      events += cellEvents
      predictions += cellPredictions
    }
    return [events, predictions]
  }

  /// The bins of each set.
  package static func bins(_ sums: ScoreSums, _ sum: QuerySum) -> [[CalibrationBin]] {
    var events = sum.values[0][...]
    var predictions = sum.values[1][...]
    return sums.searches.map { search in
      search.cells.map { cell in
        CalibrationBin(
          rows: cell.rows, events: Int(events.removeFirst()),
          meanPrediction: predictions.removeFirst() / Double(max(cell.rows, 1)))
      }
    }
  }

  /// Neighbours joined until few enough are left, of about as many rows each.
  static func shown(_ bins: [CalibrationBin]) -> [CalibrationBin] {
    let rows = bins.reduce(0) { $0 + $1.rows }
    var shown: [CalibrationBin] = []
    var group: [CalibrationBin] = []
    var passed = 0
    for bin in bins {
      group.append(bin)
      passed += bin.rows
      if passed * mostShown >= rows * (shown.count + 1) {
        shown.append(joined(group))
        group = []
      }
    }
    return group.isEmpty ? shown : shown + [joined(group)]
  }

  private static func joined(_ bins: [CalibrationBin]) -> CalibrationBin {
    let rows = bins.reduce(0) { $0 + $1.rows }
    let sum = bins.reduce(0) { $0 + $1.meanPrediction * Double($1.rows) }
    return CalibrationBin(
      rows: rows, events: bins.reduce(0) { $0 + $1.events }, meanPrediction: sum / Double(max(rows, 1)))
  }
}

/// What bins of scores tell of the area under the receiver operating characteristic.
struct BinnedAUC {
  let lower: Double
  let upper: Double
  /// Hanley and McNeil 1982, at the middle.
  let error: Double

  var middle: Double { (lower + upper) / 2 }

  /// - Parameter bins: from the lowest score to the highest.
  init(_ bins: [CalibrationBin]) {
    var below = 0.0
    var concordant = 0.0
    var tied = 0.0
    var events = 0.0
    for bin in bins {
      let (hits, others) = (Double(bin.events), Double(bin.rows - bin.events))
      concordant += hits * below
      tied += hits * others
      below += others
      events += hits
    }
    let pairs = events * below
    lower = pairs > 0 ? concordant / pairs : .nan
    upper = pairs > 0 ? (concordant + tied) / pairs : .nan
    let area = (lower + upper) / 2
    let (first, second) = (area / (2 - area), 2 * area * area / (1 + area))
    let variance =
      (area * (1 - area) + (events - 1) * (first - area * area) + (below - 1) * (second - area * area))
      / pairs
    error = max(0, variance).squareRoot()
  }
}
