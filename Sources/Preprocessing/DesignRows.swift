import Cohorts

/// A site's rows for a design: those that meet the plan's filter, have the outcome and the weight, and lack none
/// of the variables that the design requires.
package struct DesignRows: Sendable {
  package let count: Int
  /// One array for each design column, in natural units; NaN where missing.
  package let values: [[Double]]
  /// One for each of the design's references.
  package let references: [[Double]]
  /// 1 where it is missing; one for each of the design's imputed variables.
  package let missing: [[Double]]
  /// 0 or 1.
  package let outcome: [Double]
  /// All 1 where the plan has no weights.
  package let weights: [Double]
  /// Whether a row is out for want of a weight alone.
  package let someHaveNoWeight: Bool
  /// Equal numbers for rows of one patient.
  package let patients: [UInt64]

  /// - Returns: nil when the cohort lacks a variable of the design or the filter, or holds one of the design as
  ///   another type.
  package init?(_ design: Design, cohort: Cohort, filter: CohortFilter, dictionary: StudyDictionary) {
    guard filter.conditions.allSatisfy({ cohort[$0.variable] != nil }),
      case .numbers(let outcomes)? = cohort[design.outcome]
    else { return nil }
    var weights = [Double](repeating: 1, count: cohort.rowCount)
    if let name = design.weight {
      guard case .numbers(let numbers)? = cohort[name] else { return nil }
      weights = numbers
    }
    var isIn = [Bool](repeating: false, count: cohort.rowCount)
    for row in filter.rows(of: cohort, dictionary: dictionary) {
      isIn[row] = !outcomes[row].isNaN
    }
    for name in design.required + design.imputed {
      guard let variable = dictionary.column(named: name), let column = cohort[name] else { return nil }
      guard design.required.contains(name) else { continue }
      let applicable = cohort.applicable(variable, dictionary: dictionary)
      for row in isIn.indices where column.isMissing(at: row) && applicable?[row] != false {
        isIn[row] = false
      }
    }
    let rows = isIn.indices.filter { isIn[$0] && weights[$0] > 0 }
    someHaveNoWeight = rows.count < isIn.count(where: \.self)
    // With every row in, the cohort's own columns serve, and no copy of them is made.
    let isWhole = rows.count == cohort.rowCount
    func taken(_ columns: [DesignColumn]) -> [[Double]]? {
      var taken: [[Double]] = []
      for column in columns {
        guard let values = ColumnValues.evaluate(column, cohort: cohort, dictionary: dictionary) else {
          return nil
        }
        taken.append(isWhole ? values : rows.map { values[$0] })
      }
      return taken
    }
    let indicators = design.imputed.map {
      DesignColumn(name: $0, factors: [.missing(variable: $0)], range: .unit, isIndicator: true)
    }
    guard let values = taken(design.columns), let references = taken(design.references),
      let missing = taken(indicators)
    else { return nil }
    self.values = values
    self.references = references
    self.missing = missing
    outcome = isWhole ? outcomes : rows.map { outcomes[$0] }
    self.weights = isWhole ? weights : rows.map { weights[$0] }
    patients = isWhole ? cohort.patients : rows.map { cohort.patients[$0] }
    count = rows.count
  }

  /// The same columns without a row.
  private init(emptying rows: DesignRows) {
    count = 0
    values = rows.values.map { _ in [] }
    references = rows.references.map { _ in [] }
    missing = rows.missing.map { _ in [] }
    (outcome, weights, patients) = ([], [], [])
    someHaveNoWeight = false
  }

  /// No rows where they have one class alone: with an intercept of its own such a site has no score, and the rows that
  /// are counted less those that are scored would be its own.
  package var unlessOfOneClass: DesignRows { hasBothClasses ? self : DesignRows(emptying: self) }

  /// Distinct patients.
  package var patientCount: Int { Set(patients).count }

  /// The design's columns, then its references.
  package var ruled: [[Double]] { values + references }

  /// Whether both outcomes are among the rows.
  package var hasBothClasses: Bool { outcome.contains(0) && outcome.contains(1) }
}
