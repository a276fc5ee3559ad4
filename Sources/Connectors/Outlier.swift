/// A row that makes a great part of a column's variance.
struct Outlier {
  /// From here on a row is named.
  private static let leastShare = 0.1
  /// In short columns, only a row this many squared deviations away; normal ones are up to three.
  private static let leastSquare = 12.0
  private static let leastValues = 10

  let row: Int
  /// Of the sum of squared deviations from the mean.
  let share: Double

  /// - Parameter ranking: of the column.
  /// - Returns: nil where no row makes so much of it.
  init?(_ ranking: Ranking, mean: Double) {
    guard ranking.values.count >= Self.leastValues, let least = ranking.values.first,
      let greatest = ranking.values.last, least < greatest
    else { return nil }
    let sum = ranking.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let isLow = mean - least > greatest - mean
    let most = isLow ? mean - least : greatest - mean
    share = most * most / sum
    guard share > max(Self.leastShare, Self.leastSquare / Double(ranking.values.count)) else { return nil }
    row = Int(ranking.rows[isLow ? 0 : ranking.rows.count - 1])
  }
}
