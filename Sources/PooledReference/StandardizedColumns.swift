/// An intercept and columns centred on their means and scaled by their deviations (divisor n), and
/// the way back to the original scale.
struct StandardizedColumns {
  /// The intercept's ones, then the standardised columns.
  let columns: [[Double]]
  private let means: [Double]
  private let deviations: [Double]

  /// Each of `predictors` has `rows` entries; `names` holds the intercept's name first. Throws
  /// `singular` for a column without spread.
  init(
    _ predictors: [[Double]], rows: Int, names: [String]
  ) throws(PooledReferenceError) {
    var columns = [[Double](repeating: 1, count: rows)]
    var means: [Double] = []
    var deviations: [Double] = []
    for (column, name) in zip(predictors, names.dropFirst()) {
      let count = Double(rows)
      let mean = CompensatedSum.of(column) / count
      let centred = column.map { $0 - mean }
      let deviation = (CompensatedSum.of(centred.lazy.map { $0 * $0 }) / count).squareRoot()
      guard deviation > 0, deviation.isFinite, column.contains(where: { $0 != column[0] }) else {
        throw .singular(column: name)
      }
      columns.append(centred.map { $0 / deviation })
      means.append(mean)
      deviations.append(deviation)
    }
    self.columns = columns
    self.means = means
    self.deviations = deviations
  }

  /// `T v`, where T takes coefficients on the standardised scale to the original one.
  func originalScale(_ coefficients: [Double]) -> [Double] {
    var result = coefficients
    var intercept = CompensatedSum()
    intercept.add(coefficients[0])
    for j in means.indices {
      result[j + 1] = coefficients[j + 1] / deviations[j]
      intercept.add(-result[j + 1] * means[j])
    }
    result[0] = intercept.value
    return result
  }
}
