/// Finds the columns that are wanted in a header row. What stands there is not repeated in errors:
/// in a file without a header it is a patient's record.
struct HeaderRow {
  private let names: [String]
  private let line: Int

  init(_ table: borrowing CSVTable) {
    names = table.cells.map { String(decoding: table.buffer[Cell.trimmed(table.buffer, $0)], as: UTF8.self) }
    line = table.line
  }

  /// - Returns: the position of each wanted column; a missing one is a problem and has position 0.
  func positions(of wanted: [String], problems: inout ProblemCollector) -> [Int] {
    if names.count == 1, wanted.count > 1, let only = names.first,
      let separator = only.first(where: { $0 == ";" || $0 == "\t" })
    {
      let word = separator == ";" ? "semicolons" : "tabs"
      problems.add(line: line, "is separated by \(word)", "save the file with commas")
      return []
    }
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      guard let earlier = first.updateValue(index, forKey: name) else { continue }
      problems.add(
        line: line, column: wanted.contains(name) ? name : nil,
        "has columns \(earlier + 1) and \(index + 1) of the same name", "rename or remove one")
    }
    return wanted.map { name in
      if let position = first[name] { return position }
      let alike = names.firstIndex { $0.lowercased() == name }
      problems.add(
        line: line, column: name, "is not among the columns",
        alike.map { "rename column \($0 + 1), which is so named but for upper case" }
          ?? "add the column, or rename the one that holds it; the first row must hold the names")
      return 0
    }
  }
}
