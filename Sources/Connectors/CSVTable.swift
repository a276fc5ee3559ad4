/// Reads delimited values row by row, in the format of RFC 4180 with the delimiter of the dialect: a cell may
/// stand in double quotes, within which delimiters and line ends are text and a quote is doubled; a row ends
/// with LF or CR LF. Empty lines are skipped. What is read is UTF-8, whatever the file is written in.
package struct CSVTable: ~Copyable {
  /// A row longer than this is taken for a quote that is never closed.
  package static let mostRowBytes = 1 << 24
  private static let chunk = 1 << 18

  private var source: ByteSource
  private var decoder = TextDecoder(nil)
  private var isAtEnd = false
  /// What was read and not yet passed, from `start`.
  private(set) var buffer: [UInt8] = []
  private var start = 0
  private var nextLine = 1
  /// Bytes before `start`, of the text as it is read.
  private var passed = 0
  private var scanned = RowScan(delimiter: .comma)
  package private(set) var delimiter = Dialect.Delimiter.comma

  /// The line on which the current row begins, counted from 1.
  package private(set) var line = 0
  /// The cells of the current row, as places in `buffer`.
  var cells: [Range<Int>] { scanned.cells }
  package var columnCount: Int { scanned.cells.count }
  /// What the text is written in, as far as it was read.
  package var encoding: Dialect.Encoding { decoder.found }

  /// - Parameter wanted: columns by which the delimiter of the header is told.
  init(
    _ source: consuming ByteSource, dialect: Dialect = .found, wanted: [String] = []
  ) throws(RecordsProblem) {
    self.source = source
    let first = try self.source.read(Self.chunk) ?? []
    guard !Self.isUTF16(first) else {
      throw RecordsProblem(
        line: 1, column: nil, problem: "is UTF-16", advice: "save the file as CSV in UTF-8")
    }
    let isMarked = first.starts(with: [0xEF, 0xBB, 0xBF])
    decoder = TextDecoder(isMarked ? .utf8 : dialect.encoding)
    buffer = try decoder.decode(isMarked ? Array(first.dropFirst(3)) : first, isLast: false)
    delimiter = dialect.delimiter ?? DelimiterSearch(wanted: wanted).delimiter(of: buffer)
    scanned = RowScan(delimiter: delimiter)
  }

  package init(
    bytes: [UInt8], dialect: Dialect = .found, wanted: [String] = []
  ) throws(RecordsProblem) {
    try self.init(ByteSource(memory: bytes), dialect: dialect, wanted: wanted)
  }

  package init(
    file path: String, dialect: Dialect = .found, wanted: [String] = []
  ) throws(RecordsProblem) {
    try self.init(ByteSource(file: path), dialect: dialect, wanted: wanted)
  }

  /// A cell of the current row as text.
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
      passed += scanned.end - start
      start = scanned.end
      nextLine += scanned.lineEnds
    } while scanned.isBlank
    scanned.undoubleQuotes(in: &buffer)
    return true
  }

  /// How many rows the file has in all, if the others are as long as the `count` ones that were passed.
  func rowsAltogether(from count: Int) -> Int? {
    guard let size = source.size, passed > 0 else { return nil }
    return Int(Double(size) / Double(passed) * Double(count) * 1.02) + 16
  }

  private mutating func fill() throws(RecordsProblem) {
    buffer.removeFirst(start)
    start = 0
    let chunk = try source.read(Self.chunk)
    isAtEnd = chunk == nil
    do throws(RecordsProblem) {
      buffer.append(contentsOf: try decoder.decode(chunk ?? [], isLast: isAtEnd))
    } catch {
      let linesBefore = nextLine - 1 + buffer.count { $0 == 0x0A }
      throw RecordsProblem(
        line: error.line.map { $0 + linesBefore }, column: nil, problem: error.problem,
        advice: error.advice)
    }
  }

  /// With a byte order mark, or by the zero byte that every character of a header then has.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
    return bytes.count > 1 && (bytes[0] == 0) != (bytes[1] == 0)
  }
}
