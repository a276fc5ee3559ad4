/// The cells of one row, found in a buffer.
struct RowScan {
  private let delimiter: UInt8
  /// The cells' places, without the quotes around them.
  private(set) var cells: [Range<Int>] = []
  /// Where the row ends, its line end included.
  private(set) var end = 0
  /// Line ends in the row and after it.
  private(set) var lineEnds = 0
  private(set) var isBlank = false
  /// Cells in which quotes are still doubled.
  private var doubled: [Int] = []

  init(delimiter: Dialect.Delimiter) { self.delimiter = delimiter.byte }

  /// Finds the row that begins at `start`.
  ///
  /// - Parameters:
  ///   - line: of `start`, for errors.
  ///   - isWhole: whether the text ends with the buffer.
  /// - Returns: false if the row goes on beyond the buffer. With nothing left, an empty row.
  mutating func scan(
    _ buffer: [UInt8], from start: Int, line: Int, isWhole: Bool
  ) throws(RecordsProblem) -> Bool {
    try buffer.withUnsafeBufferPointer { (bytes) throws(RecordsProblem) in
      try scan(bytes, from: start, line: line, isWhole: isWhole)
    }
  }

  private mutating func scan(
    _ buffer: UnsafeBufferPointer<UInt8>, from start: Int, line: Int, isWhole: Bool
  ) throws(RecordsProblem) -> Bool {
    cells.removeAll(keepingCapacity: true)
    doubled.removeAll(keepingCapacity: true)
    (end, lineEnds, isBlank) = (start, 0, false)
    guard start < buffer.count else { return isWhole }
    var next = start
    while true {
      let isQuoted = next < buffer.count && buffer[next] == .quote
      let found =
        isQuoted
        ? try quoted(buffer, from: next, line: line, isWhole: isWhole)
        : try bare(buffer, from: next, line: line, isWhole: isWhole)
      guard let found else { return false }
      guard found < buffer.count else {
        end = found
        return isWhole
      }
      next = found + 1
      switch buffer[found] {
      case delimiter: continue
      case .lineFeed: break
      case .carriageReturn:
        guard next < buffer.count || isWhole else { return false }
        guard next < buffer.count, buffer[next] == .lineFeed else {
          throw problem(
            line + lineEnds, "has a carriage return without a line feed", "end lines with LF or CR LF")
        }
        next += 1
      default:
        throw problem(line + lineEnds, "has text after a closing quote", "double the quotes inside of a cell")
      }
      isBlank = !isQuoted && cells.count == 1 && cells[0].isEmpty
      lineEnds += 1
      end = next
      return true
    }
  }

  /// - Returns: where the cell ends; nil if that is not in the buffer.
  private mutating func bare(
    _ buffer: UnsafeBufferPointer<UInt8>, from start: Int, line: Int, isWhole: Bool
  ) throws(RecordsProblem) -> Int? {
    var next = start
    while next < buffer.count {
      let byte = buffer[next]
      if byte == delimiter || byte == .lineFeed || byte == .carriageReturn {
        cells.append(start..<next)
        return next
      }
      guard byte != .quote else {
        throw problem(
          line + lineEnds, "has a quote inside of an unquoted cell", "quote the cell and double its quotes")
      }
      next += 1
    }
    guard isWhole else { return nil }
    cells.append(start..<next)
    return next
  }

  /// - Returns: the place after the closing quote, which may turn out to be half of a doubled one where
  ///   that is the buffer's end; nil if there is none in the buffer.
  private mutating func quoted(
    _ buffer: UnsafeBufferPointer<UInt8>, from start: Int, line: Int, isWhole: Bool
  ) throws(RecordsProblem) -> Int? {
    var next = start + 1
    var hasDoubled = false
    let begin = line + lineEnds
    while next < buffer.count {
      switch buffer[next] {
      case .quote:
        guard next + 1 < buffer.count, buffer[next + 1] == .quote else {
          if hasDoubled { doubled.append(cells.count) }
          cells.append((start + 1)..<next)
          return next + 1
        }
        hasDoubled = true
        next += 2
      case .lineFeed:
        lineEnds += 1
        next += 1
      default: next += 1
      }
    }
    guard isWhole else { return nil }
    throw problem(begin, "opens a quote that is never closed", "close it, or double it")
  }

  /// Makes one quote of two, in place.
  mutating func undoubleQuotes(in buffer: inout [UInt8]) {
    for index in doubled {
      let cell = cells[index]
      var kept = cell.lowerBound
      var next = cell.lowerBound
      while next < cell.upperBound {
        buffer[kept] = buffer[next]
        next += buffer[next] == .quote ? 2 : 1
        kept += 1
      }
      cells[index] = cell.lowerBound..<kept
    }
  }

  private func problem(_ line: Int, _ problem: String, _ advice: String) -> RecordsProblem {
    RecordsProblem(line: line, column: nil, problem: problem, advice: advice)
  }
}

extension UInt8 {
  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
}
