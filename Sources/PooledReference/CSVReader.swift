import Foundation

/// Reads comma-separated text: fields parted by commas, rows by LF or CRLF, fields quoted where they
/// hold a comma, a quote (doubled) or a line break. Empty lines are passed over.
struct CSVReader {
  struct Record: Equatable {
    /// The line it begins on, counted from 1.
    let row: Int
    let fields: [String]
  }

  private let file: String
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// `file` is what errors call the text.
  init(_ text: String, file: String) {
    self.file = file
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let utf8 = Array(text.utf8)
    bytes = utf8.starts(with: byteOrderMark) ? Array(utf8.dropFirst(3)) : utf8
  }

  init(path: String) throws(PooledReferenceError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path)
    }
    guard let text = String(bytes: data, encoding: .utf8) else { throw .notUTF8(file: path) }
    self.init(text, file: path)
  }

  /// The next row that is not empty, nil at the end.
  mutating func next() throws(PooledReferenceError) -> Record? {
    while position < bytes.count {
      if endRow() { continue }
      let row = line
      var fields = [try field(row: row)]
      while position < bytes.count, bytes[position] == UInt8(ascii: ",") {
        position += 1
        fields.append(try field(row: row))
      }
      _ = endRow()
      return Record(row: row, fields: fields)
    }
    return nil
  }

  private mutating func field(row: Int) throws(PooledReferenceError) -> String {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      return try quotedField(row: row)
    }
    let start = position
    while position < bytes.count, !atSeparator {
      guard bytes[position] != UInt8(ascii: "\"") else {
        throw .strayQuote(file: file, row: row)
      }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField(row: Int) throws(PooledReferenceError) -> String {
    var content: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte == UInt8(ascii: "\"") else {
        content.append(byte)
        continue
      }
      if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
        content.append(byte)
        position += 1
        continue
      }
      guard position == bytes.count || atSeparator else { throw .strayQuote(file: file, row: row) }
      return String(decoding: content, as: UTF8.self)
    }
    throw .unterminatedQuote(file: file, row: row)
  }

  private var atSeparator: Bool {
    bytes[position] == UInt8(ascii: ",") || lineBreakLength > 0
  }

  private var lineBreakLength: Int {
    guard position < bytes.count else { return 0 }
    if bytes[position] == UInt8(ascii: "\n") { return 1 }
    return bytes[position...].starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")]) ? 2 : 0
  }

  private mutating func endRow() -> Bool {
    let length = lineBreakLength
    position += length
    line += length > 0 ? 1 : 0
    return length > 0
  }
}
