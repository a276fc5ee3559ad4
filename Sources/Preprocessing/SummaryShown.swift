/// What of one variable's counts may be published.
struct SummaryShown {
  let states: SummaryStates
  private let occurring: [Int]
  /// The groups that were counted.
  let groups: [SummaryCounts.Group]
  /// For each of them what is shown.
  private(set) var shown: [SummaryCount]
  private let whole: SummaryCount

  /// What of all variables' counts may be published; those on which others hang come first.
  static func all(_ steps: SummarySteps, least: Int) -> [SummaryShown] {
    let simple = steps.variables.indices.map { SummaryShown($0, of: steps, outside: nil, least: least) }
    return steps.variables.indices.map { index in
      SummaryStates.outside(of: steps.variables[index], among: steps.variables).map {
        SummaryShown(index, of: steps, outside: (simple[$0.variable], $0.states), least: least)
      } ?? simple[index]
    }
  }

  /// - Parameter outside: what tells where the variable is not applicable, and in which of its states.
  private init(
    _ index: Int, of steps: SummarySteps, outside: (teller: SummaryShown, states: [Int])?, least: Int
  ) {
    let counts = steps.counts
    states = steps.support[index].states
    occurring = steps.support[index].occurring
    whole = SummaryCount(rows: counts.rows, events: counts.events)
    let groups = counts.groups[index] ?? []
    self.groups = groups
    shown = groups.map { _ in .hidden }
    let last = states.notApplicable
    let alone = groups.firstIndex { $0.states == [last] }
    let others = groups.indices.filter { $0 != alone }

    /// Of rows among others that are not applicable, as many as the teller's counts tell do not hide the others.
    func part(_ place: Int, _ counts: (SummaryCounts.Group) -> [Int]?) -> [Int]? {
      guard groups[place].states.contains(last), let outside else { return counts(groups[place]) }
      let told = outside.teller.groups.filter { $0.states.allSatisfy(outside.states.contains) }
      return told.reduce(counts(groups[place])) { left, group in
        left.flatMap { left in counts(group).map { told in zip(left, told).map(-) } }
      }
    }
    func choose(
      _ whole: [Int], _ value: KeyPath<SummaryCount, Int?>, _ counts: (SummaryCounts.Group) -> [Int]?
    ) -> [Bool] {
      // Where others tell how many are not applicable, to show it here adds nothing.
      let isTold =
        whole.allSatisfy { $0 >= least } && outside.map { $0.teller.tells(value, of: $0.states) } ?? false
      let showsAlone = alone.map { counts(groups[$0]) != nil && isTold }
      let chosen = SummaryDisclosure.shown(
        others.map { part($0, counts) }, isRestHidden: showsAlone == false, least: least)
      var all = groups.map { _ in showsAlone ?? false }
      for (place, isShown) in zip(others, chosen) { all[place] = isShown }
      return all
    }
    let rows = choose([counts.rows], \.rows) { [$0.rows] }
    shown = groups.indices.map { SummaryCount(rows: rows[$0] ? groups[$0].rows : nil, events: nil) }
    let events = choose([counts.events, counts.rows - counts.events], \.events) { group in
      group.events.map { [$0, group.rows - $0] }
    }
    shown = groups.indices.map {
      SummaryCount(rows: shown[$0].rows, events: rows[$0] && events[$0] ? groups[$0].events : nil)
    }
  }

  func isLevel(_ state: Int) -> Bool { state < states.levels.count }

  /// Of a state that is counted alone, or that nobody is in.
  func count(of state: Int) -> SummaryCount {
    guard occurring[state] > 0 else { return SummaryCount(rows: 0, events: 0) }
    return groups.firstIndex { $0.states == [state] }.map { shown[$0] } ?? .hidden
  }

  /// All rows are in one group of several states: nothing is known of the states.
  var isUnknown: Bool { groups.count == 1 && groups[0].states.count > 1 }

  /// Of the rows with a value, where the parts that are shown tell it.
  var present: SummaryCount {
    let valued = groups.indices.filter { groups[$0].states.allSatisfy(isLevel) }
    let absent = groups.indices.filter { !groups[$0].states.contains(where: isLevel) }
    guard valued.count + absent.count == groups.count else { return .hidden }
    func told(_ value: KeyPath<SummaryCount, Int?>) -> Int? {
      sum(value, over: valued)
        ?? sum(value, over: absent).flatMap { sum in whole[keyPath: value].map { $0 - sum } }
    }
    return SummaryCount(rows: told(\.rows), events: told(\.events))
  }

  private func sum(_ value: KeyPath<SummaryCount, Int?>, over indices: [Int]) -> Int? {
    indices.reduce(0) { sum, index in
      sum.flatMap { sum in shown[index][keyPath: value].map { sum + $0 } }
    }
  }

  /// Whether what is shown tells how many rows are in these states.
  private func tells(_ value: KeyPath<SummaryCount, Int?>, of states: [Int]) -> Bool {
    let hidden = groups.indices.filter { shown[$0][keyPath: value] == nil }.flatMap { groups[$0].states }
    return groups.allSatisfy {
      $0.states.allSatisfy(states.contains) || !$0.states.contains(where: states.contains)
    } && (hidden.allSatisfy(states.contains) || !hidden.contains(where: states.contains))
  }
}
