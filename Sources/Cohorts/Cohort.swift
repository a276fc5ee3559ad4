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
  private let columns: [String: Column]

  /// - Returns: nil unless all columns have `rowCount` entries.
  package init?(rowCount: Int, columns: [String: Column]) {
    guard columns.values.allSatisfy({ $0.count == rowCount }) else { return nil }
    self.rowCount = rowCount
    self.columns = columns
  }

  package var columnNames: [String] { columns.keys.sorted() }

  package subscript(name: String) -> Column? { columns[name] }
}
