import Cohorts

/// A site's rows for a summary: those that meet the plan's filter and have the outcome.
package struct SummaryRows: Sendable {
  package let count: Int
  /// Rows with outcome 0, then with outcome 1.
  let outcomes: [Int]
  /// For each variable and each of its states, the rows with outcome 0, then with outcome 1.
  let states: [[[Int]]]
  /// For each variable that is a number, whether two of its values differ.
  let differs: [Bool]
  private let rows: [Int]
  private let values: [Values]

  /// The numbers of a variable in the cohort, without a copy of them, and where they mean something.
  private struct Values: Sendable {
    var numbers: [Double] = []
    var applicable: [Bool]?

    func present(in rows: [Int]) -> [Double] {
      rows.compactMap { row in
        numbers[row].isNaN || applicable?[row] == false ? nil : numbers[row]
      }
    }
  }

  /// - Returns: nil when the cohort lacks a variable of the summary, of the filter or of a condition on when one
  ///   applies, or holds one of the summary as another type.
  package init?(_ frame: SummaryFrame, cohort: Cohort, filter: CohortFilter) {
    let dictionary = frame.dictionary
    guard filter.conditions.allSatisfy({ cohort[$0.variable] != nil }),
      case .numbers(let outcome)? = cohort[frame.specification.outcome]
    else { return nil }
    let rows = filter.rows(of: cohort, dictionary: dictionary).filter { !outcome[$0].isNaN }
    let events = rows.count { outcome[$0] == 1 }
    self.rows = rows
    count = rows.count
    outcomes = [rows.count - events, events]
    var (states, differs, values) = ([[[Int]]](), [Bool](), [Values]())
    for variable in frame.variables {
      if let condition = variable.appliesWhen, cohort[condition.variable] == nil { return nil }
      guard let column = cohort[variable.name], Self.fits(column, variable) else { return nil }
      let meanings = SummaryStates(variable)
      let applicable = cohort.applicable(variable, dictionary: dictionary)
      var counts = [[Int]](repeating: [0, 0], count: meanings.count)
      for row in rows {
        let state =
          applicable?[row] == false
          ? meanings.notApplicable : Self.level(of: column, at: row, variable) ?? meanings.missing
        counts[state][outcome[row] == 1 ? 1 : 0] += 1
      }
      states.append(counts)
      guard case .numbers(let numbers) = column, variable.summarisedRange != nil else {
        differs.append(false)
        values.append(Values())
        continue
      }
      let found = Values(numbers: numbers, applicable: applicable)
      let present = found.present(in: rows)
      differs.append(present.first.map { first in present.contains { $0 != first } } ?? false)
      values.append(found)
    }
    self.states = states
    self.differs = differs
    self.values = values
  }

  /// The numbers of a variable, where there are any.
  ///
  /// - Parameter isCompleted: whether rows without a value take one of those that are there, by even steps through
  ///   them in order, so that the values stand for all rows.
  func numbers(_ variable: Int, isCompleted: Bool) -> [Double] {
    let present = values[variable].present(in: rows)
    let lacking = count - present.count
    guard isCompleted, lacking > 0, !present.isEmpty else { return present }
    let ordered = present.sorted()
    return present + (0..<lacking).map { ordered[(2 * $0 + 1) * ordered.count / (2 * lacking)] }
  }

  private static func fits(_ column: Column, _ variable: Variable) -> Bool {
    switch column {
    case .numbers: variable.levels == nil
    case .levels: variable.levels != nil
    }
  }

  /// The state of a row that has a value; nil where it is missing.
  private static func level(of column: Column, at row: Int, _ variable: Variable) -> Int? {
    guard !column.isMissing(at: row) else { return nil }
    switch (column, variable.kind) {
    case (.levels(let indices), _): return Int(indices[row])
    case (.numbers(let numbers), .binary): return numbers[row] == 1 ? 0 : 1
    case (.numbers, _): return 0
    }
  }
}
