import Cohorts

/// Reads a site's records into a cohort by a study's dictionary. Columns that are not asked for are
/// not read; a value outside of its type, levels or range is an error, and no error holds a value.
package struct CohortReader: Sendable {
  private let columns: [Variable]
  private let recordKey: String?
  private let mostRows: Int

  /// Reads these columns only.
  ///
  /// - Parameters:
  ///   - columns: variables, and outcomes as `Outcome.variable`; each once.
  ///   - recordKey: the column that names a patient, or nil to read none.
  ///   - mostRows: the study's greatest number of rows a site.
  package init(columns: [Variable], recordKey: String?, mostRows: Int) {
    self.columns = columns
    self.recordKey = recordKey
    self.mostRows = mostRows
  }

  /// Reads every variable and outcome of the dictionary.
  package init(dictionary: StudyDictionary, recordKey: String?, mostRows: Int) {
    self.init(
      columns: dictionary.variables + dictionary.outcomes.map(\.variable), recordKey: recordKey,
      mostRows: mostRows)
  }

  /// - Parameter path: of a CSV file.
  package func read(file path: String) throws(RecordsError) -> Records {
    try read(file: path) { () throws(RecordsProblem) in try ByteSource(file: path) }
  }

  /// - Parameters:
  ///   - bytes: a CSV file's.
  ///   - file: a name for errors.
  package func read(_ bytes: [UInt8], file: String) throws(RecordsError) -> Records {
    try read(file: file) { ByteSource(memory: bytes) }
  }

  private func read(
    file: String, from open: () throws(RecordsProblem) -> ByteSource
  ) throws(RecordsError) -> Records {
    var problems = ProblemCollector(file: file)
    var builders = columns.map(ColumnBuilder.init)
    var keys = RecordKeys(column: recordKey)
    do throws(RecordsProblem) {
      var table = try CSVTable(open())
      try readRows(of: &table, into: &builders, keys: &keys, problems: &problems)
    } catch {
      throw problems.error(endedBy: error)
    }
    try problems.throwIfAny()
    let names = builders.map(\.name)
    let columns = Dictionary(zip(names, builders.map(\.column))) { first, _ in first }
    guard let cohort = Cohort(rowCount: keys.rowCount, columns: columns) else {
      problems.add("gave columns of different lengths", "report this as a fault of the program")
      throw problems.error()
    }
    return Records(cohort: cohort, keys: keys.texts)
  }

  private func readRows(
    of table: inout CSVTable, into builders: inout [ColumnBuilder], keys: inout RecordKeys,
    problems: inout ProblemCollector
  ) throws(RecordsProblem) {
    guard try table.next() else {
      throw RecordsProblem(
        line: nil, column: nil, problem: "is empty",
        advice: "give a header row with the columns' names, then the records")
    }
    let width = table.columnCount
    let wanted = builders.map(\.name) + (recordKey.map { [$0] } ?? [])
    let positions = HeaderRow(table).positions(of: wanted, problems: &problems)
    guard problems.total == 0 else { return }
    while try table.next() {
      guard table.columnCount == width else {
        problems.add(
          line: table.line, "has \(table.columnCount) cells where the header has \(width)",
          "give every row one cell a column, and quote cells that hold commas")
        continue
      }
      guard keys.rowCount < mostRows else {
        throw RecordsProblem(
          line: table.line, column: nil, problem: "has more than the study's \(mostRows) rows a site",
          advice: "choose the records of the study, or ask its owner for a larger study")
      }
      for index in builders.indices {
        if let problem = builders[index].append(table.buffer, table.cells[positions[index]]) {
          problems.add(
            line: table.line, column: builders[index].name,
            "\(problem), \(builders[index].expectation)", "correct it or leave it empty")
        }
      }
      keys.append(table, at: positions.last, problems: &problems)
    }
    if keys.rowCount == 0 && problems.total == 0 {
      throw RecordsProblem(
        line: nil, column: nil, problem: "holds no records", advice: "add rows below the header")
    }
  }
}
