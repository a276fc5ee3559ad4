/// A typed column of a cohort, one entry a row.
package enum Column: Sendable, Equatable {
  /// Numbers within the variable's range; NaN where missing. Binary variables are 0 and 1.
  case numbers([Double])
  /// Indices into the variable's levels; -1 where missing.
  case levels([Int32])

  package var count: Int {
    switch self {
    case .numbers(let values): values.count
    case .levels(let indices): indices.count
    }
  }

  package func isMissing(at row: Int) -> Bool {
    switch self {
    case .numbers(let values): values[row].isNaN
    case .levels(let indices): indices[row] < 0
    }
  }
}

/// A site's own table after the dictionary has been applied.
package struct Cohort: Sendable, Equatable {
  package let rowCount: Int
  /// One number a row that stands for its patient, equal for rows of one patient; it stays at the site.
  package let patients: [UInt64]
  private let columns: [String: Column]

  /// - Parameter patients: `PatientNumber`s of the record keys; nil where every row is a patient of its own.
  /// - Returns: nil unless all columns have `rowCount` entries.
  package init?(rowCount: Int, columns: [String: Column], patients: [UInt64]? = nil) {
    let patients = patients ?? (0..<rowCount).map { PatientNumber.of("\($0)") }
    guard patients.count == rowCount, columns.values.allSatisfy({ $0.count == rowCount }) else { return nil }
    self.rowCount = rowCount
    self.columns = columns
    self.patients = patients
  }

  /// The rows of all, one after the other.
  ///
  /// - Returns: nil for no cohort, and where one lacks a column of the first or has it in another kind.
  package init?(joining cohorts: [Cohort]) {
    guard let first = cohorts.first else { return nil }
    var columns = first.columns
    for cohort in cohorts.dropFirst() {
      for name in columns.keys {
        switch (columns[name], cohort[name]) {
        case (.numbers(let values), .numbers(let more)): columns[name] = .numbers(values + more)
        case (.levels(let values), .levels(let more)): columns[name] = .levels(values + more)
        default: return nil
        }
      }
    }
    self.init(
      rowCount: cohorts.reduce(0) { $0 + $1.rowCount }, columns: columns,
      patients: cohorts.flatMap(\.patients))
  }

  package var columnNames: [String] { columns.keys.sorted() }

  package subscript(name: String) -> Column? { columns[name] }

  /// The greatest number of rows of one patient.
  package var mostRowsPerPatient: Int {
    patients.reduce(into: [:]) { $0[$1, default: 0] += 1 }.values.max() ?? 0
  }

  /// In which rows a variable has a meaning. Where that cannot be told, since what it hangs on is missing, the
  /// variable counts as applicable.
  ///
  /// - Returns: nil when it has one everywhere.
  package func applicable(_ variable: Variable, dictionary: StudyDictionary) -> [Bool]? {
    guard let condition = variable.appliesWhen, let column = self[condition.variable] else { return nil }
    var isMet = [Bool](repeating: false, count: rowCount)
    for row in CohortFilter([condition]).rows(of: self, dictionary: dictionary) { isMet[row] = true }
    return (0..<rowCount).map { isMet[$0] || column.isMissing(at: $0) }
  }
}

/// A number for a record key, by which folds are dealt and rows of one patient found. It spreads evenly and hides
/// nothing, so it stays at the site.
package enum PatientNumber {
  package static func of(_ key: some StringProtocol) -> UInt64 { mixed(key.utf8, from: 0) }

  /// The part, from 0, of `parts` that a patient falls in under a plan's seed: the same at every site.
  package static func part(of patient: UInt64, seed: UInt64, parts: Int) -> Int {
    let bytes = withUnsafeBytes(of: patient.littleEndian) { Array($0) }
    return Int(mixed(bytes, from: seed) % UInt64(max(parts, 1)))
  }

  /// FNV-1a over the bytes, then the finaliser of SplitMix64.
  private static func mixed(_ bytes: some Sequence<UInt8>, from seed: UInt64) -> UInt64 {
    var hash = finalised(seed) ^ 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return finalised(hash)
  }

  private static func finalised(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9e37_79b9_7f4a_7c15
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
