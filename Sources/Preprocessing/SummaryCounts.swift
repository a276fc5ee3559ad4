/// Verified counts over the federation.
struct SummaryCounts: Hashable, Sendable, Codable {
  /// What is known of one group of a variable's states.
  struct Group: Hashable, Sendable, Codable {
    let states: [Int]
    let rows: Int
    /// nil where too few sites have rows of either outcome.
    let events: Int?
  }

  private(set) var rows = 0
  private(set) var events = 0
  /// By variable.
  private(set) var groups: [Int: [Group]] = [:]

  /// Before any is known.
  init() {}

  /// - Parameters:
  ///   - values: rows, events, the groups' rows, the events of unions of groups.
  ///   - rowGroups: in the order of the third.
  ///   - eventGroups: in the order of the fourth.
  /// - Returns: nil when no records give such counts: every variable's groups hold all rows together.
  init?(
    _ values: [[Int]], rowGroups: [(variable: Int, states: [Int])],
    eventGroups: [(variable: Int, states: [Int])]
  ) {
    guard values.count == 4, let rows = values[0].first, let events = values[1].first,
      values[2].count == rowGroups.count, values[3].count == eventGroups.count,
      (0...max(rows, 0)).contains(events), values.allSatisfy({ $0.allSatisfy { $0 >= 0 } })
    else { return nil }
    self.rows = rows
    self.events = events
    let known = zip(eventGroups, values[3])
    for (group, count) in zip(rowGroups, values[2]) {
      let events = known.first { $0.0.variable == group.variable && $0.0.states == group.states }?.1
      guard (0...count).contains(events ?? 0) else { return nil }
      groups[group.variable, default: []].append(Group(states: group.states, rows: count, events: events))
    }
    for (variable, found) in groups {
      let told = known.reduce(0) { $0 + ($1.0.variable == variable ? $1.1 : 0) }
      guard told == events, found.reduce(0, { $0 + $1.rows }) == rows else { return nil }
    }
  }
}
