/// How many rows a site's contribution really rests on: with chosen parameters all weights but one patient's can be
/// made to vanish, and the sum would be that patient.
enum EffectiveRows {
  static func suffice(_ likelihood: SiteLikelihood, leastCount: Int) -> Bool {
    // Without an intercept of its own that is finite, a site fills nothing.
    likelihood.intercept == nil
      || suffice(
        likelihood.information, likelihood.residuals, outcome: likelihood.outcome, leastCount: leastCount)
  }

  /// Of so many rows of a small site one must count. Half would withhold honest answers: where one in twenty has
  /// the outcome, fits at sites of 9 and 18 rows came down to 0.27 of them.
  private static let rowsForOne = 4.0

  /// Whether enough rows carry the information and the residuals: at least `min(least count, a quarter of the
  /// rows)` of the information. Where the outcome is rare, few residuals are large at any parameters, so of them
  /// half of the rarer class is enough.
  ///
  /// Both are `(Σ|v|)² / Σv²` (Kish, Survey Sampling, 11.7): n where all are equal, 1 where one row is everything.
  static func suffice(
    _ information: [Double], _ residuals: [Double], outcome: [Double], leastCount: Int
  ) -> Bool {
    let rows = Double(outcome.count)
    guard rows > 1 else { return true }
    let least = min(Double(leastCount), rows / rowsForOne)
    let events = outcome.reduce(0, +)
    let leastResiduals = min(least, min(events, rows - events) / 2)
    return count(information) >= least && count(residuals) >= leastResiduals
  }

  static func count(_ values: [Double]) -> Double {
    // Scaled, so that squares of small numbers are no zeros.
    let greatest = values.reduce(0) { max($0, $1.magnitude) }
    guard greatest > 0 else { return 0 }
    var (sum, squares) = (0.0, 0.0)
    for value in values {
      let share = value.magnitude / greatest
      sum += share
      squares += share * share
    }
    return sum * sum / squares
  }
}
