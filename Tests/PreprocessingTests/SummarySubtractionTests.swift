import Cohorts
import KonsilTesting
import Preprocessing
import Queries
import Testing

@Suite("Adding and subtracting a summary's counts")
struct SummarySubtractionTests {
  /// What a row can be: the states of three variables and the outcome. The first tells where the others apply.
  struct Kind: Hashable {
    /// -1 missing, -2 not applicable.
    let states: [Int]
    let outcome: Int
  }

  /// Rows whose states are rare here and there.
  struct Rare {
    static let names = ["disease", "first", "second"]
    static let levels = [["p", "q", "r"], ["a", "b"], ["c", "d"]]

    /// The diseases for which each of the others applies.
    let applies: [[Int]]
    /// What the table shows.
    let variables: [String]
    var kinds: [Kind] = []
    var sites: [Int] = []
    var rows: [Int] = []

    init(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      applies = [
        [[0], [0, 2], [1]].randomElement(using: &random) ?? [],
        [[1], [1, 2], [2]].randomElement(using: &random) ?? [],
      ]
      let variables = Self.names.filter { _ in Double.random(in: 0...1, using: &random) < 0.8 }
      self.variables = variables.isEmpty ? ["first"] : variables.shuffled(using: &random)
      let count = Int.random(in: 3...6, using: &random)
      // How often each state is at each site; at some sites never.
      let shares = Self.levels.map { levels in
        (0...levels.count).map { state in
          let often = state == levels.count ? 0.1 : Double.random(in: 0...1, using: &random)
          return (0..<count).map { _ in Double.random(in: 0...1, using: &random) < 0.7 ? often * often : 0 }
        }
      }
      for site in 0..<count {
        let here = Int.random(in: 15...40, using: &random)
        for row in 0..<here {
          func draw(_ variable: Int) -> Int {
            let weights = shares[variable].map { $0[site] }
            var rest = Double.random(in: 0...1, using: &random) * weights.reduce(0, +)
            let drawn = weights.firstIndex { weight in
              rest -= weight
              return rest < 0
            }
            return drawn.map { $0 == Self.levels[variable].count ? -1 : $0 } ?? 0
          }
          let disease = draw(0)
          let others = [1, 2].map { applies(variable: $0, to: disease) ? draw($0) : -2 }
          // Both outcomes at each site.
          let outcome = row < 2 ? row : Int.random(in: 0...1, using: &random)
          kinds.append(Kind(states: [disease] + others, outcome: outcome))
          sites.append(site)
        }
        rows.append(here)
      }
    }

    func applies(variable: Int, to disease: Int) -> Bool {
      disease == -1 || applies[variable - 1].contains(disease)
    }

    func variables(_ place: Int) -> Variable {
      let condition = FilterCondition(
        variable: "disease",
        test: .oneOf(place == 0 ? [] : applies[place - 1].map { Self.levels[0][$0] }))
      return Variable(
        name: Self.names[place], label: "", kind: .categorical(levels: Self.levels[place]), unit: nil,
        codes: [:], missing: [], appliesWhen: place == 0 ? nil : condition)
    }

    func table() throws -> SmallTable {
      try SmallTable(
        Self.names.indices.map { place in
          (variables(place), .levels(kinds.map { Int32(max($0.states[place], -1)) }))
        }, outcome: kinds.map { Double($0.outcome) }, rows: rows)
    }

    /// All that a row may be, as far as it is known: which states occur, and where variables apply.
    var possible: [Kind] {
      let occurring = Self.names.indices.map { place in Set(kinds.map { $0.states[place] }) }
      var found: [Kind] = []
      for disease in occurring[0].sorted() {
        for first in occurring[1].sorted() where (first != -2) == applies(variable: 1, to: disease) {
          for second in occurring[2].sorted() where (second != -2) == applies(variable: 2, to: disease) {
            found += [0, 1].map { Kind(states: [disease, first, second], outcome: $0) }
          }
        }
      }
      return found
    }

    func rows(of kinds: Set<Kind>) -> Int { self.kinds.count { kinds.contains($0) } }

    func sites(of kinds: Set<Kind>) -> Int {
      Set(self.kinds.indices.filter { kinds.contains(self.kinds[$0]) }.map { sites[$0] }).count
    }
  }

  /// Every set of kinds whose rows can be counted by adding and subtracting known counts.
  ///
  /// - Parameter known: for each count, how often it counts a row of each kind.
  private static func obtainable(_ known: [[Double]], _ kinds: [Kind]) -> [Set<Kind>] {
    let basis = reduced(known)
    // The basis row by which each kind is settled.
    let settled = kinds.indices.map { kind in basis.lastIndex { $0[kind] != 0 } ?? -1 }
    var found: [Set<Kind>] = []
    // A row is taken once or not at all, for no other has its first kind.
    func extend(_ sum: [Double], _ place: Int) {
      let done = kinds.indices.filter { settled[$0] == place - 1 }
      guard done.allSatisfy({ min(abs(sum[$0]), abs(sum[$0] - 1)) < 1e-9 }) else { return }
      guard place < basis.count else {
        found.append(Set(kinds.indices.filter { sum[$0] > 0.5 }.map { kinds[$0] }))
        return
      }
      extend(sum, place + 1)
      extend(zip(sum, basis[place]).map { $0 + $1 }, place + 1)
    }
    extend(kinds.map { _ in 0 }, 0)
    return found.filter { !$0.isEmpty }
  }

  /// The rows' reduced echelon form, by Gauss and Jordan.
  private static func reduced(_ rows: [[Double]]) -> [[Double]] {
    var basis: [[Double]] = []
    for row in rows {
      var rest = row
      for other in basis { rest = Self.cleared(rest, by: other) }
      guard let first = rest.firstIndex(where: { $0 != 0 }) else { continue }
      rest = rest.map { $0 / rest[first] }
      basis = basis.map { Self.cleared($0, by: rest) } + [rest]
    }
    return basis
  }

  /// `row` less what of `other`, whose first entry is 1, makes it 0 there.
  private static func cleared(_ row: [Double], by other: [Double]) -> [Double] {
    let factor = row[other.firstIndex { $0 != 0 } ?? 0]
    return zip(row, other).map {
      let rest = $0 - factor * $1
      return rest.magnitude < 1e-9 ? 0 : rest
    }
  }

  @Test("tells no count of fewer than three sites to the coordinator", arguments: 1...100)
  func asked(seed: Int) throws {
    let rare = Rare(seed: UInt64(seed))
    var federation = try SummaryFederation(rare.table(), variables: rare.variables)
    let query = try federation.advance(to: "counts")
    let kinds = rare.possible
    // What a row of each kind adds to each count: a site that has it alone, and follows the same sums.
    let elements = try kinds.map { kind in
      var columns = [SmallTable.outcome: Column.numbers([Double(kind.outcome)])]
      for (name, state) in zip(Rare.names, kind.states) { columns[name] = .levels([Int32(max(state, -1))]) }
      var site = try federation.computation(try #require(Cohort(rowCount: 1, columns: columns)))
      for step in federation.steps { try site.absorb(step.sum) }
      guard let answer = site.answer(query) else { throw FixtureError() }
      return answer.flatMap { $0 }
    }
    let known = (0..<query.length).map { place in elements.map { $0[place] } }
    let sets = Self.obtainable(known, kinds)
    // The rows, the events and the others at least.
    #expect(sets.count >= 3, "seed \(seed)")
    for set in sets { #expect(rare.sites(of: set) >= 3, "seed \(seed): \(set)") }
  }

  @Test("tells no count under the least to a reader of the table", arguments: 1...100)
  func shown(seed: Int) throws {
    let rare = Rare(seed: UInt64(seed))
    let least = 4 + seed % 9
    var federation = try SummaryFederation(rare.table(), variables: rare.variables, leastCount: least)
    let model = try federation.finish()
    let kinds = rare.possible
    var known: [[Double]] = [kinds.map { _ in 1 }]
    if model.events != nil { known.append(kinds.map { Double($0.outcome) }) }
    #expect(model.rows == rare.kinds.count)
    for (name, table) in zip(rare.variables, model.variables) {
      #expect(table.variable.name == name)
      let place = try #require(Rare.names.firstIndex(of: name))
      let levels = Rare.levels[place]
      var counts: [(states: Set<Int>, count: SummaryCount)] = [
        ([-1], table.missing), ([-2], table.notApplicable), (Set(levels.indices), table.present),
      ]
      for level in table.levels {
        var states = Set(level.levels.compactMap(levels.firstIndex))
        if level.name.contains("missing") { states.insert(-1) }
        if level.name.contains("not applicable") { states.insert(-2) }
        counts.append((states, level.count))
      }
      for (states, count) in counts {
        let set = Set(kinds.filter { states.contains($0.states[place]) })
        let events = set.filter { $0.outcome == 1 }
        #expect(count.rows.map { $0 == rare.rows(of: set) } ?? true, "seed \(seed), \(name), \(states)")
        #expect(count.events.map { $0 == rare.rows(of: events) } ?? true, "seed \(seed), \(name), \(states)")
        if count.rows != nil { known.append(kinds.map { set.contains($0) ? 1 : 0 }) }
        if count.events != nil { known.append(kinds.map { events.contains($0) ? 1 : 0 }) }
      }
    }
    for set in Self.obtainable(known, kinds) {
      #expect(rare.rows(of: set) >= least, "seed \(seed): \(set)")
    }
  }
}
