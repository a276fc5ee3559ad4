/// Writes comma-separated values that `CSVTable` and other readers of RFC 4180 read back.
package enum CSVWriter {
  /// One row with its line feed. Cells are quoted where they have to be.
  package static func row(_ cells: [String]) -> String {
    // A line with nothing on it is no row, so a single empty cell is quoted.
    if cells == [""] { return "\"\"\n" }
    return cells.map(cell).joined(separator: ",") + "\n"
  }

  private static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: "\",\r\n".utf8.contains) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
