/// The rows of a table as a design matrix and a 0/1 outcome.
package struct PooledDesign: Sendable {
  /// What the intercept is called.
  package static let interceptName = "(intercept)"

  /// The names of the design columns: the intercept, then in the order of the terms the column's own
  /// name for a number, `log(name)` and the like for a function of it, `name=level` for a level, `a*b`
  /// for a product and `name:missing` for where the mean stands in.
  package let columnNames: [String]

  /// The design columns after the intercept, in the order of `columnNames`.
  package let predictors: [[Double]]

  /// Whether a ridge penalty falls on the column, one for each of `predictors`.
  let isPenalised: [Bool]

  /// 0 or 1, row by row.
  package let outcome: [Double]

  package let outcomeName: String

  /// Above 0, row by row: 1 where no column of weights is named.
  package let weights: [Double]

  /// What each row's cluster is called; nil where no column of clusters is named.
  package let clusters: [String]?

  /// Which row of the table each row is, counted from 0.
  package let tableRows: [Int]

  /// Rows left out since a value that the model uses is missing.
  package let incompleteRowCount: Int

  package var rowCount: Int { outcome.count }

  /// Reads the columns used; a field that is empty or `NA` is missing. A row that misses its outcome,
  /// weight or cluster is dropped whole.
  ///
  /// - Parameters:
  ///   - weights: a column of numbers above 0: the model's standard errors take a row as so many equal
  ///     ones (frequency weights), `LogisticFit.Errors.rows` as one that stands for so many others.
  ///   - clusters: a column of texts that are equal in rows that belong together.
  ///   - training: rows of the table whose means stand in for what is missing; nil for all.
  /// - Throws: the errors of `PooledReferenceError` about columns and values.
  package init(
    _ table: PooledTable, terms: [Term], outcome outcomeName: String, missing: Missing = .dropped,
    weights weightName: String? = nil, clusters clusterName: String? = nil, training: Set<Int>? = nil
  ) throws(PooledReferenceError) {
    let needed = [outcomeName] + [weightName, clusterName].compactMap(\.self)
    let lookedUp = missing == .dropped ? needed + terms.flatMap(\.columns) : needed
    var texts: [[String]] = []
    for column in lookedUp { texts.append(try table.column(column)) }
    var rows = (0..<table.rowCount).filter { row in
      texts.allSatisfy { !PooledTable.isMissing($0[row]) }
    }
    incompleteRowCount = table.rowCount - rows.count
    if terms.contains(.sites) { rows = Self.withoutSitesOfOneClass(rows, texts[0], table) }
    guard !rows.isEmpty else { throw .noCompleteRow }

    let source = TermColumns(table: table, rows: rows)
    let outcome = try source.numbers(outcomeName)
    let weights = try weightName.map(source.numbers) ?? rows.map { _ in 1 }
    for (weight, row) in zip(weights, rows) where weight <= 0 {
      let origin = table.origins[row]
      throw .notPositive(file: origin.file, row: origin.row, column: weightName ?? "")
    }

    let counted = zip(rows, weights).map { training?.contains($0) ?? true ? $1 : 0 }
    var columns: [(column: TermColumns.Column, isPenalised: Bool)] = []
    for term in terms {
      for var column in try source.columns(of: term) {
        column.values = Self.filled(column.values, weights: counted)
        columns.append((column, term != .sites))
      }
      for name in term.columns {
        let indicator = try Self.indicator(name, rows, table)
        guard indicator.contains(1), !columns.contains(where: { $0.column.values == indicator }) else {
          continue
        }
        columns.append((TermColumns.Column(name: "\(name):missing", values: indicator), true))
      }
    }

    for (value, row) in zip(outcome, rows) where value != 0 && value != 1 {
      let origin = table.origins[row]
      throw .outcomeNotBinary(file: origin.file, row: origin.row, column: outcomeName)
    }
    guard outcome.contains(0), outcome.contains(1) else { throw .oneClass(outcome: outcomeName) }

    columnNames = [Self.interceptName] + columns.map(\.column.name)
    predictors = columns.map(\.column.values)
    isPenalised = columns.map(\.isPenalised)
    self.outcome = outcome
    self.outcomeName = outcomeName
    self.weights = weights
    if let clusterName {
      let texts = try table.column(clusterName)
      clusters = rows.map { texts[$0] }
    } else {
      clusters = nil
    }
    tableRows = rows
  }

  private init(_ whole: PooledDesign, rows: [Int]) {
    columnNames = whole.columnNames
    predictors = whole.predictors.map { column in rows.map { column[$0] } }
    isPenalised = whole.isPenalised
    outcome = rows.map { whole.outcome[$0] }
    outcomeName = whole.outcomeName
    weights = rows.map { whole.weights[$0] }
    clusters = whole.clusters.map { clusters in rows.map { clusters[$0] } }
    tableRows = rows.map { whole.tableRows[$0] }
    incompleteRowCount = whole.incompleteRowCount
  }

  /// These rows alone, counted from 0 in this design.
  package func selecting(_ rows: [Int]) -> PooledDesign { PooledDesign(self, rows: rows) }

  /// `x β` row by row, β with the intercept first.
  package func linearPredictors(_ coefficients: [Double]) -> [Double] {
    (0..<rowCount).map { row in
      var sum = CompensatedSum()
      for (coefficient, value) in zip(coefficients, [1] + predictors.map { $0[row] }) {
        sum.add(coefficient * value)
      }
      return sum.value
    }
  }

  private static func withoutSitesOfOneClass(
    _ rows: [Int], _ outcomes: [String], _ table: PooledTable
  ) -> [Int] {
    var classes: [String: Set<Double>] = [:]
    for row in rows {
      classes[table.origins[row].file, default: []].insert(Double(outcomes[row]) ?? .nan)
    }
    return rows.filter { classes[table.origins[$0].file, default: []].count > 1 }
  }

  private static func indicator(
    _ column: String, _ rows: [Int], _ table: PooledTable
  ) throws(PooledReferenceError) -> [Double] {
    let texts = try table.column(column)
    return rows.map { PooledTable.isMissing(texts[$0]) ? 1 : 0 }
  }

  private static func filled(_ values: [Double], weights: [Double]) -> [Double] {
    guard values.contains(where: \.isNaN) else { return values }
    let present = zip(values, weights).filter { !$0.0.isNaN }
    let mean =
      CompensatedSum.of(present.lazy.map { $0 * $1 }) / CompensatedSum.of(present.lazy.map(\.1))
    return values.map { $0.isNaN ? mean : $0 }
  }
}
