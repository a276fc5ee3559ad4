/// Divides the states of a variable into groups that enough sites fill each, so that neither a group nor what others
/// leave over is one that few fill. Not applicable is no state of it: who that is, another variable tells.
///
/// Whether a union of states varies at a site does not follow from its parts, so it is asked; the grouping says
/// which, and goes on with the answer until it is settled.
struct SummaryGrouping: Hashable, Sendable, Codable {
  /// Fewer sites than this may not fill an element alone.
  static let leastSites = 3

  struct Group: Hashable, Sendable, Codable {
    /// Ascending.
    let states: [Int]
    /// At how many sites it, or the outcome within it, varies; nil while that is not known.
    var sites: Int?
  }

  /// In the order of their states, merged ones after those.
  private(set) var groups: [Group]
  private let missing: Int

  /// - Parameter missing: the state that levels are not merged with while there are others.
  init(_ groups: [Group], missing: Int) {
    self.groups = groups
    self.missing = missing
    settle()
  }

  /// The groups about which must be asked; empty when all is settled.
  var questions: [[Int]] {
    groups.count > 1 ? groups.filter { $0.sites == nil }.map(\.states) : []
  }

  /// Takes at how many sites it is so for each of the questions' groups.
  mutating func absorb(_ sites: [Int]) {
    var rest = sites[...]
    for index in groups.indices where groups[index].sites == nil { groups[index].sites = rest.popFirst() }
    settle()
  }

  /// The groups when all is settled, with one more state: a group of its own where its rows are known from
  /// elsewhere, else with the missing, where they are one, or with the rarest.
  func adding(_ state: Int, isTold: Bool) -> [[Int]] {
    var all = groups.map(\.states)
    guard !isTold, !all.isEmpty else { return all + [[state]] }
    all[all.firstIndex(of: [missing]) ?? rarest(besides: nil)].append(state)
    return all
  }

  /// Merges as far as it can be told without asking. One group alone is all rows, and tells nothing new.
  private mutating func settle() {
    while groups.count > 1, groups.allSatisfy({ $0.sites != nil }) {
      let weak = groups.indices.filter { groups[$0].sites ?? 0 < Self.leastSites }
      guard let first = weak.first else { return }
      merge(weak.count > 1 ? weak : [first, rarest(besides: first)])
    }
  }

  /// The group that varies at the fewest sites, the later one of several; one with a level before one without.
  private func rarest(besides other: Int?) -> Int {
    let others = groups.indices.filter { $0 != other }
    let levels = others.filter { groups[$0].states != [missing] }
    return (levels.isEmpty ? others : levels).reversed()
      .min { groups[$0].sites ?? 0 < groups[$1].sites ?? 0 } ?? 0
  }

  private mutating func merge(_ indices: [Int]) {
    let merged = Group(states: indices.flatMap { groups[$0].states }.sorted(), sites: nil)
    groups = groups.indices.filter { !indices.contains($0) }.map { groups[$0] } + [merged]
  }
}
