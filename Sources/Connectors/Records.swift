import Cohorts

/// What was read from a file of records.
package struct Records: Sendable {
  /// The columns asked for and those that they hang on, one row a record, in the file's order.
  package let cohort: Cohort
  /// The record key of each row; empty if none was asked for. They stay at the site.
  package let packedKeys: PackedTexts
  /// The line of each row, counted from 1.
  package let lines: [UInt32]

  /// The record key of each row as text.
  package var keys: [String] { (0..<packedKeys.count).map { packedKeys[$0] } }
}

/// What a look at a file of records found.
package struct Reading: Sendable {
  /// What could be read: rows whose cells are wrong have nothing there, rows that are wrong are not in it.
  package let records: Records
  package let report: ReadingReport
  /// Why the file is refused; nil where it is not.
  package let refusal: RecordsError?
  /// Numbers outside of their variable's range, the first ones of each column.
  package let outside: [String: [Double]]
}

/// How a file of records was read, without a value of it.
package struct ReadingReport: Hashable, Sendable, Codable {
  package let dialect: FoundDialect
  package let onError: OnError
  /// Rows below the header.
  package let rowsInFile: Int
  /// Rows that were read from it.
  package let rows: Int
  package let faults: [RecordsFault]
  /// Variables that the file has no column for, or that hang on one.
  package let absent: [AbsentColumn]
  /// Columns of the file that nobody asked for.
  package let unread: [UnreadColumn]
  /// Columns of the file that are computed from others and so not read.
  package let computed: [String]

  /// Rows left out.
  package var excluded: Int { rowsInFile - rows }

  /// Cells that count as missing for what stood there.
  package func madeMissing(in column: String) -> Int {
    faults.reduce(0) { $0 + ($1.column == column && $1.effect == .missing ? $1.count : 0) }
  }
}

/// A variable of the study that a file does not have.
package struct AbsentColumn: Hashable, Sendable, Codable {
  package let name: String
  package let advice: String
}
