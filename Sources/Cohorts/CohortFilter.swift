/// One condition on a variable; a row with the value missing does not meet it.
package struct FilterCondition: Hashable, Sendable, Codable {
  package enum Test: Hashable, Sendable, Codable {
    /// A closed interval; either end may be open to infinity, not both.
    case between(atLeast: Double?, atMost: Double?)
    /// One of these levels of a categorical variable.
    case oneOf([String])
  }

  package let variable: String
  package let test: Test

  package init(variable: String, test: Test) {
    self.variable = variable
    self.test = test
  }
}

/// Which rows of a cohort a plan is about: those that meet every condition.
package struct CohortFilter: Hashable, Sendable, Codable {
  package let conditions: [FilterCondition]

  package init(_ conditions: [FilterCondition]) { self.conditions = conditions }

  /// Why a condition does not fit the dictionary; nil when all do.
  package func problem(in dictionary: StudyDictionary) -> String? {
    for condition in conditions {
      guard let variable = dictionary.variable(named: condition.variable) else {
        return "filter names “\(condition.variable)”, which the dictionary does not have"
      }
      switch (variable.levels, condition.test) {
      case (let levels?, .oneOf(let wanted)):
        if let unknown = wanted.first(where: { !levels.contains($0) }) {
          return "filter names level “\(unknown)”, which “\(variable.name)” does not have"
        }
      case (.some, .between), (nil, .oneOf):
        return "filter on “\(variable.name)” does not fit its type"
      case (nil, .between): break
      }
    }
    return nil
  }

  /// The indices of the rows that meet every condition, in order.
  package func rows(of cohort: Cohort, dictionary: StudyDictionary) -> [Int] {
    (0..<cohort.rowCount).filter { row in
      conditions.allSatisfy { meets($0, row: row, cohort: cohort, dictionary: dictionary) }
    }
  }

  private func meets(
    _ condition: FilterCondition, row: Int, cohort: Cohort, dictionary: StudyDictionary
  ) -> Bool {
    guard let column = cohort[condition.variable], !column.isMissing(at: row),
      let variable = dictionary.variable(named: condition.variable)
    else { return false }
    switch (column, condition.test, variable.levels) {
    case (.numbers(let values), .between(let lower, let upper), _):
      return lower.map { values[row] >= $0 } ?? true && upper.map { values[row] <= $0 } ?? true
    case (.levels(let indices), .oneOf(let wanted), let levels?):
      return wanted.contains(levels[Int(indices[row])])
    default:
      return false
    }
  }
}
