import Cohorts

/// Reads a site's records into a cohort by a study's dictionary. Columns that are not asked for are not read; a
/// value outside of its type, levels or range is reported, and no message holds a value.
package struct CohortReader: Sendable {
  private let columns: [Variable]
  private let recordKey: String?
  private let mostRows: Int
  private let mostRowsPerPatient: Int
  private let dialect: Dialect
  private let onError: OnError

  /// Reads these columns, and those of the dictionary that they are computed from or that say where they apply.
  ///
  /// - Parameters:
  ///   - columns: variables, and outcomes as `Outcome.variable`; each once.
  ///   - dictionary: where the columns come from; without it, they hang on one another alone.
  ///   - recordKey: the column that names a patient, or nil to read none.
  ///   - mostRows: the study's greatest number of rows a site.
  ///   - mostRowsPerPatient: the study's greatest number of rows of one record key.
  package init(
    columns: [Variable], of dictionary: StudyDictionary? = nil, recordKey: String?, mostRows: Int,
    mostRowsPerPatient: Int = 1, dialect: Dialect = .found, onError: OnError = .refuse
  ) {
    self.columns = ColumnLayout.closure(of: columns, in: dictionary)
    self.recordKey = recordKey
    self.mostRows = mostRows
    self.mostRowsPerPatient = mostRowsPerPatient
    self.dialect = dialect
    self.onError = onError
  }

  /// Reads every variable and outcome of the dictionary.
  package init(
    dictionary: StudyDictionary, recordKey: String?, mostRows: Int, mostRowsPerPatient: Int = 1,
    dialect: Dialect = .found, onError: OnError = .refuse
  ) {
    self.init(
      columns: dictionary.variables + dictionary.outcomes.map(\.variable), recordKey: recordKey,
      mostRows: mostRows, mostRowsPerPatient: mostRowsPerPatient, dialect: dialect, onError: onError)
  }

  /// Every column must be there, and nothing wrong that `onError` refuses.
  ///
  /// - Parameter path: of a CSV file.
  package func read(file path: String) throws(RecordsError) -> Records {
    try refusing(look(at: path, mayLack: false) { () throws(RecordsProblem) in try ByteSource(file: path) })
  }

  /// The same of bytes.
  ///
  /// - Parameter file: a name for errors.
  package func read(_ bytes: [UInt8], file: String) throws(RecordsError) -> Records {
    try refusing(look(at: file, mayLack: false) { ByteSource(memory: bytes) })
  }

  /// Reads what there is to read, also where the file would be refused; columns may lack.
  ///
  /// - Throws: `RecordsError` where nothing can be read: no file, no header, no rows, a broken format.
  package func inspect(file path: String) throws(RecordsError) -> Reading {
    try look(at: path, mayLack: true) { () throws(RecordsProblem) in try ByteSource(file: path) }
  }

  /// The same of bytes.
  package func inspect(_ bytes: [UInt8], file: String) throws(RecordsError) -> Reading {
    try look(at: file, mayLack: true) { ByteSource(memory: bytes) }
  }

  private func refusing(_ reading: Reading) throws(RecordsError) -> Records {
    if let refusal = reading.refusal { throw refusal }
    return reading.records
  }

  private func look(
    at file: String, mayLack: Bool, from open: () throws(RecordsProblem) -> ByteSource
  ) throws(RecordsError) -> Reading {
    var problems = ProblemCollector(file: file)
    var table = try openTable(problems, open)
    let header = HeaderRow(table)
    let (layout, key) = layOut(header, mayLack: mayLack, problems: &problems)
    try problems.throwIfAny()
    var rows = CohortAssembly(
      layout, recordKey: key, mostRowsPerPatient: mostRowsPerPatient, decimal: dialect.decimal,
      delimiter: table.delimiter, faults: FaultLog(file: file, rule: onError))
    var unread = UnreadColumns(header.names, read: columns.map(\.name) + [recordKey].compactMap(\.self))
    do throws(RecordsProblem) {
      try readRows(of: &table, width: header.names.count, into: &rows, unread: &unread)
    } catch {
      throw rows.faults.refusal.error(endedBy: error)
    }
    rows.finish()
    guard let records = rows.records else {
      problems.add("gave columns of different lengths", "report this as a fault of the program")
      throw problems.error()
    }
    let report = ReadingReport(
      dialect: FoundDialect(
        delimiter: table.delimiter, encoding: table.encoding, decimalCommas: rows.decimalCommas),
      onError: onError, rowsInFile: rows.rowsInFile, rows: rows.rowCount, faults: rows.foundFaults,
      absent: layout.absent.map { AbsentColumn(name: $0, advice: header.advice(on: $0)) },
      unread: unread.columns,
      computed: columns.filter { $0.formula != nil && header.names.contains($0.name) }.map(\.name))
    return Reading(records: records, report: report, refusal: rows.refusal, outside: rows.outside)
  }

  /// The file at its header.
  private func openTable(
    _ problems: ProblemCollector, _ open: () throws(RecordsProblem) -> ByteSource
  ) throws(RecordsError) -> CSVTable {
    do throws(RecordsProblem) {
      var table = try CSVTable(
        open(), dialect: dialect, wanted: columns.map(\.name) + [recordKey].compactMap(\.self))
      guard try table.next() else {
        throw RecordsProblem(
          line: nil, column: nil, problem: "is empty",
          advice: "give a header row with the columns' names, then the records")
      }
      return table
    } catch {
      throw problems.error(endedBy: error)
    }
  }

  private func layOut(
    _ header: HeaderRow, mayLack: Bool, problems: inout ProblemCollector
  ) -> (layout: ColumnLayout, recordKey: (name: String, position: Int)?) {
    let wanted = columns.map(\.name) + [recordKey].compactMap(\.self)
    let found = header.positions(wanted: wanted, problems: &problems)
    let layout = ColumnLayout(columns, found: found)
    if !mayLack || layout.columns.isEmpty {
      for name in layout.absent where columns.contains(where: { $0.name == name && $0.formula == nil }) {
        header.add(absent: name, to: &problems)
      }
      for variable in columns where variable.formula != nil && layout.absent.contains(variable.name) {
        problems.add(
          column: variable.name, "is computed from columns that are not there",
          "add \(variable.formula?.parts.map(\.variable).joined(separator: ", ") ?? "them")")
      }
    }
    guard let recordKey else { return (layout, nil) }
    guard let position = found[recordKey] else {
      header.add(absent: recordKey, to: &problems)
      return (layout, nil)
    }
    return (layout, (recordKey, position))
  }

  private func readRows(
    of table: inout CSVTable, width: Int, into rows: inout CohortAssembly, unread: inout UnreadColumns
  ) throws(RecordsProblem) {
    while try table.next() {
      guard rows.rowCount < mostRows else {
        throw RecordsProblem(
          line: table.line, column: nil, problem: "has more than the study's \(mostRows) rows a site",
          advice: "choose the records of the study, or ask its owner for a larger study")
      }
      let (cells, line) = (table.cells, table.line)
      table.buffer.withUnsafeBufferPointer { bytes in
        rows.append(bytes, cells, line: line, width: width)
        if rows.rowsInFile <= DateForms.mostRows { unread.look(at: bytes, cells) }
      }
      if rows.rowsInFile == Self.rowsToEstimate,
        let estimate = table.rowsAltogether(from: Self.rowsToEstimate)
      {
        rows.reserve(min(estimate, mostRows))
      }
    }
    guard rows.rowsInFile > 0 else {
      throw RecordsProblem(
        line: nil, column: nil, problem: "holds no records", advice: "add rows below the header")
    }
  }

  /// Rows by whose length the rows of the file are estimated.
  private static let rowsToEstimate = 1000
}
