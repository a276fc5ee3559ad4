import Cohorts

/// Which columns are read, and how the others come from them.
struct ColumnLayout {
  /// A variable that is computed from columns of the file.
  struct Computed {
    let variable: Variable
    let parts: [(column: Int, factor: Double)]
  }

  /// Where a column has a meaning.
  struct Condition {
    /// The column that has one, and the one that it hangs on.
    let column: Int
    let subject: Int
    let test: FilterCondition.Test
    /// The levels that meet it; empty for numbers.
    let levels: [Bool]
  }

  /// Columns of the file.
  let recorded: [Variable]
  let computed: [Computed]
  /// Columns count the recorded ones, then the computed ones.
  let conditions: [Condition]
  /// Variables that cannot be had, since the file has no column for them or for a part.
  let absent: [String]
  /// Where each recorded column stands in the file.
  let positions: [Int]

  /// - Parameters:
  ///   - wanted: with all that they hang on, see `closure`.
  ///   - found: where the columns of the file stand, by name.
  init(_ wanted: [Variable], found: [String: Int]) {
    let recorded = wanted.filter { $0.formula == nil && found[$0.name] != nil }
    let computed = wanted.compactMap { Self.computed($0, from: recorded) }
    let all = recorded + computed.map(\.variable)
    let names = Set(all.map(\.name))
    self.recorded = recorded
    self.computed = computed
    positions = recorded.compactMap { found[$0.name] }
    conditions = all.indices.compactMap { Self.condition(of: $0, in: all) }
    absent = wanted.map(\.name).filter { !names.contains($0) }
  }

  private static func computed(_ variable: Variable, from recorded: [Variable]) -> Computed? {
    guard let formula = variable.formula else { return nil }
    let parts = formula.parts.compactMap { part in
      recorded.firstIndex { $0.name == part.variable && $0.levels == nil }.map { ($0, part.factor) }
    }
    return parts.count == formula.parts.count ? Computed(variable: variable, parts: parts) : nil
  }

  private static func condition(of column: Int, in all: [Variable]) -> Condition? {
    guard let condition = all[column].appliesWhen,
      let subject = all.firstIndex(where: { $0.name == condition.variable })
    else { return nil }
    var levels: [Bool] = []
    if case .oneOf(let wanted) = condition.test { levels = (all[subject].levels ?? []).map(wanted.contains) }
    return Condition(column: column, subject: subject, test: condition.test, levels: levels)
  }

  var columns: [Variable] { recorded + computed.map(\.variable) }

  /// Variables with those that they are computed from or that say where they apply.
  static func closure(of variables: [Variable], in dictionary: StudyDictionary?) -> [Variable] {
    var all = variables
    var next = 0
    while next < all.count {
      let parts = all[next].formula?.parts.map(\.variable) ?? []
      let needed = parts + [all[next].appliesWhen?.variable].compactMap(\.self)
      for name in needed where !all.contains(where: { $0.name == name }) {
        if let variable = dictionary?.variable(named: name) { all.append(variable) }
      }
      next += 1
    }
    return all
  }
}
