import Cohorts

/// Puts a cohort together row by row, and keeps what is wrong with the rows.
struct CohortAssembly {
  private let layout: ColumnLayout
  private let recordKey: (name: String, position: Int)?
  private let mostRowsPerPatient: Int
  private var builders: [ColumnBuilder]
  private var keys: RecordKeys
  private var lines: [UInt32] = []
  private(set) var faults: FaultLog
  private(set) var rowsInFile = 0

  var rowCount: Int { lines.count }

  init(
    _ layout: ColumnLayout, recordKey: (name: String, position: Int)?, mostRowsPerPatient: Int,
    decimal: Dialect.DecimalMark?, delimiter: Dialect.Delimiter, faults: FaultLog
  ) {
    self.layout = layout
    self.recordKey = recordKey
    self.mostRowsPerPatient = mostRowsPerPatient
    self.faults = faults
    keys = RecordKeys(most: mostRowsPerPatient)
    builders = layout.columns.map { ColumnBuilder($0, decimal: decimal, delimiter: delimiter) }
  }

  /// Makes room, so that columns need not grow and be copied.
  mutating func reserve(_ rows: Int) {
    for index in builders.indices { builders[index].reserve(rows) }
    if recordKey != nil { keys.reserve(rows) }
    lines.reserveCapacity(rows)
  }

  /// - Parameter width: the cells that every row must have.
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, _ cells: [Range<Int>], line: Int, width: Int) {
    rowsInFile += 1
    guard cells.count == width else {
      _ = faults.add(
        .cellCount, column: FaultLog.row, line: line, name: nil,
        problem: "has \(cells.count) cells where the header has \(width)")
      return
    }
    var isExcluded = false
    for index in layout.positions.indices {
      if let fault = builders[index].append(bytes, cells[layout.positions[index]]) {
        isExcluded = note(fault, index, line) || isExcluded
      }
    }
    isExcluded = compute(line) || isExcluded
    isExcluded = apply(line) || isExcluded
    if isExcluded || !keep(bytes, cells, line) {
      for index in builders.indices { builders[index].removeLast() }
    } else {
      lines.append(UInt32(truncatingIfNeeded: line))
    }
  }

  /// - Returns: whether the row is left out for it.
  private mutating func note(_ fault: Fault, _ column: Int, _ line: Int) -> Bool {
    faults.add(
      fault, column: column, line: line, name: builders[column].name,
      expectation: fault == .notApplicable ? "" : builders[column].expectation,
      problem: fault == .notApplicable ? "is given though \(condition(of: column))" : nil) == .excluded
  }

  private mutating func compute(_ line: Int) -> Bool {
    var isExcluded = false
    for (offset, computed) in layout.computed.enumerated() {
      let value = computed.parts.reduce(0.0) { sum, part in
        sum + part.factor * (builders[part.column].numbers.last ?? .nan)
      }
      let column = layout.recorded.count + offset
      if let fault = builders[column].append(computed: value) {
        isExcluded = note(fault, column, line) || isExcluded
      }
    }
    return isExcluded
  }

  private mutating func apply(_ line: Int) -> Bool {
    var isExcluded = false
    for condition in layout.conditions where !builders[condition.column].isLastMissing {
      guard !isMet(condition) else { continue }
      builders[condition.column].makeLastMissing()
      guard condition.column < layout.recorded.count else { continue }
      isExcluded = note(.notApplicable, condition.column, line) || isExcluded
    }
    return isExcluded
  }

  /// Where that cannot be told, a value applies.
  private func isMet(_ condition: ColumnLayout.Condition) -> Bool {
    switch condition.test {
    case .oneOf:
      guard let level = builders[condition.subject].levels.last, level >= 0 else { return true }
      return condition.levels[Int(level)]
    case .between(let lower, let upper):
      guard let value = builders[condition.subject].numbers.last, !value.isNaN else { return true }
      return lower.map { value >= $0 } ?? true && upper.map { value <= $0 } ?? true
    }
  }

  /// Takes the row's key.
  ///
  /// - Returns: whether the row stays.
  private mutating func keep(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cells: [Range<Int>], _ line: Int
  ) -> Bool {
    guard let recordKey else { return true }
    let cell = Cell.trimmed(bytes, cells[recordKey.position])
    guard !cell.isEmpty else {
      _ = faults.add(.emptyKey, column: FaultLog.recordKey, line: line, name: recordKey.name)
      return false
    }
    guard let earlier = keys.append(bytes, cell) else { return true }
    let copied = [earlier.first, earlier.last].first { row in
      builders.allSatisfy { $0.isEqual(rowCount, row) }
    }
    if let copied {
      _ = faults.add(
        .copiedRow, column: FaultLog.recordKey, line: line, name: recordKey.name,
        problem: "is an exact copy of line \(lines[copied])")
      return false
    }
    let isOne = mostRowsPerPatient == 1
    _ = faults.add(
      .repeatedKey, column: FaultLog.recordKey, line: line, name: recordKey.name,
      problem: "repeats the record key of line \(lines[earlier.first])"
        + (isOne ? "" : " and others"),
      advice: isOne ? nil : "keep at most \(mostRowsPerPatient) rows for each patient, as the study says")
    return false
  }

  /// Looks at what only the whole column tells.
  mutating func finish() {
    let sure = Set(builders.filter { $0.isMarkSure && $0.mark != 0 }.map(\.mark))
    for (index, builder) in builders.enumerated() where builder.mark != 0 && !builder.isMarkSure {
      if sure == [builder.mark] { continue }
      _ = faults.add(
        .mayBeThousands, column: index, line: nil, name: builder.name)
    }
  }

  /// - Returns: nil if columns have different lengths, which is our fault.
  var records: Records? {
    let columns = Dictionary(builders.map { ($0.name, $0.column) }) { first, _ in first }
    let patients = recordKey == nil ? nil : keys.patients
    return Cohort(rowCount: rowCount, columns: columns, patients: patients)
      .map { Records(cohort: $0, packedKeys: keys.texts, lines: lines) }
  }

  /// Why the file is refused; nil where it is not.
  var refusal: RecordsError? {
    var problems = faults.refusal
    if rowCount == 0 && problems.total == 0 {
      problems.add("has no row that fits the dictionary", "look at what its rows are left out for")
    }
    return problems.total > 0 ? problems.error() : nil
  }

  var outside: [String: [Double]] {
    Dictionary(builders.filter { !$0.outside.isEmpty }.map { ($0.name, $0.outside) }) { first, _ in first }
  }

  var decimalCommas: [String] {
    builders.filter { $0.mark == Dialect.DecimalMark.comma.byte }.map(\.name)
  }

  var foundFaults: [RecordsFault] {
    faults.faults(
      names: builders.map(\.name), expectations: builders.map(\.expectation), recordKey: recordKey?.name)
  }

  /// Such as `“location” applies only where diagnosis is CD`.
  private func condition(of column: Int) -> String {
    let name = builders[column].name
    guard let test = builders[column].variable.appliesWhen else { return "“\(name)” does not apply" }
    return "“\(name)” applies only where \(test.words)"
  }
}

extension FilterCondition {
  /// Such as `diagnosis is CD`.
  package var words: String {
    switch test {
    case .oneOf(let levels): return "\(variable) is \(levels.joined(separator: " or "))"
    case .between(let lower, let upper):
      let ends = [
        lower.map { "at least \(Self.words($0))" }, upper.map { "at most \(Self.words($0))" },
      ].compactMap(\.self)
      return "\(variable) is \(ends.joined(separator: " and "))"
    }
  }

  private static func words(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
