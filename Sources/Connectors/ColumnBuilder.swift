import Cohorts

/// Makes a typed column from cells, by one variable of the dictionary. Blanks around a value do not
/// count; an empty cell and the variable's missing codes are missing.
struct ColumnBuilder {
  let name: String
  /// What a cell may hold, in words.
  let expectation: String
  private let rule: Rule
  private let missing: [[UInt8]]
  private var numbers: [Double] = []
  private var levels: [Int32] = []

  private enum Rule {
    case number(ValueRange)
    case whole(ValueRange)
    case binary
    case levels([[UInt8]])
  }

  init(_ variable: Variable) {
    name = variable.name
    missing = variable.missing.map { Array($0.utf8) }
    let unit = variable.unit.map { " \($0)" } ?? ""
    switch variable.kind {
    case .continuous(let range):
      rule = .number(range)
      expectation = "expected a number from \(range.words)\(unit), with a decimal point"
    case .count(let range):
      rule = .whole(range)
      expectation = "expected a whole number from \(range.words)\(unit)"
    case .binary:
      rule = .binary
      expectation = "expected 0 or 1"
    case .categorical(let levels):
      rule = .levels(levels.map { Array($0.utf8) })
      expectation = "expected one of \(levels.joined(separator: ", "))"
    }
  }

  var column: Column {
    if case .levels = rule { .levels(levels) } else { .numbers(numbers) }
  }

  /// Takes the next row's cell; one that does not fit is kept as missing.
  ///
  /// - Returns: what is wrong with it, never its value; nil if it fits.
  mutating func append(_ bytes: [UInt8], _ cell: Range<Int>) -> String? {
    let cell = Cell.trimmed(bytes, cell)
    let isMissing = cell.isEmpty || missing.contains { Cell.equal(bytes, cell, $0) }
    if case .levels(let known) = rule {
      let level = isMissing ? nil : known.firstIndex { Cell.equal(bytes, cell, $0) }
      levels.append(level.flatMap(Int32.init(exactly:)) ?? -1)
      return isMissing || level != nil ? nil : "is none of the dictionary's levels"
    }
    let value = isMissing ? .nan : DecimalNumber.parse(bytes, cell)
    let problem = isMissing ? nil : problem(with: value)
    numbers.append(problem == nil ? value ?? .nan : .nan)
    return problem
  }

  private func problem(with value: Double?) -> String? {
    guard let value else { return "is not a number" }
    switch rule {
    case .number(let range), .whole(let range):
      guard range.contains(value) else { return "is outside of the dictionary's range" }
      if case .whole = rule, value != value.rounded() { return "is not a whole number" }
      return nil
    case .binary: return value == 0 || value == 1 ? nil : "is neither 0 nor 1"
    case .levels: return nil
    }
  }
}

enum Cell {
  /// Without blanks and tabs at its ends.
  static func trimmed(_ bytes: [UInt8], _ cell: Range<Int>) -> Range<Int> {
    var (lower, upper) = (cell.lowerBound, cell.upperBound)
    while lower < upper, bytes[lower] == 0x20 || bytes[lower] == 0x09 { lower += 1 }
    while lower < upper, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
    return lower..<upper
  }

  static func equal(_ bytes: [UInt8], _ cell: Range<Int>, _ other: [UInt8]) -> Bool {
    guard cell.count == other.count else { return false }
    for index in other.indices where bytes[cell.lowerBound + index] != other[index] { return false }
    return true
  }
}

extension ValueRange {
  fileprivate var words: String { "\(Self.words(lower)) to \(Self.words(upper))" }

  private static func words(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }
}
