/// The record key of each row, and the rows' count where no key is wanted.
struct RecordKeys {
  private let column: String?
  private(set) var texts: [String] = []
  private(set) var rowCount = 0
  /// The line of each key.
  private var lines: [String: Int] = [:]

  init(column: String?) { self.column = column }

  mutating func append(
    _ table: borrowing CSVTable, at position: Int?, problems: inout ProblemCollector
  ) {
    rowCount += 1
    guard let column, let position else { return }
    let cell = Cell.trimmed(table.buffer, table.cells[position])
    guard !cell.isEmpty else {
      problems.add(
        line: table.line, column: column, "is empty", "give every record the patient's pseudonym")
      return
    }
    let text = String(decoding: table.buffer[cell], as: UTF8.self)
    if let earlier = lines.updateValue(table.line, forKey: text) {
      problems.add(
        line: table.line, column: column, "repeats the record key of line \(earlier)",
        "keep one row for each patient")
    }
    texts.append(text)
  }
}
