import Connectors

/// The columns of a file of records.
enum RecordsHeader {
  /// - Parameter wanted: columns by which the delimiter is told.
  /// - Returns: empty for an empty file.
  static func names(of path: String, wanted: [String]) throws(RecordsError) -> [String] {
    do throws(RecordsProblem) {
      var table = try CSVTable(file: path, wanted: wanted)
      guard try table.next() else { return [] }
      return (0..<table.columnCount).map { table.text(at: $0).trimmingBlanks }
    } catch {
      throw RecordsError(file: path, problems: [error], total: 1)
    }
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
