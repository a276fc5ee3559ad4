/// Reads comma-separated values row by row, in the format of RFC 4180: a cell may stand in double
/// quotes, within which commas and line ends are text and a quote is doubled; a row ends with LF or
/// CR LF. The text is UTF-8, with or without a byte order mark. Empty lines are skipped.
package struct CSVTable: ~Copyable {
  /// A row longer than this is taken for a quote that is never closed.
  package static let mostRowBytes = 1 << 24
  private static let chunk = 1 << 18

  private var source: ByteSource
  private var isAtEnd = false
  /// What was read and not yet passed, from `start`.
  private(set) var buffer: [UInt8] = []
  private var start = 0
  private var nextLine = 1
  private var scanned = RowScan()

  /// The line on which the current row begins, counted from 1.
  package private(set) var line = 0
  /// The cells of the current row, as places in `buffer`.
  var cells: [Range<Int>] { scanned.cells }
  package var columnCount: Int { scanned.cells.count }

  init(_ source: consuming ByteSource) throws(RecordsProblem) {
    self.source = source
    try fill()
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
      throw RecordsProblem(
        line: 1, column: nil, problem: "is UTF-16", advice: "save the file as CSV in UTF-8")
    }
  }

  package init(bytes: [UInt8]) throws(RecordsProblem) { try self.init(ByteSource(memory: bytes)) }

  package init(file path: String) throws(RecordsProblem) { try self.init(ByteSource(file: path)) }

  /// A cell of the current row as text; bytes that are not UTF-8 become U+FFFD.
  package func text(at column: Int) -> String {
    String(decoding: buffer[scanned.cells[column]], as: UTF8.self)
  }

  /// Goes to the next row.
  ///
  /// - Returns: false at the end.
  package mutating func next() throws(RecordsProblem) -> Bool {
    repeat {
      line = nextLine
      while !(try scanned.scan(buffer, from: start, line: line, isWhole: isAtEnd)) {
        guard buffer.count - start <= Self.mostRowBytes else {
          throw RecordsProblem(
            line: line, column: nil, problem: "begins a row longer than 16 MiB",
            advice: "look for a quote that is never closed")
        }
        try fill()
      }
      guard scanned.end > start else { return false }
      start = scanned.end
      nextLine += scanned.lineEnds
    } while scanned.isBlank
    scanned.undoubleQuotes(in: &buffer)
    return true
  }

  private mutating func fill() throws(RecordsProblem) {
    buffer.removeFirst(start)
    start = 0
    if let chunk = try source.read(Self.chunk) {
      buffer.append(contentsOf: chunk)
    } else {
      isAtEnd = true
    }
  }
}
