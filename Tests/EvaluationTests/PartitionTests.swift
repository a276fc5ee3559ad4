import Cohorts
import Evaluation
import KonsilTesting
import Preprocessing
import Queries
import Testing

/// A table's parts, their sums added up in the clear.
private struct DealtTable {
  let prepared: PreparedTable
  let groups: [Int?]
  private(set) var partition: Partition
  /// Every query, and its sum.
  private(set) var steps: [(query: Query, sum: QuerySum)] = []

  /// - Parameter groups: of each site, where groups are left out.
  init(
    _ table: SmallTable, leastCount: Int, repeats: Int, dealings: [Dealing], groups: [Int?]? = nil,
    missing: MissingRule = .completeCase, terms: [PlannedTerm]? = nil
  ) throws {
    var prepared = try PreparedTable(table, terms: terms, missing: missing) { $0.leastCount = leastCount }
    let (_, standardisation) = try prepared.finish()
    guard let counts = prepared.preparation.counts else { throw FixtureError() }
    self.prepared = prepared
    self.groups = groups ?? prepared.rows.map { _ in nil }
    partition = Partition(
      Partition.Frame(
        repeats: repeats, seed: 7, dealings: dealings, preparation: prepared.preparation, counts: counts,
        standardisation: standardisation, hasUngrouped: groups?.contains(nil) ?? false))
    while let query = try partition.query() {
      #expect(query.isVerified)
      var total = [UInt64](repeating: 0, count: query.length)
      for (rows, group) in zip(prepared.rows, self.groups) {
        let values = partition.answer(
          rows,
          standardised: { column in
            rows.values[column].map {
              ($0 - standardisation.means[column]) / standardisation.deviations[column]
            }
          }, group: group)
        guard let contribution = Contribution(values, for: query) else { throw FixtureError() }
        for (place, element) in contribution.take().enumerated() { total[place] &+= element }
      }
      let sum = try #require(QuerySum(elements: total, for: query))
      steps.append((query, sum))
      try partition.absorb(sum)
    }
  }

  var dealing: Dealing? { if case .done(let dealing, _) = partition.stage { dealing } else { nil } }
  var trainingSets: [Partition.TrainingSet] {
    if case .done(_, let sets) = partition.stage { sets } else { [] }
  }

  /// All sites' rows as (part, values of the columns, outcome), for a repeat.
  func dealt(repeat count: Int) throws -> [(part: Int, values: [Double], outcome: Double)] {
    let dealing = try #require(dealing)
    return zip(prepared.rows, groups).flatMap { rows, group in
      let parts = partition.parts(rows, dealing, group: group)[count]
      return (0..<rows.count).map { row in
        (parts[row], rows.ruled.map { $0[row] }, rows.outcome[row])
      }
    }
  }
}

@Suite("The parts of a validation")
struct PartitionTests {
  private static let dealings =
    [Dealing(.hashed, parts: 5), Dealing(.dealt, parts: 5)]
    + (2...5).reversed().map { Dealing(.gathered, parts: $0) }

  /// Four sites; a binary variable and a level that few rows have, gaps and several rows a patient.
  private static func table(seed: UInt64) throws -> SmallTable {
    var random = SeededRandom(seed: seed)
    let rows = (0..<4).map { _ in Int.random(in: 25...120, using: &random) }
    let count = rows.reduce(0, +)
    let share = Double.random(in: 0.03...0.3, using: &random)
    let most = Int.random(in: 1...3, using: &random)
    var patient = 0
    let patients = (0..<count).map { _ -> Int in
      if Int.random(in: 1...most, using: &random) == 1 { patient += 1 }
      return patient
    }
    func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    let x = (0..<count).map { _ in chance(share / 2) ? .nan : Double.random(in: 0...10, using: &random) }
    let mark = (0..<count).map { _ in chance(share) ? 1.0 : 0 }
    let drug = (0..<count).map { _ in Int32(chance(share) ? 2 : chance(0.5) ? 1 : 0) }
    let outcome = (0..<count).map { _ in chance(0.35) ? 1.0 : 0 }
    return try SmallTable(
      [
        (.number("x", 0, 10), .numbers(x)), (.binary("mark"), .numbers(mark)),
        (.category("drug", ["none", "a", "b"]), .levels(drug)),
      ], outcome: outcome, rows: rows, patients: patients)
  }

  /// `drug` without its rare level's indicator, and `x` with hinges: what columns single out together.
  private static let terms: [PlannedTerm] = [
    .predictor(PlannedPredictor("x")), .predictor(PlannedPredictor("x", transformation: .hinge(4))),
    .predictor(PlannedPredictor("x", transformation: .hinge(9))), .predictor(PlannedPredictor("mark")),
    .predictor(PlannedPredictor("drug", reference: "b")),
  ]

  @Test("none holds one to L - 1 rows of a column of the validated model, nor leaves fewer outside")
  func fullParts() throws {
    var schemes: [Dealing: Int] = [:]
    var (leftOut, references) = (0, 0)
    for seed in UInt64(1)...60 {
      let table = try Self.table(seed: seed)
      let least = 2 + Int(seed % 7)
      guard
        let dealt = try? DealtTable(
          table, leastCount: least, repeats: 2, dealings: Self.dealings, missing: .meanAndIndicator,
          terms: Self.terms),
        let dealing = dealt.dealing
      else { continue }
      schemes[dealing, default: 0] += 1
      leftOut += dealt.partition.leftOut.count
      let design = dealt.prepared.preparation.design
      let columns = design.columns
      let kept = Set(dealt.partition.columns.map { columns[$0].name })
      let ruled = (columns + design.references).enumerated().filter { place, column in
        place < columns.count
          ? kept.contains(column.name) && column.isIndicator
          : design.columns(around: column).contains { kept.contains($0.name) }
      }
      references += ruled.count { $0.offset >= columns.count }
      for count in 0..<2 {
        let rows = try dealt.dealt(repeat: count)
        for part in 0..<dealing.parts {
          let (held, training) = (rows.filter { $0.part == part }, rows.filter { $0.part != part })
          #expect(held.count >= least && training.count >= least, "seed \(seed)")
          for outcome in [0.0, 1] {
            let rows = held.count { $0.outcome == outcome }
            #expect(rows == 0 || rows >= least, "seed \(seed)")
          }
          for (column, entry) in ruled {
            for value in [0.0, 1] {
              let inside = held.count { $0.values[column] == value }
              let outside = training.count { $0.values[column] == value }
              let note = "seed \(seed), least \(least), \(dealing), \(entry.name) = \(value)"
              #expect((inside == 0 || inside >= least) && outside >= least, "\(note): \(inside), \(outside)")
            }
          }
        }
      }
    }
    // Hashed, dealt, gathered and fewer parts were all needed.
    #expect(Set(schemes.keys.map(\.scheme)) == [.hashed, .dealt, .gathered], "\(schemes)")
    #expect(Set(schemes.keys.map(\.parts)).count > 1 && leftOut > 0 && references > 60, "\(schemes)")
  }

  @Test("hold all rows of a patient, at whichever site they are, and are others in each repeat")
  func patients() throws {
    for scheme in [Dealing.Scheme.hashed, .dealt, .gathered] {
      let dealt = try DealtTable(
        Self.table(seed: 3), leastCount: 1, repeats: 2, dealings: [Dealing(scheme, parts: 3)])
      let dealing = try #require(dealt.dealing)
      var known: [UInt64: Set<Int>] = [:]
      var isOther = false
      for rows in dealt.prepared.rows {
        let parts = dealt.partition.parts(rows, dealing, group: nil)
        isOther = isOther || parts[0] != parts[1]
        // A patient at two hospitals counts twice, but where parts are hashed falls in the same one.
        if scheme != .hashed { known = [:] }
        for (patient, part) in zip(rows.patients, parts[0]) { known[patient, default: []].insert(part) }
        #expect(known.values.allSatisfy { $0.count == 1 })
        #expect(parts.joined().allSatisfy { (0..<3).contains($0) })
      }
      #expect(isOther)
    }
  }

  @Test(
    "have the means and deviations of their training rows, missing ones at the mean", arguments: UInt64(1)...5
  )
  func standardisation(seed: UInt64) throws {
    let dealt = try DealtTable(
      Self.table(seed: seed), leastCount: 1, repeats: 2, dealings: [Dealing(.hashed, parts: 4)],
      missing: .meanAndIndicator)
    let sets = dealt.trainingSets
    #expect(sets.count == 8)
    let whole = try #require(dealt.prepared.preparation.standardisation)
    for (place, set) in sets.enumerated() {
      let rows = try dealt.dealt(repeat: place / 4).filter { $0.part != place % 4 }
      #expect(abs(set.weight - Double(rows.count)) <= 1e-9)
      #expect(abs(set.weightedEvents - rows.reduce(0) { $0 + $1.outcome }) <= 1e-9)
      for (index, column) in dealt.partition.columns.enumerated() {
        let present = rows.map { $0.values[column] }.filter { !$0.isNaN }
          .map { ($0 - whole.means[column]) / whole.deviations[column] }
        let mean = present.reduce(0, +) / Double(present.count)
        let square = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs(set.means[index] - mean) <= 1e-11, "seed \(seed)")
        #expect(
          abs(set.deviations[index] - (square / Double(rows.count)).squareRoot()) <= 1e-11, "seed \(seed)")
      }
    }
  }

  /// Four sites of 60 rows, so many of them marked.
  private static func marked(_ marked: Int, missing: Int = 0) throws -> SmallTable {
    let mark = (0..<240).map { $0 % (240 / marked) == 0 && $0 / (240 / marked) < marked ? 1.0 : 0 }
    var x = (0..<240).map { Double($0 * 7 % 11) }
    for place in 0..<missing { x[place * (240 / missing) + 1] = .nan }
    return try SmallTable(
      [(.binary("mark"), .numbers(mark)), (.number("x", 0, 10), .numbers(x))],
      outcome: (0..<240).map { Double($0 / 3 % 2) }, rows: [60, 60, 60, 60])
  }

  @Test(
    "stay five where a level has too few rows for all: it goes to those that it fills, and at last to none")
  func gathering() throws {
    var fewest: [Int] = []
    for marked in [80, 40, 24, 20, 8] {
      let dealt = try DealtTable(
        Self.marked(marked), leastCount: 5, repeats: 2, dealings: Self.dealings)
      #expect(dealt.partition.leftOut.map(\.column) == (marked < 10 ? ["mark"] : []), "\(marked)")
      #expect(dealt.dealing?.parts == 5, "\(marked)")
      for count in 0..<2 where marked >= 10 {
        let rows = try dealt.dealt(repeat: count)
        let filled = (0..<5).map { part in rows.count { $0.part == part && $0.values[0] == 1 } }
        #expect(filled.allSatisfy { $0 == 0 || $0 >= 5 }, "\(marked): \(filled)")
        fewest.append(filled.count { $0 > 0 })
      }
    }
    #expect(fewest.prefix(2) == [5, 5] && fewest.suffix(2) == [2, 2], "\(fewest)")
  }

  @Test("are fewer where a level has too few rows otherwise, but never for the sake of a missing indicator")
  func reduction() throws {
    let dealings = (2...5).reversed().map { Dealing(.dealt, parts: $0) }
    func dealt(_ table: SmallTable) throws -> DealtTable {
      try DealtTable(table, leastCount: 5, repeats: 2, dealings: dealings, missing: .meanAndIndicator)
    }
    let fewer = try dealt(Self.marked(16))
    #expect(fewer.partition.leftOut.isEmpty)
    #expect(try (2...3).contains(#require(fewer.dealing?.parts)))
    let indicator = try dealt(Self.marked(80, missing: 16))
    #expect(indicator.dealing?.parts == 5)
    #expect(indicator.partition.leftOut.map(\.column) == ["x:missing"])
    #expect(indicator.partition.leftOut.map(\.reason) == ["some part has too few rows"])
    // Both: the level joins parts, and the indicator comes back where they are large enough.
    let both = try dealt(Self.marked(16, missing: 20))
    #expect(both.partition.leftOut.allSatisfy { $0.column == "x:missing" })
    #expect(both.dealing?.parts == fewer.dealing?.parts)
  }

  @Test("without which a column does not vary leave it out, and its products")
  func constant() throws {
    // Before its last 50 rows `x` is 3 in all; the weights of the parts are equal.
    let count = 200
    let patients = (0..<count).map { $0 }
    let part = patients.map { PatientNumber.part(of: PatientNumber.of("patient \($0)"), seed: 7, parts: 2) }
    let x = part.indices.map { part[$0] == 0 ? 3 : Double($0 % 7) }
    let table = try SmallTable(
      [
        (.number("x", 0, 10), .numbers(x)),
        (.number("z", 0, 10), .numbers((0..<count).map { Double($0 * 7 % 11) })),
      ], outcome: (0..<count).map { Double($0 / 3 % 2) }, rows: [50, 50, 50, 50])
    let dealt = try DealtTable(
      table, leastCount: 1, repeats: 1, dealings: [Dealing(.hashed, parts: 2)],
      terms: ["x", "z"].map { .predictor(PlannedPredictor($0)) } + [.interaction("x", "z")])
    #expect(dealt.partition.leftOut.map(\.column) == ["x", "x*z"])
    #expect(dealt.partition.leftOut[0].reason == "without some part it does not vary")
    #expect(dealt.partition.columns == [1] && dealt.trainingSets.map(\.means.count) == [1, 1])
    let rows = try dealt.dealt(repeat: 0)
    for (part, set) in dealt.trainingSets.enumerated() {
      let training = rows.filter { $0.part != part }.map { $0.values[1] }
      let known = try #require(dealt.prepared.preparation.standardisation)
      let mean = training.reduce(0, +) / Double(training.count)
      #expect(abs(set.means[0] - (mean - known.means[1]) / known.deviations[1]) <= 1e-9)
    }
  }

  @Test("of groups of sites leave a column out unless three sites have it within and without")
  func groups() throws {
    let sites = 6
    // The mark varies at four sites, of which three are in the first group.
    func table(_ marked: [Int]) throws -> SmallTable {
      let count = sites * 30
      let mark = (0..<count).map { marked.contains($0 / 30) && $0 % 3 == 0 ? 1.0 : 0 }
      return try SmallTable(
        [
          (.binary("mark"), .numbers(mark)),
          (.number("x", 0, 10), .numbers((0..<count).map { Double($0 * 7 % 11) })),
        ],
        outcome: (0..<count).map { Double($0 / 2 % 2) }, rows: Array(repeating: 30, count: sites))
    }
    for (marked, leftOut) in [([0, 1, 2, 3], ["mark"]), ([0, 1, 2, 3, 4, 5], [])] {
      let dealt = try DealtTable(
        table(marked), leastCount: 5, repeats: 1, dealings: [Dealing(.sites, parts: 2)],
        groups: [0, 0, 0, 1, 1, 1])
      #expect(dealt.dealing?.scheme == .sites)
      #expect(dealt.partition.leftOut.map(\.column) == leftOut)
    }
  }

  @Test("of groups of sites count nothing that one or two sites of a group, or of those in none, have")
  func groupSupport() throws {
    let (sites, rows) = (9, 30)
    // In the first group one site has the second level and two lack `x`; of the ungrouped sites one is marked.
    let count = sites * rows
    let table = try SmallTable(
      [
        (
          .category("drug", ["none", "a", "b"]),
          .levels(
            (0..<count).map { $0 % 4 == 0 ? 2 : $0 % 4 == 1 && $0 / rows != 1 && $0 / rows != 2 ? 1 : 0 })
        ),
        (
          .number("x", 0, 10),
          .numbers((0..<count).map { $0 % 9 == 0 && $0 / rows != 2 ? .nan : Double($0 * 7 % 11) })
        ),
        (.binary("mark"), .numbers((0..<count).map { $0 % 3 == 0 && $0 / rows < 7 ? 1 : 0 })),
        (.number("z", 0, 10), .numbers((0..<count).map { Double($0 * 5 % 11) })),
      ], outcome: (0..<count).map { Double($0 / 2 % 2) }, rows: Array(repeating: rows, count: sites))
    func dealt(_ table: SmallTable) throws -> DealtTable {
      try DealtTable(
        table, leastCount: 2, repeats: 1, dealings: [Dealing(.sites, parts: 2)],
        groups: [0, 0, 0, 1, 1, 1, nil, nil, nil], missing: .meanAndIndicator)
    }
    let found = try dealt(table)
    let reason = "under 3 sites of a group share it"
    #expect(found.partition.leftOut.map(\.column) == ["drug=a", "x", "x:missing", "mark"])
    #expect(found.partition.leftOut.map(\.reason) == Array(repeating: reason, count: 4))
    #expect(found.partition.leastSupport == 3)
    let steps = found.steps
    #expect(steps.map(\.query.name) == ["part-support", "parts", "part-moments"])
    // Of the columns that are left one indicator has its rows counted.
    #expect(steps[1].query.segments.map(\.length) == [2, 2, 2, 2])
    #expect(steps[2].query.segments.map(\.length) == [4, 4, 4, 4])
    let constant = try SmallTable(
      [(.number("z", 0, 10), .numbers((0..<count).map { Double($0 * 5 % 11) }))],
      outcome: (0..<count).map { $0 / rows < 2 ? 1 : Double($0 / 2 % 2) },
      rows: Array(repeating: rows, count: sites))
    let impossible = try dealt(constant)
    #expect(impossible.partition.stage == .impossible("the outcome varies at under 3 sites of a group"))
    #expect(impossible.steps.map(\.query.name) == ["part-support"])
  }

  @Test("there are none where a part would have too few rows of an outcome, and the reason is told")
  func impossible() throws {
    let outcome = (0..<120).map { $0 % 20 == 0 ? 1.0 : 0 }
    let dealt = try DealtTable(
      SmallTable(
        [(.number("x", 0, 10), .numbers((0..<120).map { Double($0 * 7 % 11) }))], outcome: outcome,
        rows: [40, 40, 40]), leastCount: 5, repeats: 1, dealings: Self.dealings)
    #expect(dealt.partition.stage == .impossible("some part has under 5 rows of one outcome"))
  }
}
