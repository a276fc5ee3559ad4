/// The complete cases of a table as a design matrix and a 0/1 outcome.
package struct PooledDesign: Sendable {
  /// A column of the table and how it enters the model.
  package enum Term: Sendable, Equatable {
    /// Numbers with a decimal point.
    case numeric(String)
    /// One 0/1 column a level but the first, which is the reference; compared as exact text.
    case categorical(String, levels: [String])

    var column: String {
      switch self {
      case .numeric(let column), .categorical(let column, _): column
      }
    }
  }

  /// What the intercept is called.
  package static let interceptName = "(intercept)"

  /// The names of the design columns: the intercept, then in the order of the terms the column's own
  /// name for a number and `name=level` for a level.
  package let columnNames: [String]

  /// The design columns after the intercept, in the order of `columnNames`.
  package let predictors: [[Double]]

  /// 0 or 1, row by row.
  package let outcome: [Double]

  package let outcomeName: String

  /// Rows left out since a value that the model uses is missing.
  package let incompleteRowCount: Int

  package var rowCount: Int { outcome.count }

  /// Reads the columns used; a field that is empty or `NA` is missing, and its row is dropped whole.
  /// Throws the errors of `PooledReferenceError` about columns and values.
  package init(
    _ table: PooledTable, terms: [Term], outcome outcomeName: String
  ) throws(PooledReferenceError) {
    var used = [try table.column(outcomeName)]
    for term in terms {
      used.append(try table.column(term.column))
    }
    let complete = (0..<table.rowCount).filter { row in
      used.allSatisfy { $0[row] != "" && $0[row] != "NA" }
    }
    guard !complete.isEmpty else { throw .noCompleteRow }

    var names = [Self.interceptName]
    var predictors: [[Double]] = []
    for (term, texts) in zip(terms, used.dropFirst()) {
      switch term {
      case .numeric(let column):
        names.append(column)
        predictors.append(try Self.numbers(texts, complete, of: column, in: table))
      case .categorical(let column, let levels):
        names += levels.dropFirst().map { "\(column)=\($0)" }
        predictors += try Self.indicators(texts, complete, of: column, levels, in: table)
      }
    }
    let outcome = try Self.numbers(used[0], complete, of: outcomeName, in: table)
    for (value, row) in zip(outcome, complete) where value != 0 && value != 1 {
      let origin = table.origins[row]
      throw .outcomeNotBinary(file: origin.file, row: origin.row, column: outcomeName)
    }
    guard outcome.contains(0), outcome.contains(1) else { throw .oneClass(outcome: outcomeName) }

    columnNames = names
    self.predictors = predictors
    self.outcome = outcome
    self.outcomeName = outcomeName
    incompleteRowCount = table.rowCount - complete.count
  }

  private static func numbers(
    _ texts: [String], _ rows: [Int], of column: String, in table: PooledTable
  ) throws(PooledReferenceError) -> [Double] {
    var numbers: [Double] = []
    for row in rows {
      guard let number = Double(texts[row]), number.isFinite else {
        let origin = table.origins[row]
        throw .notANumber(file: origin.file, row: origin.row, column: column)
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func indicators(
    _ texts: [String], _ rows: [Int], of column: String, _ levels: [String], in table: PooledTable
  ) throws(PooledReferenceError) -> [[Double]] {
    guard !levels.isEmpty else { throw .noReferenceLevel(column: column) }
    for row in rows where !levels.contains(texts[row]) {
      let origin = table.origins[row]
      throw .unknownLevel(file: origin.file, row: origin.row, column: column)
    }
    return levels.dropFirst().map { level in rows.map { texts[$0] == level ? 1 : 0 } }
  }
}
