import Cohorts

/// Mean, deviation and quantiles of one variable, as far as they are known.
struct SummaryNumber: Hashable, Sendable, Codable {
  /// Its place in the table.
  let variable: Int
  let range: ValueRange
  /// Rows that the moments are over.
  let rows: Int
  /// Whether at each site the rows with a value stand for those without, since how many have one may not be asked.
  let isCompleted: Bool
  private(set) var scaledMean = 0.0
  /// In natural units, as the deviation.
  private(set) var mean = 0.0
  /// With divisor `rows`; nil where the range is too wide to tell.
  private(set) var deviation: Double?
  var search: QuantileSearch

  /// - Returns: nil where the numbers of too few sites differ, or where their rows are neither known nor can be
  ///   completed: at some site with rows nobody has a value, or some rows are not applicable.
  init?(
    _ variable: Int, range: ValueRange?, support: SummarySupport, sitesWithRows: Int, counts: SummaryCounts,
    leastCount: Int
  ) {
    guard let range, support.differing >= SummaryGrouping.leastSites else { return nil }
    let present = counts.groups[variable]?.first { $0.states == [0] }
    let canComplete =
      support.occurring[0] == sitesWithRows && support.occurring[support.states.notApplicable] == 0
    guard let rows = present?.rows ?? (canComplete ? counts.rows : nil), rows >= max(leastCount, 1) else {
      return nil
    }
    self.variable = variable
    self.range = range
    self.rows = rows
    isCompleted = present == nil
    search = QuantileSearch(range: range, rows: rows, leastCount: leastCount)
  }

  mutating func takeSum(_ sum: Double) {
    scaledMean = sum / Double(rows)
    mean = range.lower + range.width * scaledMean
  }

  /// - Parameter squares: `Σ (u - ū)²`.
  mutating func takeSquares(_ squares: Double, greatestRatio: Double) {
    let scaled = (max(0, squares) / Double(rows)).squareRoot()
    deviation = scaled * greatestRatio < 1 ? nil : range.width * scaled
  }

  /// Corrects mean and deviation by `Σ z` and `Σ z²`, `z` the values standardised by them.
  mutating func refine(sum: Double, squares: Double) {
    guard let rough = deviation else { return }
    let shift = sum / Double(rows)
    mean += rough * shift
    deviation = rough * max(0, squares / Double(rows) - shift * shift).squareRoot()
  }
}
