import Cohorts

/// The unions of a variable's states that are counted: together they hold every row once.
struct SummaryPartition: Hashable, Sendable, Codable {
  /// What rows are counted of.
  private(set) var rows: [[Int]] = []
  /// What events are counted of: unions of those, but for rows that are not applicable.
  private(set) var events: [[Int]] = []

  /// The partitions of all variables of a frame.
  ///
  /// Who is not applicable another variable tells. Rows that are so are counted only where that variable's counts
  /// tell how many they are, so that such a count adds nothing to them; else they are added to a group that
  /// enough sites fill without them.
  ///
  /// - Parameter support: settled, one for each variable.
  static func all(_ variables: [Variable], _ support: [SummarySupport]) -> [SummaryPartition] {
    let simple = support.map { support in
      SummaryPartition(
        rows: support.rows?.groups.map(\.states) ?? [], events: support.events?.groups.map(\.states) ?? [])
    }
    return variables.indices.map { index in
      let state = support[index].states.notApplicable
      guard support[index].occurring[state] > 0, let rows = support[index].rows,
        let events = support[index].events
      else { return simple[index] }
      let outside = SummaryStates.outside(of: variables[index], among: variables)
      func isTold(_ groups: KeyPath<SummaryPartition, [[Int]]>) -> Bool {
        outside.map { outside in
          simple[outside.variable][keyPath: groups].allSatisfy { group in
            group.allSatisfy(outside.states.contains) || !group.contains(where: outside.states.contains)
          }
        } ?? false
      }
      return SummaryPartition(
        rows: rows.adding(state, isTold: isTold(\.rows)),
        events: events.adding(state, isTold: isTold(\.events)))
    }
  }
}
