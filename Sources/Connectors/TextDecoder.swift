/// Makes UTF-8 of a file's bytes, chunk by chunk. Where the encoding is not given, the first character beyond
/// ASCII decides: a text that is not UTF-8 there is Windows-1252.
struct TextDecoder {
  private var encoding: Dialect.Encoding?
  /// The beginning of a character whose end is in the next chunk.
  private var carried: [UInt8] = []

  /// - Parameter encoding: nil to find it out.
  init(_ encoding: Dialect.Encoding?) { self.encoding = encoding }

  /// What the text is written in, as far as it was read; ASCII is UTF-8.
  var found: Dialect.Encoding { encoding ?? .utf8 }

  /// - Parameter isLast: whether the text ends with this chunk.
  /// - Throws: `RecordsProblem` for bytes that are no UTF-8 in a text that is, with the line counted from 1 within
  ///   the chunk.
  mutating func decode(_ chunk: [UInt8], isLast: Bool) throws(RecordsProblem) -> [UInt8] {
    var bytes = chunk
    if !carried.isEmpty {
      bytes = carried + chunk
      carried = []
    }
    guard var next = Self.firstBeyondASCII(bytes, from: 0) else { return bytes }
    if encoding == nil {
      switch Self.character(bytes, at: next) {
      case .whole: encoding = .utf8
      case .cut where !isLast:
        carried = Array(bytes[next...])
        bytes.removeSubrange(next...)
        return bytes
      case .cut, .none: encoding = .latin1
      }
    }
    if encoding == .latin1 { return Self.windows1252(bytes, from: next) }
    check: while let found = Self.firstBeyondASCII(bytes, from: next) {
      next = found
      switch Self.character(bytes, at: next) {
      case .whole(let length): next += length
      case .cut where !isLast:
        carried = Array(bytes[next...])
        bytes.removeSubrange(next...)
        break check
      case .cut, .none:
        throw RecordsProblem(
          line: 1 + bytes[..<next].count { $0 == 0x0A }, column: nil,
          problem: "has bytes that are not UTF-8",
          advice: "save the file in one encoding, or say “encoding: latin-1” with the records' file")
      }
    }
    return bytes
  }

  private static func firstBeyondASCII(_ bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { raw -> Int? in
      var next = start
      while next + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: next, as: UInt64.self)
        guard word & 0x8080_8080_8080_8080 == 0 else { break }
        next += 8
      }
      while next < raw.count {
        if raw[next] >= 0x80 { return next }
        next += 1
      }
      return nil
    }
  }

  private enum Character {
    case whole(Int)
    case cut
    case none
  }

  /// The UTF-8 sequence that begins at `start` (Unicode 15, table 3-7).
  private static func character(_ bytes: [UInt8], at start: Int) -> Character {
    let first = bytes[start]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0x00...0x7F: return .whole(1)
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return .none
    }
    for offset in 1..<length {
      guard start + offset < bytes.count else { return .cut }
      let allowed = offset == 1 ? second : 0x80...0xBF
      guard allowed.contains(bytes[start + offset]) else { return .none }
    }
    return .whole(length)
  }

  /// - Parameter start: what is before it is ASCII.
  private static func windows1252(_ bytes: [UInt8], from start: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 8)
    text.append(contentsOf: bytes[..<start])
    for byte in bytes[start...] {
      guard byte >= 0x80 else {
        text.append(byte)
        continue
      }
      let scalar = byte < 0xA0 ? upperControls[Int(byte - 0x80)] : UInt16(byte)
      if scalar < 0x800 {
        text.append(UInt8(0xC0 | scalar >> 6))
      } else {
        text.append(UInt8(0xE0 | scalar >> 12))
        text.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      }
      text.append(UInt8(0x80 | scalar & 0x3F))
    }
    return text
  }

  /// 0x80 to 0x9F of Windows-1252 (the WHATWG's index): what is not assigned is a control.
  private static let upperControls: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
    0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122,
    0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
  ]
}
