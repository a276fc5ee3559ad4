import LinearAlgebra
import Preprocessing
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The site's side of a logistic regression. Its arithmetic is deterministic: fixed blocks, aligned buffers, no
/// warm starts.
package struct LogisticComputation: SiteComputation {
  private var preparation: Preparation
  private let rows: DesignRows
  /// A column of ones and the standardised columns; made once the means and deviations are verified.
  private var design: Matrix?

  package init(_ frame: Preparation.Frame, rows: DesignRows) {
    preparation = Preparation(frame)
    self.rows = rows
  }

  package func check(_ query: Query) throws(QueryRefusal) {
    // Infinite and not a number are out of range, too.
    if let index = NewtonQuery.outOfRange(query.parameters) {
      throw QueryRefusal(
        .parameterOutOfRange, "parameter \(index) is beyond its range on the standardised scale")
    }
    let expected: Query?
    do throws(AnalysisError) {
      if let prepared = try preparation.query() {
        expected = prepared
      } else {
        expected = try newtonQuery(query.parameters)
      }
    } catch {
      throw QueryRefusal(.analysisEnded, error.message)
    }
    guard let expected, query.name == expected.name else {
      throw QueryRefusal(.outOfOrder, "“\(query.name)” is not what comes now")
    }
    guard query == expected, query.parameters.count == parameterCount else {
      throw QueryRefusal(
        .doesNotFollow, "“\(query.name)” has other parameters, segments or scales than the rules give")
    }
  }

  package mutating func answer(_ query: Query) -> [[Double]]? {
    guard let standardisation = preparation.standardisation else {
      return preparation.answer(rows)
    }
    let design = design ?? Self.matrix(rows, standardisation)
    self.design = design
    let linear = design.multiply(query.parameters)
    var residuals = [Double](repeating: 0, count: rows.count)
    var weights = residuals
    var logLikelihood = 0.0
    for row in 0..<rows.count {
      let probability = 1 / (1 + exp(-linear[row]))
      residuals[row] = rows.outcome[row] - probability
      weights[row] = probability * (1 - probability)
      logLikelihood += rows.outcome[row] * linear[row] - Self.softplus(linear[row])
    }
    return [
      [logLikelihood], design.transposedMultiply(residuals),
      design.weightedGram(weights).upperTriangle,
    ]
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    try preparation.absorb(sum)
  }

  /// Parameters of the query that comes now.
  private var parameterCount: Int {
    preparation.standardisation == nil ? 0 : preparation.frame.design.columns.count + 1
  }

  private func newtonQuery(_ parameters: [Double]) throws(AnalysisError) -> Query? {
    guard let standardisation = preparation.standardisation else { return nil }
    return try NewtonQuery.make(
      parameters, rows: standardisation.rows, sites: preparation.frame.sites)
  }

  private static func matrix(_ rows: DesignRows, _ standardisation: Standardisation) -> Matrix {
    Matrix(rows: rows.count, columns: rows.values.count + 1) { row, column in
      guard column > 0 else { return 1 }
      return (rows.values[column - 1][row] - standardisation.means[column - 1])
        / standardisation.deviations[column - 1]
    }
  }

  /// `log(1 + exp x)` without overflow.
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-x.magnitude)) }
}
