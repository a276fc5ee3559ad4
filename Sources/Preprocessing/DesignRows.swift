import Cohorts

/// A site's rows for a design: those that meet the plan's filter and miss none of its variables.
package struct DesignRows: Sendable {
  package let count: Int
  /// One array for each design column, in natural units.
  package let values: [[Double]]
  /// 0 or 1.
  package let outcome: [Double]

  /// - Returns: nil when the cohort lacks a variable of the design or the filter, or holds one of the design as
  ///   another type.
  package init?(
    _ specification: DesignSpecification, cohort: Cohort, filter: CohortFilter,
    dictionary: StudyDictionary
  ) {
    let names = specification.variables
    let needed = names.compactMap { cohort[$0] }
    guard needed.count == names.count, filter.conditions.allSatisfy({ cohort[$0.variable] != nil }),
      case .numbers(let outcomes)? = cohort[specification.outcome]
    else { return nil }
    let rows = filter.rows(of: cohort, dictionary: dictionary).filter { row in
      needed.allSatisfy { !$0.isMissing(at: row) }
    }
    var values: [[Double]] = []
    for column in specification.columns {
      switch (cohort[column.variable], column.levelIndex) {
      case (.numbers(let numbers)?, nil):
        values.append(rows.map { numbers[$0] })
      case (.levels(let indices)?, let level?):
        values.append(rows.map { indices[$0] == Int32(level) ? 1 : 0 })
      default:
        return nil
      }
    }
    self.values = values
    outcome = rows.map { outcomes[$0] }
    count = rows.count
  }
}
