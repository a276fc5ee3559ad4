import Queries

/// The queries that tell how well a fitted model predicts: errors and pairs, calibration, cells of the probability,
/// events in them. The coordinator's side.
package struct ScoringRun: Hashable, Codable, Sendable {
  private var sums: ScoreSums
  private var calibration: Calibration
  private let parameters: [Double]
  private let rows: Int
  private let sites: Int

  /// - Parameters:
  ///   - parameters: what scores are made with at the sites.
  ///   - rows: over the federation.
  package init(_ sums: ScoreSums, parameters: [Double], rows: Int, sites: Int) {
    self.sums = sums
    calibration = Calibration(count: sums.count)
    self.parameters = parameters
    self.rows = rows
    self.sites = sites
  }

  package func query() throws(AnalysisError) -> Query? {
    if let query = try sums.query(parameters) { return query }
    if !calibration.isDone {
      return try Calibration.query(
        scores: parameters, calibration.parameters, count: sums.count, rows: rows, sites: sites)
    }
    return try ScoreBins.query(sums, parameters, sites: sites)
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    if sums.stage != .done {
      try sums.absorb(sum)
    } else if !calibration.isDone {
      calibration.absorb(sum)
    }
  }

  /// Of each set of scores, from the sum of the last query; nil for the others.
  package func performances(_ sum: QuerySum, _ query: Query) throws(AnalysisError) -> [Performance]? {
    guard query.name == ScoreBins.name else { return nil }
    return Performance.all(sums, calibration, ScoreBins.bins(sums, sum))
  }
}
