import Cohorts

/// A site's rows for boosted trees: those that meet the plan's filter and have the outcome, a weight above 0
/// and an exposure above 0. Predictors may be missing.
package struct BoostingRows: Sendable {
  package let count: Int
  /// One a feature: NaN where missing or not applicable, the place of a level.
  package internal(set) var columns: [[Float]]
  /// 0 or 1, a class's place, or a number.
  package let outcome: [Double]
  /// All 1 without weights.
  package let weights: [Double]
  /// All 1 without an exposure.
  package let exposure: [Double]
  /// Whether rows are out for want of a weight, and of an exposure.
  package let someHaveNone: (weight: Bool, exposure: Bool)
  /// Equal numbers for rows of one patient.
  package let patients: [UInt64]

  /// - Returns: nil when the cohort lacks a variable of the plan, or holds one as another type.
  package init?(_ frame: BoostingFrame, cohort: Cohort, filter: CohortFilter, dictionary: StudyDictionary) {
    let plan = frame.specification
    guard filter.conditions.allSatisfy({ cohort[$0.variable] != nil }),
      let outcomes = Self.numbers(plan.outcome, cohort),
      let weights = plan.weight.map({ Self.numbers($0, cohort) })
        ?? [Double](repeating: 1, count: cohort.rowCount),
      let exposure = plan.exposure.map({ Self.numbers($0, cohort) })
        ?? [Double](repeating: 1, count: cohort.rowCount)
    else { return nil }
    let known = filter.rows(of: cohort, dictionary: dictionary).filter { !outcomes[$0].isNaN }
    someHaveNone = (known.contains { !(weights[$0] > 0) }, known.contains { !(exposure[$0] > 0) })
    let met = known.filter { weights[$0] > 0 && exposure[$0] > 0 }
    // Where every row is one of the plan's, its lists are the cohort's own, and nothing is copied.
    let rows = met.count < cohort.rowCount ? met : nil
    guard
      let table = FeatureTable(frame.features, cohort: cohort, dictionary: dictionary, rows: rows)
    else { return nil }
    columns = table.columns
    outcome = Self.kept(outcomes, rows)
    self.weights = Self.kept(weights, rows)
    self.exposure = Self.kept(exposure, rows)
    patients = Self.kept(cohort.patients, rows)
    count = table.rowCount
  }

  /// The rows of several sites at one place, in their order.
  init(joining sites: [BoostingRows]) {
    count = sites.reduce(0) { $0 + $1.count }
    columns = (sites.first?.columns.indices ?? 0..<0).map { place in sites.flatMap { $0.columns[place] } }
    outcome = sites.flatMap(\.outcome)
    weights = sites.flatMap(\.weights)
    exposure = sites.flatMap(\.exposure)
    someHaveNone = (
      sites.contains(where: \.someHaveNone.weight), sites.contains(where: \.someHaveNone.exposure)
    )
    patients = sites.flatMap(\.patients)
  }

  private static func kept<Value>(_ values: [Value], _ rows: [Int]?) -> [Value] {
    rows.map { rows in rows.map { values[$0] } } ?? values
  }

  private static func numbers(_ name: String, _ cohort: Cohort) -> [Double]? {
    switch cohort[name] {
    case .numbers(let values): values
    case .levels(let places): places.map { $0 < 0 ? .nan : Double($0) }
    case nil: nil
    }
  }
}
