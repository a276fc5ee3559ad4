import Cohorts

/// Makes a typed column from cells, by one variable of the dictionary. Blanks around a value do not count; an
/// empty cell and the variable's missing codes are missing.
struct ColumnBuilder {
  /// How many values outside of the range are kept, to tell whether they are in another unit.
  static let mostOutside = 1000

  let variable: Variable
  /// What a cell may hold, in words.
  let expectation: String
  private(set) var numbers: [Double] = []
  private(set) var levels: [Int32] = []
  /// Numbers outside of the range, the first ones.
  private(set) var outside: [Double] = []
  /// The decimal mark that the column has; 0 where none was seen.
  private(set) var mark: UInt8 = 0
  /// Whether the mark can be nothing but one of decimals.
  private(set) var isMarkSure: Bool

  private let isCategory: Bool
  private let isWhole: Bool
  private let isBinary: Bool
  private let range: ValueRange
  private let known: [[UInt8]]
  private let missing: [[UInt8]]
  /// A bit for each length of a missing code, the last one for all from 63 on.
  private let missingLengths: UInt64
  private let allowsPoint: Bool
  private let allowsComma: Bool

  /// - Parameters:
  ///   - decimal: the mark that the site's configuration states; nil to find it out.
  ///   - delimiter: of the file. Where it is a comma, decimals have points unless something else is stated.
  init(_ variable: Variable, decimal: Dialect.DecimalMark?, delimiter: Dialect.Delimiter) {
    self.variable = variable
    missing = variable.missing.map { Array($0.utf8) }
    missingLengths = missing.reduce(0) { $0 | 1 << min(UInt64($1.count), 63) }
    let decimal = decimal ?? (delimiter == .comma ? .point : nil)
    allowsPoint = decimal != .comma
    allowsComma = decimal.map { $0 == .comma } ?? true
    isMarkSure = decimal != nil
    let unit = variable.unit.map { " \($0)" } ?? ""
    switch variable.kind {
    case .continuous(let range):
      (isCategory, isWhole, isBinary, self.range, known) = (false, false, false, range, [])
      let mark = decimal.map { ", with a decimal \($0.rawValue)" } ?? ""
      expectation = "expected a number from \(range.words)\(unit)\(mark)"
    case .count(let range):
      (isCategory, isWhole, isBinary, self.range, known) = (false, true, false, range, [])
      expectation = "expected a whole number from \(range.words)\(unit)"
    case .binary:
      (isCategory, isWhole, isBinary, range, known) = (false, true, true, .unit, [])
      expectation = "expected 0 or 1"
    case .categorical(let levels), .ordinal(let levels):
      (isCategory, isWhole, isBinary, range) = (true, false, false, .unit)
      known = levels.map { Array($0.utf8) }
      expectation = "expected one of \(levels.joined(separator: ", "))"
    }
  }

  var name: String { variable.name }
  var column: Column { isCategory ? .levels(levels) : .numbers(numbers) }

  mutating func reserve(_ rows: Int) {
    if isCategory { levels.reserveCapacity(rows) } else { numbers.reserveCapacity(rows) }
  }

  /// Takes the next row's cell; one that does not fit is kept as missing.
  ///
  /// - Returns: what is wrong with it; nil if it fits.
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>) -> Fault? {
    let cell = Cell.trimmed(bytes, cell)
    if cell.isEmpty || isMissingCode(bytes, cell) {
      appendMissing()
      return nil
    }
    if isCategory {
      for index in known.indices where Cell.equal(bytes, cell, known[index]) {
        levels.append(Int32(truncatingIfNeeded: index))
        return nil
      }
      levels.append(-1)
      return .unknownLevel
    }
    guard let number = DecimalNumber(bytes, cell, point: allowsPoint, comma: allowsComma) else {
      numbers.append(.nan)
      return DecimalNumber.hasGroups(bytes, cell) ? .grouped : .notNumber
    }
    let fault = number.mark == 0 ? nil : look(at: number)
    guard let fault = fault ?? problem(with: number.value) else {
      numbers.append(number.value)
      return nil
    }
    numbers.append(.nan)
    return fault
  }

  /// Takes a value that was computed from others.
  mutating func append(computed value: Double) -> Fault? {
    guard value.isNaN || range.contains(value) else {
      numbers.append(.nan)
      return .computedOutside
    }
    numbers.append(value)
    return nil
  }

  mutating func appendMissing() {
    if isCategory { levels.append(-1) } else { numbers.append(.nan) }
  }

  mutating func removeLast() {
    if isCategory { levels.removeLast() } else { numbers.removeLast() }
  }

  var isLastMissing: Bool { isCategory ? (levels.last ?? -1) < 0 : (numbers.last ?? .nan).isNaN }

  mutating func makeLastMissing() {
    removeLast()
    appendMissing()
  }

  /// Whether two rows have the same value, or both none.
  func isEqual(_ row: Int, _ other: Int) -> Bool {
    if isCategory { return levels[row] == levels[other] }
    return numbers[row] == numbers[other] || numbers[row].isNaN && numbers[other].isNaN
  }

  private func isMissingCode(_ bytes: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>) -> Bool {
    // Most cells are told from the codes by their length.
    guard missingLengths & (1 << min(UInt64(cell.count), 63)) != 0 else { return false }
    return missing.contains { Cell.equal(bytes, cell, $0) }
  }

  /// What a decimal mark tells of the column.
  private mutating func look(at number: DecimalNumber) -> Fault? {
    if mark != 0, mark != number.mark { return .otherMark }
    mark = number.mark
    guard !isMarkSure else { return nil }
    if !number.mayBeThousands || !range.contains(number.value * 1000) {
      isMarkSure = true
    } else if isWhole {
      return .grouped
    }
    return nil
  }

  private mutating func problem(with value: Double) -> Fault? {
    if isBinary { return value == 0 || value == 1 ? nil : .notBinary }
    guard range.contains(value) else {
      if outside.count < Self.mostOutside { outside.append(value) }
      return .outside
    }
    return isWhole && !Self.isWhole(value) ? .notWhole : nil
  }
}

extension ColumnBuilder {
  @inline(__always)
  fileprivate static func isWhole(_ value: Double) -> Bool {
    // From 2^53 on every double is whole.
    value.magnitude >= 0x1p53 || Double(Int64(value)) == value
  }
}

enum Cell {
  /// Without blanks and tabs at its ends.
  @inline(__always)
  static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>) -> Range<Int> {
    var (lower, upper) = (cell.lowerBound, cell.upperBound)
    while lower < upper, bytes[lower] == 0x20 || bytes[lower] == 0x09 { lower += 1 }
    while lower < upper, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
    return lower..<upper
  }

  static func trimmed(_ bytes: [UInt8], _ cell: Range<Int>) -> Range<Int> {
    bytes.withUnsafeBufferPointer { trimmed($0, cell) }
  }

  @inline(__always)
  static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>, _ other: [UInt8]) -> Bool {
    guard cell.count == other.count else { return false }
    for index in other.indices where bytes[cell.lowerBound + index] != other[index] { return false }
    return true
  }
}

extension ValueRange {
  /// Such as `0 to 500`.
  package var words: String { "\(Self.words(lower)) to \(Self.words(upper))" }

  private static func words(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }
}
