/// At how many sites a variable's states occur and vary, asked until it is settled which counts may be asked.
struct SummarySupport: Hashable, Sendable, Codable {
  /// A site answers 1 or 0 for each.
  enum Question: Hashable, Sendable, Codable {
    /// A row is in the state.
    case occurs(state: Int)
    /// Some rows, but not all, are in one of the states.
    case varies(states: [Int])
    /// Rows in one of the states have either outcome. One question, lest it be told that they all have the same.
    case outcomeVaries(states: [Int])
    /// Two numbers differ.
    case differs
  }

  let states: SummaryStates
  private let isNumber: Bool
  /// For each state, the sites where a row is in it.
  private(set) var occurring: [Int] = []
  /// Sites where two numbers differ.
  private(set) var differing = 0
  /// What applicable rows are counted of; nil before the first answer.
  private(set) var rows: SummaryGrouping?
  /// What they are counted of for each outcome, unions of those groups; nil until those are settled.
  private(set) var events: SummaryGrouping?

  init(_ states: SummaryStates, isNumber: Bool) {
    self.states = states
    self.isNumber = isNumber
  }

  /// What is asked now; empty when all is settled.
  var questions: [Question] {
    if let events {
      events.questions.map { .outcomeVaries(states: $0) }
    } else if let rows {
      rows.questions.map { .varies(states: $0) }
    } else {
      (0..<states.count).map { .occurs(state: $0) }
        + (0..<states.notApplicable).map { .varies(states: [$0]) }
        + (isNumber ? [.differs] : [])
    }
  }

  /// At how many sites each group varies that is counted beside others.
  var sites: [Int] {
    [rows, events].flatMap { grouping in
      grouping.map { $0.groups.count > 1 ? $0.groups.compactMap(\.sites) : [] } ?? []
    }
  }

  /// Takes the number of sites for each question.
  mutating func absorb(_ sites: [Int]) {
    if events != nil {
      events?.absorb(sites)
    } else if rows != nil {
      rows?.absorb(sites)
    } else {
      occurring = Array(sites.prefix(states.count))
      if isNumber { differing = sites.last ?? 0 }
      rows = SummaryGrouping(
        (0..<states.notApplicable).filter { sites[$0] > 0 }
          .map { SummaryGrouping.Group(states: [$0], sites: sites[states.count + $0]) },
        missing: states.missing)
    }
    if events == nil, let rows, rows.questions.isEmpty {
      events = SummaryGrouping(
        rows.groups.map { SummaryGrouping.Group(states: $0.states, sites: nil) }, missing: states.missing)
    }
  }
}
