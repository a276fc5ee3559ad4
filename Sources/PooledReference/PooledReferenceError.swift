/// What keeps the reference fit from being made: what is wrong, where, and what to do. Rows count
/// from 1, the header's, so data begin in row 2. No case holds a value of a record.
package enum PooledReferenceError: Error, Equatable, Sendable {
  case noFiles
  case unreadable(file: String)
  case notUTF8(file: String)
  case noHeader(file: String)
  case duplicateColumn(file: String, column: String)
  case missingColumn(file: String, column: String)
  case wrongFieldCount(file: String, row: Int, expected: Int, found: Int)
  case unterminatedQuote(file: String, row: Int)
  case strayQuote(file: String, row: Int)

  case notANumber(file: String, row: Int, column: String)
  case unknownLevel(file: String, row: Int, column: String)
  case outcomeNotBinary(file: String, row: Int, column: String)
  /// A logarithm of what has none, or a weight that is not above 0.
  case notPositive(file: String, row: Int, column: String)
  case noReferenceLevel(column: String)
  /// A spline's knots are fewer than 3 or do not ascend.
  case invalidKnots(column: String)
  /// Standard errors by cluster are asked for, and the design has no clusters.
  case noClusters
  case noCompleteRow
  case oneClass(outcome: String)

  /// The design column is constant, or a combination of those before it.
  case singular(column: String)
  /// The ridge penalty is negative or not finite.
  case invalidPenalty
  /// After so many iterations the fit still moves, this column's coefficient most.
  case didNotConverge(iterations: Int, column: String)
  /// Coefficients, reference and standard errors are not one for one.
  case unequalCounts(coefficients: Int, reference: Int, standardErrors: Int)
}

extension PooledReferenceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noFiles:
      "no file of records is given; name at least one"
    case .unreadable(let file):
      "\(file): cannot be read; check the path and its permissions"
    case .notUTF8(let file):
      "\(file): is not UTF-8; save it in that encoding"
    case .noHeader(let file):
      "\(file): is empty; its first row must name the columns"
    case .duplicateColumn(let file, let column):
      "\(file), row 1: names the column '\(column)' twice; rename one"
    case .missingColumn(let file, let column):
      "\(file), row 1: has no column '\(column)'; add it"
    case .wrongFieldCount(let file, let row, let expected, let found):
      "\(file), row \(row): has \(found) fields where the header has \(expected)"
    case .unterminatedQuote(let file, let row):
      "\(file), row \(row): opens a quote that is never closed"
    case .strayQuote(let file, let row):
      "\(file), row \(row): has a quote inside a field; quote the whole field and double the quote"
    case .notANumber(let file, let row, let column):
      "\(file), row \(row), column '\(column)': is not a finite number"
    case .unknownLevel(let file, let row, let column):
      "\(file), row \(row), column '\(column)': is none of the levels of the design"
    case .outcomeNotBinary(let file, let row, let column):
      "\(file), row \(row), column '\(column)': the outcome must be 0 or 1"
    case .notPositive(let file, let row, let column):
      "\(file), row \(row), column '\(column)': must be above 0 for a weight or a logarithm"
    case .invalidKnots(let column):
      "the knots of '\(column)' must be at least 3, each above the one before it"
    case .noClusters:
      "the design names no column of clusters, which standard errors by cluster need"
    case .noReferenceLevel(let column):
      "the categorical column '\(column)' has no levels; the first is the reference"
    case .noCompleteRow:
      "no row has a value in every column of the design"
    case .oneClass(let outcome):
      "the outcome '\(outcome)' is the same in every complete row, so there is nothing to fit"
    case .singular(let column):
      "the design column '\(column)' is constant or follows from those before it; leave it out"
    case .invalidPenalty:
      "the ridge penalty must be a finite number, 0 or more"
    case .didNotConverge(let iterations, let column):
      "no convergence after \(iterations) iterations: the coefficient of '\(column)' still moves, as "
        + "where the columns separate the outcomes; leave it out or set a ridge penalty"
    case .unequalCounts(let coefficients, let reference, let standardErrors):
      "\(coefficients) coefficients, \(reference) in the reference and \(standardErrors) standard "
        + "errors cannot be compared one for one"
    }
  }
}
