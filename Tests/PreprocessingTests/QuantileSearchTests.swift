import Cohorts
import KonsilTesting
import Preprocessing
import Testing

@Suite("Quantiles by bisection")
struct QuantileSearchTests {
  /// Values of one kind, a range that holds them, and the rules of a search.
  struct Example {
    let values: [Double]
    let range: ValueRange
    let leastCount: Int
    let mostDepth: Int
    let mostCells: Int

    init(seed: UInt64) throws {
      var random = SeededRandom(seed: seed)
      let count = Int.random(in: 0...3000, using: &random)
      let kind = Int.random(in: 0..<5, using: &random)
      let lower = Double(Int.random(in: -100...100, using: &random)) / 7
      let upper = lower + Double(Int.random(in: 1...1000, using: &random)) / 3
      range = try #require(ValueRange(lower: lower, upper: upper))
      values = (0..<count).map { _ in
        let uniform = Double.random(in: 0...1, using: &random)
        let share =
          switch kind {
          case 0: uniform
          case 1: uniform * uniform * uniform * uniform
          case 2: (uniform * 4).rounded() / 4
          case 3: uniform < 0.7 ? 0.3 : uniform
          default: uniform < 0.5 ? 0 : 1.0
          }
        return min(lower + share * (upper - lower), upper)
      }
      leastCount = Int.random(in: 1...20, using: &random)
      mostDepth = [0, 3, 16, 30][Int.random(in: 0..<4, using: &random)]
      mostCells = [1, 8, 512][Int.random(in: 0..<3, using: &random)]
    }

    var search: QuantileSearch {
      QuantileSearch(
        range: range, rows: values.count, leastCount: leastCount, mostDepth: mostDepth, mostCells: mostCells)
    }

  }

  /// The search after all rounds, its questions answered by sites that hold the parts, and how many rounds.
  private static func finish(
    _ start: QuantileSearch, _ parts: [[Double]]
  ) throws -> (search: QuantileSearch, rounds: Int) {
    var search = start
    var rounds = 0
    while !search.questions.isEmpty {
      #expect(search.cells.isEmpty)
      var sums = [Int](repeating: 0, count: search.questions.count)
      for part in parts {
        for (place, count) in search.answer(part).enumerated() { sums[place] += count }
      }
      try take(sums, &search)
      rounds += 1
    }
    return (search, rounds)
  }

  private static func take(_ counts: [Int], _ search: inout QuantileSearch) throws {
    let isPossible = search.absorb(counts)
    try #require(isPossible)
  }

  @Test(
    "publishes cells that tile the range, hold the least count each and all rows together",
    arguments: UInt64(1)...60)
  func cells(seed: UInt64) throws {
    let example = try Example(seed: seed)
    let (search, rounds) = try Self.finish(example.search, [example.values])
    let cells = search.cells
    #expect(rounds <= example.mostDepth, "seed \(seed)")
    #expect(cells.count <= example.mostCells, "seed \(seed)")
    let ends = [cells.first?.lower, cells.last?.upper]
    #expect(ends == [example.range.lower, example.range.upper], "seed \(seed)")
    #expect(zip(cells, cells.dropFirst()).allSatisfy { $0.upper == $1.lower }, "seed \(seed)")
    #expect(cells.reduce(0) { $0 + $1.rows } == example.values.count, "seed \(seed)")
    // A cut that leaves less than the least count on a side of a cell is never among them.
    #expect(cells.count == 1 || cells.allSatisfy { $0.rows >= example.leastCount }, "seed \(seed)")
    for (place, cell) in cells.enumerated() {
      let inside = example.values.filter {
        cell.lower <= $0 && ($0 < cell.upper || place == cells.count - 1)
      }
      #expect(inside.count == cell.rows, "seed \(seed), cell \(place)")
      if let core = cell.core {
        let within = inside.filter {
          core.lower <= $0 && ($0 < core.upper || core.upper == example.range.upper)
        }
        #expect(within.count >= example.leastCount, "seed \(seed), cell \(place)")
      }
      for value in inside { #expect(search.cell(of: value) == place, "seed \(seed)") }
    }
  }

  @Test("never asks within an interval of fewer than twice the least count", arguments: UInt64(1)...30)
  func questions(seed: UInt64) throws {
    let example = try Example(seed: seed)
    var search = example.search
    while !search.questions.isEmpty {
      let counts = search.answer(example.values)
      for question in search.questions {
        // The interval that is halved is twice as wide as its left half.
        let upper = question.lower + 2 * (question.upper - question.lower)
        let slack = 1e-9 * example.range.width
        let parent = example.values.filter { question.lower <= $0 && $0 <= upper + slack }
        #expect(parent.count >= 2 * example.leastCount, "seed \(seed)")
      }
      for (count, question) in zip(counts, search.questions) {
        #expect(count == example.values.count { question.lower <= $0 && $0 < question.upper }, "seed \(seed)")
      }
      try Self.take(counts, &search)
    }
  }

  @Test("gives quantiles whose rank is wrong by at most the rows of their cell", arguments: UInt64(1)...60)
  func rankError(seed: UInt64) throws {
    let example = try Example(seed: seed)
    guard !example.values.isEmpty else { return }
    let (search, _) = try Self.finish(example.search, [example.values])
    var last = -Double.infinity
    for step in 0...20 {
      let share = Double(step) / 20
      let value = search.quantile(share)
      #expect(last <= value && example.range.contains(value), "seed \(seed), \(share)")
      last = value
      let below = example.values.count { $0 < value }
      let upTo = example.values.count { $0 <= value }
      let target = share * Double(example.values.count)
      let error = max(0, Double(below) - target, target - Double(upTo))
      let place = search.cells.firstIndex { value <= $0.upper } ?? 0
      // On the edge of two cells it may be in either.
      let most = search.cells[place...].prefix(2).map(\.rows).max() ?? 0
      #expect(error <= Double(most), "seed \(seed), \(share)")
    }
  }

  @Test("is the same however the rows are split among sites, in whatever order", arguments: UInt64(1)...20)
  func split(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let example = try Example(seed: seed)
    let (pooled, _) = try Self.finish(example.search, [example.values])
    for sites in [3, 7] {
      var parts = [[Double]](repeating: [], count: sites)
      for value in example.values.shuffled(using: &random) {
        parts[Int.random(in: 0..<sites, using: &random)].append(value)
      }
      #expect(try Self.finish(example.search, parts).search == pooled, "seed \(seed)")
    }
  }

  @Test("finds a value that many rows share to a 65,536th of the range")
  func ties() throws {
    let range = try #require(ValueRange(lower: 0, upper: 10))
    let values = [Double](repeating: 0, count: 40) + [Double](repeating: 1, count: 50) + [7.3, 9.9]
    let start = QuantileSearch(range: range, rows: values.count, leastCount: 5)
    let (search, _) = try Self.finish(start, [values])
    #expect(abs(search.quantile(0.25) - 0) <= 10 * 0x1p-16)
    for share in [0.5, 0.75, 0.95] { #expect(abs(search.quantile(share) - 1) <= 10 * 0x1p-16) }
    // The greatest values do not show: they are in the cell of the ones.
    #expect(search.cells.map(\.rows) == [40, 52])
    #expect(abs(search.quantile(1) - 1) <= 10 * 0x1p-16)
  }

  @Test("is linear within a cell where rows lie evenly")
  func linear() throws {
    let range = try #require(ValueRange(lower: 0, upper: 1024))
    let values = (0..<1024).map { Double($0) + 0.5 }
    let (search, _) = try Self.finish(QuantileSearch(range: range, rows: 1024, leastCount: 100), [values])
    #expect(search.cells.map(\.rows) == [Int](repeating: 128, count: 8))
    for share in [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] {
      #expect(abs(search.quantile(share) - share * 1024) <= 1e-9)
    }
    #expect([-1, 0, 127, 128, 1024, 5000].map(search.cell(of:)) == [0, 0, 0, 1, 7, 7])
  }

  @Test("refuses counts that no records give, and stays as it was")
  func impossible() throws {
    var search = QuantileSearch(range: .unit, rows: 100, leastCount: 5)
    func refuses(_ impossible: [[Int]]) {
      for counts in impossible {
        var tried = search
        let isPossible = tried.absorb(counts)
        #expect(!isPossible && tried == search, "\(counts)")
      }
    }
    refuses([[-1], [101], [], [50, 50], [Int.min], [Int.max]])
    try Self.take([30], &search)
    #expect(search.questions.count == 2)
    refuses([[31, 10], [30, 71]])
    try Self.take([30, 70], &search)
  }

  @Test("has one cell where there are too few rows to divide")
  func fewRows() {
    for rows in [0, 1, 9] {
      let search = QuantileSearch(range: .unit, rows: rows, leastCount: 5)
      #expect(search.questions.isEmpty && search.cells.map(\.rows) == [rows])
    }
    #expect(QuantileSearch(range: .unit, rows: 10, leastCount: 5).questions.count == 1)
    #expect(QuantileSearch(range: .unit, rows: 10, leastCount: 5).quantile(0.5).isNaN)
  }

  @Test("skips what is not a number and what is outside the range")
  func outside() {
    let search = QuantileSearch(range: .unit, rows: 10, leastCount: 5)
    #expect(search.answer([.nan, -0.1, 0, 0.2, 0.5, 1, 1.1, .infinity, -.infinity]) == [2])
  }

  @Test("does not trap at the ends of what a range may be")
  func extremes() throws {
    let narrow = try #require(ValueRange(lower: 1, upper: 1 + 0x1p-52))
    #expect(QuantileSearch(range: narrow, rows: 100, leastCount: 1).questions.isEmpty)
    let greatest = Double.greatestFiniteMagnitude
    let wide = try #require(ValueRange(lower: -greatest, upper: greatest))
    var search = QuantileSearch(range: wide, rows: Int.max, leastCount: Int.min, mostCells: Int.min)
    #expect(search.questions.isEmpty && search.quantile(0.5) == 0)
    search = QuantileSearch(range: wide, rows: Int.max, leastCount: 5)
    try Self.take([Int.max], &search)
    #expect(search.questions.count == 1)
  }
}
