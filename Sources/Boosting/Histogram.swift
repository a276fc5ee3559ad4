/// Sums over the rows of a node, cell by cell, as the coordinator has them.
struct Histogram: Hashable, Sendable, Codable {
  /// `g · 2^32 + h` of each cell.
  let words: [UInt64]
  /// Rows of each cell; empty where the Hessian proves them.
  let counts: [UInt32]
  /// Rows of the node.
  let rows: Int

  /// The other child of the node that this is the histogram of.
  func sibling(_ child: Histogram) -> Histogram {
    Histogram(
      words: Self.difference(words, child.words), counts: Self.difference(counts, child.counts),
      rows: max(0, rows - child.rows))
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
