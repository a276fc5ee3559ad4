import Cohorts

/// Finds quantiles over a federation from counts alone, by bisection of a range that is known beforehand.
///
/// Coordinator and sites hold one each and absorb the same sums. An interval is halved at its midpoint while it
/// holds at least twice the rows that a cell needs; of each pair only the left half's rows are asked, the right
/// half has the rest. When nothing is left to ask, the intervals are merged from the left until each **cell** holds
/// enough rows: cells may be published, the finer intervals may not.
package struct QuantileSearch: Hashable, Sendable, Codable {
  /// `[lower, upper)`.
  package struct Interval: Hashable, Sendable, Codable {
    package let lower: Double
    package let upper: Double
  }

  /// A part of the range, `[lower, upper)`, the last one closed, and its rows over the federation.
  package struct Cell: Hashable, Sendable, Codable {
    package let lower: Double
    package let upper: Double
    package let rows: Int
    /// The interval within the cell that alone holds enough rows to be a cell. Where many rows share a value, it is
    /// that value's narrow surroundings; nil where no interval does.
    package let core: Interval?
  }

  private struct Leaf: Hashable, Sendable, Codable {
    let interval: Interval
    let rows: Int
  }

  package let range: ValueRange
  /// Rows with a value, over the federation.
  package let rows: Int
  /// Least rows of a cell: the least count, more where there would be more than the most cells.
  package let cellRows: Int
  private let mostDepth: Int
  private var depth = 0
  /// What is halved now, from left to right.
  private var open: [Leaf] = []
  /// What is not halved any more, in no order.
  private var closed: [Leaf] = []
  /// The left halves whose rows are asked now, from left to right; empty when all is known.
  package private(set) var questions: [Interval] = []
  /// What may be published, from left to right; empty while there are questions. Each holds at least `cellRows`; one
  /// cell with fewer where there are fewer in all.
  package private(set) var cells: [Cell] = []

  /// - Parameters:
  ///   - rows: rows with a value in the range over the federation; the sums of later answers rest on it.
  ///   - leastCount: least rows of a cell; taken as 1 where it is less.
  ///   - mostDepth: how often a part of the range is halved at most.
  ///   - mostCells: how many cells there may be; a level asks at most half as many questions.
  package init(range: ValueRange, rows: Int, leastCount: Int, mostDepth: Int = 16, mostCells: Int = 512) {
    self.range = range
    self.rows = max(rows, 0)
    self.mostDepth = mostDepth
    let mostCells = max(mostCells, 1)
    cellRows = max(leastCount, 1, self.rows / mostCells + (self.rows % mostCells == 0 ? 0 : 1))
    add(Leaf(interval: Interval(lower: range.lower, upper: range.upper), rows: self.rows))
    publish()
  }

  /// A site's own counts for the questions; what is not a number is skipped.
  package func answer(_ values: [Double]) -> [Int] {
    let questions = questions
    let lowers = questions.map(\.lower)
    let uppers = questions.map(\.upper)
    var counts = [Int](repeating: 0, count: questions.count)
    for value in values {
      let place = Self.last(of: lowers, atMost: value)
      if place >= 0, value < uppers[place] { counts[place] += 1 }
    }
    return counts
  }

  /// Takes the federation's counts for the questions.
  ///
  /// - Returns: false, and changes nothing, when no records give such counts.
  package mutating func absorb(_ counts: [Int]) -> Bool {
    guard counts.count == open.count, zip(counts, open).allSatisfy({ (0...$1.rows).contains($0) })
    else { return false }
    guard !open.isEmpty else { return true }
    depth += 1
    let parents = open
    (open, questions) = ([], [])
    open.reserveCapacity(2 * parents.count)
    questions.reserveCapacity(2 * parents.count)
    for (parent, left) in zip(parents, counts) {
      let middle = Self.middle(parent.interval)
      add(Leaf(interval: Interval(lower: parent.interval.lower, upper: middle), rows: left))
      add(Leaf(interval: Interval(lower: middle, upper: parent.interval.upper), rows: parent.rows - left))
    }
    publish()
    return true
  }

  /// The value below which a share of the rows lies, linear within its cell, or within the cell's core, so that what
  /// is published lies where enough rows are. Its rank is wrong by at most the rows of its cell.
  ///
  /// - Parameter share: 0 to 1; others count as the nearer end.
  /// - Returns: not a number while there are questions.
  package func quantile(_ share: Double) -> Double {
    let target = min(max(share, 0), 1) * Double(rows)
    guard let place = cell(ofShare: share) else { return .nan }
    let cell = cells[place]
    let before = cells[..<place].reduce(0) { $0 + $1.rows }
    let part = min(max((target - Double(before)) / Double(max(cell.rows, 1)), 0), 1)
    let (lower, upper) = cell.core.map { ($0.lower, $0.upper) } ?? (cell.lower, cell.upper)
    return lower * (1 - part) + upper * part
  }

  /// The place of the cell that holds the rank of a share of the rows; nil while there are questions.
  package func cell(ofShare share: Double) -> Int? {
    let target = min(max(share, 0), 1) * Double(rows)
    var before = 0
    return cells.firstIndex { cell in
      before += cell.rows
      return target <= Double(before)
    } ?? cells.indices.last
  }

  /// The place of the cell that a value is in; below the range it is the first, above it the last.
  package func cell(of value: Double) -> Int {
    var (low, high) = (0, cells.count)
    while low < high {
      let middle = (low + high) / 2
      if cells[middle].lower <= value { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
  }

  private mutating func add(_ leaf: Leaf) {
    let (interval, middle) = (leaf.interval, Self.middle(leaf.interval))
    let isOpen =
      depth < mostDepth && leaf.rows / 2 >= cellRows && interval.lower < middle && middle < interval.upper
    guard isOpen else { return closed.append(leaf) }
    open.append(leaf)
    questions.append(Interval(lower: interval.lower, upper: middle))
  }

  /// Merges the leaves from the left; what is left over at the end joins the last cell.
  private mutating func publish() {
    guard open.isEmpty else { return }
    let leaves = closed.sorted { $0.interval.lower < $1.interval.lower }
    var groups: [[Leaf]] = []
    var group: [Leaf] = []
    var groupRows = 0
    for leaf in leaves {
      group.append(leaf)
      groupRows += leaf.rows
      if groupRows >= cellRows {
        groups.append(group)
        (group, groupRows) = ([], 0)
      }
    }
    groups.append((groups.popLast() ?? []) + group)
    cells = groups.map(cell(of:))
  }

  private func cell(of leaves: [Leaf]) -> Cell {
    Cell(
      lower: leaves.first?.interval.lower ?? range.lower, upper: leaves.last?.interval.upper ?? range.upper,
      rows: leaves.reduce(0) { $0 + $1.rows }, core: leaves.first { $0.rows >= cellRows }?.interval)
  }

  private static func middle(_ interval: Interval) -> Double { interval.lower / 2 + interval.upper / 2 }

  /// The last place in an ascending list whose entry is at most `value`; -1 where there is none. It takes as many
  /// turns whatever the value, so that the processor need not guess.
  private static func last(of ascending: [Double], atMost value: Double) -> Int {
    guard let first = ascending.first, first <= value else { return -1 }
    var (place, length) = (0, ascending.count)
    while length > 1 {
      let half = length / 2
      place += ascending[place + half] <= value ? half : 0
      length -= half
    }
    return place
  }
}
