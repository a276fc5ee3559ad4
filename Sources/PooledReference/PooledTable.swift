/// The rows of one or more CSV files, one after the other, as text in named columns.
package struct PooledTable: Sendable {
  /// Where a row of the table stands; `row` counts from 1, the header's.
  struct Origin: Sendable, Equatable {
    let file: String
    let row: Int
  }

  /// The columns of the first file, in its order.
  package let columnNames: [String]

  private(set) var origins: [Origin] = []
  private var columns: [String: [String]]
  private let firstFile: String

  package var rowCount: Int { origins.count }

  /// Pools the files in this order. Each must have the columns of the first, in any order; further
  /// columns are passed over. Throws the errors of `PooledReferenceError` about files.
  package init(files: [String]) throws(PooledReferenceError) {
    var readers: [(file: String, reader: CSVReader)] = []
    for file in files {
      readers.append((file, try CSVReader(path: file)))
    }
    try self.init(readers)
  }

  /// Pools texts as `init(files:)` does; the names are what errors call them.
  package init(texts: [(name: String, text: String)]) throws(PooledReferenceError) {
    try self.init(texts.map { ($0.name, CSVReader($0.text, file: $0.name)) })
  }

  private init(_ readers: [(file: String, reader: CSVReader)]) throws(PooledReferenceError) {
    var names: [String]?
    columns = [:]
    guard let first = readers.first else { throw .noFiles }
    firstFile = first.file
    for (file, unread) in readers {
      var reader = unread
      let header = try Self.header(of: file, from: &reader)
      let wanted = names ?? header
      names = wanted
      var places: [(name: String, place: Int)] = []
      for name in wanted {
        guard let place = header.firstIndex(of: name) else {
          throw .missingColumn(file: file, column: name)
        }
        places.append((name, place))
      }
      while let record = try reader.next() {
        guard record.fields.count == header.count else {
          throw .wrongFieldCount(
            file: file, row: record.row, expected: header.count, found: record.fields.count)
        }
        origins.append(Origin(file: file, row: record.row))
        for (name, place) in places {
          columns[name, default: []].append(record.fields[place])
        }
      }
    }
    columnNames = names ?? []
  }

  /// The texts of a column, row by row; throws `missingColumn`.
  package func column(_ name: String) throws(PooledReferenceError) -> [String] {
    guard columnNames.contains(name) else {
      throw .missingColumn(file: firstFile, column: name)
    }
    return columns[name] ?? []
  }

  /// The rows whose field of a column is kept. Throws `missingColumn`.
  package func filtered(
    by name: String, _ isKept: (String) -> Bool
  ) throws(PooledReferenceError) -> PooledTable {
    let texts = try column(name)
    let kept = origins.indices.filter { isKept(texts[$0]) }
    var table = self
    table.origins = kept.map { origins[$0] }
    table.columns = columns.mapValues { texts in kept.map { texts[$0] } }
    return table
  }

  /// The name of the file that each row comes from.
  package var files: [String] { origins.map(\.file) }

  /// Whether a field stands for no value.
  static func isMissing(_ text: String) -> Bool { text == "" || text == "NA" }

  private static func header(
    of file: String, from reader: inout CSVReader
  ) throws(PooledReferenceError) -> [String] {
    guard let header = try reader.next() else { throw .noHeader(file: file) }
    var seen: Set<String> = []
    for name in header.fields where !seen.insert(name).inserted {
      throw .duplicateColumn(file: file, column: name)
    }
    return header.fields
  }
}
