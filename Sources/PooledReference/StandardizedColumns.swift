/// An intercept and columns centred on their means and scaled by their deviations (divisor n, the sum
/// of the weights), and the way back to the original scale.
struct StandardizedColumns {
  /// The intercept's ones, then the standardised columns.
  let columns: [[Double]]
  /// Zeros where the columns are not centred.
  private let means: [Double]
  let deviations: [Double]

  /// - Parameter isCentred: false leaves the means in, so that the first coefficient is the intercept itself.
  /// - Throws: `singular` for a column without spread.
  init(_ design: PooledDesign, isCentred: Bool = true) throws(PooledReferenceError) {
    var columns = [[Double](repeating: 1, count: design.rowCount)]
    var means: [Double] = []
    var deviations: [Double] = []
    let count = CompensatedSum.of(design.weights)
    for (column, name) in zip(design.predictors, design.columnNames.dropFirst()) {
      let mean = CompensatedSum.of(zip(column, design.weights).lazy.map { $0 * $1 }) / count
      let centred = column.map { $0 - mean }
      let squares = zip(centred, design.weights).lazy.map { $0 * $0 * $1 }
      let deviation = (CompensatedSum.of(squares) / count).squareRoot()
      guard deviation > 0, deviation.isFinite, column.contains(where: { $0 != column[0] }) else {
        throw .singular(column: name)
      }
      columns.append((isCentred ? centred : column).map { $0 / deviation })
      means.append(isCentred ? mean : 0)
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
