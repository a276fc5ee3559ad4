import Cohorts

/// One column of the design matrix: a variable's value, or the indicator of one of its levels.
package struct DesignColumn: Hashable, Sendable, Codable {
  /// `age`, or `drug=adalimumab`.
  package let name: String
  package let variable: String
  /// The level that the indicator is for; nil for a value.
  package let level: String?
  /// The level's place in the dictionary; nil for a value.
  package let levelIndex: Int?
  package let range: ValueRange

  /// The columns of a variable: one for a number, one for each level but the first for a category.
  package static func columns(of variable: Variable) -> [DesignColumn] {
    switch variable.kind {
    case .continuous(let range), .count(let range):
      [value(of: variable, range)]
    case .binary:
      [value(of: variable, .unit)]
    case .categorical(let levels):
      levels.indices.dropFirst().map { indicator(of: variable, levels, $0) }
    }
  }

  /// The indicator of the level that has no column, where a category has several columns: its rows are those
  /// that the columns leave over, so sums over the columns tell the sum over them.
  package static func reference(of variable: Variable) -> DesignColumn? {
    guard case .categorical(let levels) = variable.kind, levels.count > 2 else { return nil }
    return indicator(of: variable, levels, 0)
  }

  private static func indicator(of variable: Variable, _ levels: [String], _ index: Int) -> DesignColumn {
    DesignColumn(
      name: "\(variable.name)=\(levels[index])", variable: variable.name, level: levels[index],
      levelIndex: index, range: .unit)
  }

  private static func value(of variable: Variable, _ range: ValueRange) -> DesignColumn {
    DesignColumn(
      name: variable.name, variable: variable.name, level: nil, levelIndex: nil, range: range)
  }
}
