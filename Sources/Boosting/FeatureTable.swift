import Cohorts

/// Rows as a tree model reads them: for each of its features a column of `Float`, NaN where the value is missing or the
/// variable is not applicable.
package struct FeatureTable: Hashable, Sendable {
  package let rowCount: Int
  /// One a feature, one entry a row: numbers rounded to the nearest `Float`, or places of levels from 0.
  package let columns: [[Float]]

  /// - Returns: nil unless all columns have `rowCount` entries.
  package init?(rowCount: Int, columns: [[Float]]) {
    guard rowCount >= 0, columns.allSatisfy({ $0.count == rowCount }) else { return nil }
    self.rowCount = rowCount
    self.columns = columns
  }

  /// - Parameters:
  ///   - dictionary: that of the cohort's variables.
  ///   - rows: of the cohort, in the table's order; nil for all.
  /// - Returns: nil when the cohort lacks a feature, or has other levels of it.
  package init?(
    _ features: [TreeFeature], cohort: Cohort, dictionary: StudyDictionary, rows: [Int]? = nil
  ) {
    guard rows?.allSatisfy((0..<cohort.rowCount).contains) ?? true else { return nil }
    var columns: [[Float]] = []
    for feature in features {
      guard let variable = dictionary.variable(named: feature.name), let column = cohort[feature.name],
        variable.levels == feature.levels
      else { return nil }
      var values: [Float]
      switch column {
      case .numbers(let numbers): values = Self.values(numbers, rows) { Float($0) }
      case .levels(let places): values = Self.values(places, rows) { $0 < 0 ? .nan : Float($0) }
      }
      if let applicable = cohort.applicable(variable, dictionary: dictionary) {
        for place in values.indices where !applicable[rows?[place] ?? place] { values[place] = .nan }
      }
      columns.append(values)
    }
    self.init(rowCount: rows?.count ?? cohort.rowCount, columns: columns)
  }

  private static func values<Value>(_ all: [Value], _ rows: [Int]?, _ value: (Value) -> Float) -> [Float] {
    rows.map { rows in rows.map { value(all[$0]) } } ?? all.map(value)
  }

  /// A row's values, one a feature.
  package func row(_ row: Int) -> [Float] { columns.map { $0[row] } }

  package var rows: [[Float]] { (0..<rowCount).map(row) }

  /// These rows alone, in this order.
  package func selecting(_ rows: [Int]) -> FeatureTable? {
    guard rows.allSatisfy((0..<rowCount).contains) else { return nil }
    return FeatureTable(rowCount: rows.count, columns: columns.map { column in rows.map { column[$0] } })
  }
}
