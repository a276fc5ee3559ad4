/// The columns' names. What stands in a first row is not repeated in errors: in a file without a header it is a
/// patient's record.
struct HeaderRow {
  let names: [String]
  private let line: Int

  init(_ table: borrowing CSVTable) {
    names = table.cells.map { String(decoding: table.buffer[Cell.trimmed(table.buffer, $0)], as: UTF8.self) }
    line = table.line
  }

  /// Where each column stands; repeated names are problems.
  func positions(wanted: [String], problems: inout ProblemCollector) -> [String: Int] {
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      guard let earlier = first[name] else {
        first[name] = index
        continue
      }
      problems.add(
        line: line, column: wanted.contains(name) ? name : nil,
        "has columns \(earlier + 1) and \(index + 1) of the same name", "rename or remove one")
    }
    return first
  }

  /// Says of a column that it is not there.
  func add(absent name: String, to problems: inout ProblemCollector) {
    problems.add(line: line, column: name, "is not among the columns", advice(on: name))
  }

  /// What to do about a column that is not there.
  func advice(on name: String) -> String {
    let alike = names.firstIndex { $0.lowercased() == name.lowercased() }
    return alike.map { "rename column \($0 + 1), which is so named but for upper case" }
      ?? "add the column, or rename the one that holds it; the first row must hold the names"
  }
}
