/// Sums over the rows of a node, cell by cell, as the coordinator has them.
struct Histogram: Hashable, Sendable, Codable {
  /// `g · 2^32 + h` of each cell.
  let words: [UInt64]
  /// Rows of each cell; empty where the Hessian proves them.
  let counts: [UInt32]
  /// Rows of the node.
  let rows: Int
  let layout: HistogramLayout

  /// The other child of the node that this is the histogram of.
  ///
  /// - Returns: nil where the child's cells are not sums of this one's.
  func sibling(_ child: Histogram) -> Histogram? {
    guard child.layout.joins(layout) else { return nil }
    let (words, counts) = (joined(words, as: child.layout), joined(counts, as: child.layout))
    return Histogram(
      words: Self.difference(words, child.words), counts: Self.difference(counts, child.counts),
      rows: max(0, rows - child.rows), layout: child.layout)
  }

  /// The sums of cells that are one in another layout.
  private func joined<Word: FixedWidthInteger>(_ cells: [Word], as other: HistogramLayout) -> [Word] {
    guard other != layout, !cells.isEmpty else { return cells }
    var sums = [Word](repeating: 0, count: other.cells)
    for place in layout.features.indices {
      let (from, to) = (layout.starts[place], other.starts[place])
      let (values, shift) = (layout.valueCells(place), other.joined[place] - layout.joined[place])
      for cell in 0..<values { sums[to + cell >> shift] &+= cells[from + cell] }
      // What is missing stands last.
      if from + values < layout.starts[place + 1] { sums[other.starts[place + 1] - 1] = cells[from + values] }
    }
    return sums
  }

  private static func difference<Word: FixedWidthInteger>(_ all: [Word], _ part: [Word]) -> [Word] {
    all.withUnsafeBufferPointer { all in
      part.withUnsafeBufferPointer { part in
        [Word](unsafeUninitializedCapacity: min(all.count, part.count)) { rest, count in
          for cell in 0..<rest.count { rest[cell] = all[cell] &- part[cell] }
          count = rest.count
        }
      }
    }
  }
}

/// Sums over some rows.
struct CellSums: Hashable, Sendable, Codable {
  var gradient: Int64 = 0
  var hessian: Int64 = 0
  var rows = 0

  init() {}

  init(gradient: Int64, hessian: Int64, rows: Int) {
    self.gradient = gradient
    self.hessian = hessian
    self.rows = rows
  }

  init(word: UInt64, rows: Int) {
    self.init(gradient: Int64(bitPattern: word) >> 32, hessian: Int64(word & 0xffff_ffff), rows: rows)
  }

  /// `g · 2^32 + h`.
  var word: UInt64 { UInt64(bitPattern: gradient) << 32 &+ UInt64(bitPattern: hessian) }

  static func - (left: CellSums, right: CellSums) -> CellSums {
    CellSums(
      gradient: left.gradient &- right.gradient, hessian: left.hessian &- right.hessian,
      rows: left.rows - right.rows)
  }

  @inline(__always)
  mutating func add(_ word: UInt64, _ count: UInt32) {
    gradient &+= Int64(bitPattern: word) >> 32
    hessian &+= Int64(word & 0xffff_ffff)
    rows &+= Int(count)
  }
}
