/// A growing tree over a site's rows: the rows of a node lie together.
struct SiteTree: Sendable {
  private(set) var shape = TreeShape()
  /// Places of the rows; within a node in ascending order.
  private(set) var order: [UInt32]
  /// Of each node, its stretch of `order`.
  private(set) var ranges: [Range<Int>]
  /// Nodes that have split, parents first.
  private(set) var splits: [Int: BinSplit] = [:]

  init(rows: Int) {
    order = (0..<UInt32(rows)).map(\.self)
    ranges = [0..<rows]
  }

  /// The numbers on the path to a leaf.
  func features(of leaf: Int, _ binning: Binning) -> [LinearFeature] {
    LinearLeaf.features(of: leaf, shape, binning) { splits[$0]?.feature }
  }

  /// Whether the rows are still in their first order, so that the root's may be read without their places.
  var isWhole: Bool { shape.nodes.count == 1 }

  /// Moves the rows of leaves to their children, each leaf's on its own.
  mutating func split(
    _ entries: [TreeStep.NodeSplit], _ binning: Binning, _ rows: BinnedRows, _ workers: Workers
  ) {
    var rest = entries[...]
    while !rest.isEmpty {
      // A leaf that another split of this step makes has to wait for it.
      let batch = Array(rest.prefix { $0.node < ranges.count })
      guard !batch.isEmpty else { return }
      rest = rest.dropFirst(batch.count)
      let stretches = batch.map { ranges[$0.node] }
      let middles = order.withUnsafeMutableBufferPointer { order in
        let shared = Shared(order)
        return workers.map(batch.count) { place in
          let split = batch[place].split
          return Self.partition(
            UnsafeMutableBufferPointer(rebasing: shared.value[stretches[place]]),
            by: split.sides(binning.features[split.feature]), column: split.feature, rows)
        }
      }
      for (entry, (range, count)) in zip(batch, zip(stretches, middles)) {
        splits[entry.node] = entry.split
        _ = shape.split(entry.node)
        let middle = range.lowerBound + count
        ranges += [range.lowerBound..<middle, middle..<range.upperBound]
      }
    }
  }

  /// Rows that go left first, either side in its order.
  ///
  /// - Returns: how many go left.
  private static func partition(
    _ order: UnsafeMutableBufferPointer<UInt32>, by sides: [Bool], column: Int, _ rows: BinnedRows
  ) -> Int {
    var (left, moved) = (0, 0)
    rows.bins.withUnsafeBufferPointer { bins in
      let column = UnsafeBufferPointer(rebasing: bins[column * rows.count..<(column + 1) * rows.count])
      sides.withUnsafeBufferPointer { sides in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: order.count) { right in
          // Each row is written to both sides, and counted on one: there is nothing to guess.
          for place in order.indices {
            let row = order[place]
            let goesLeft = sides[Int(column[Int(row)])]
            order[left] = row
            right[moved] = row
            left += goesLeft ? 1 : 0
            moved += goesLeft ? 0 : 1
          }
          for place in 0..<moved { order[left + place] = right[place] }
        }
      }
    }
    return left
  }
}
