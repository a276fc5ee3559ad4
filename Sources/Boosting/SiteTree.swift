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

  /// Moves the rows of a leaf to its children.
  mutating func split(_ node: Int, by split: BinSplit, _ binning: Binning, _ rows: BinnedRows) {
    splits[node] = split
    _ = shape.split(node)
    let range = ranges[node]
    let sides = split.sides(binning.features[split.feature])
    var middle = range.lowerBound
    rows.bins.withUnsafeBufferPointer { bins in
      let column = UnsafeBufferPointer(
        rebasing: bins[split.feature * rows.count..<(split.feature + 1) * rows.count])
      sides.withUnsafeBufferPointer { sides in
        order.withUnsafeMutableBufferPointer { order in
          withUnsafeTemporaryAllocation(of: UInt32.self, capacity: range.count) { right in
            var moved = 0
            // Each row is written to both sides, and counted on one: there is nothing to guess.
            for place in range {
              let row = order[place]
              let goesLeft = sides[Int(column[Int(row)])]
              order[middle] = row
              right[moved] = row
              middle += goesLeft ? 1 : 0
              moved += goesLeft ? 0 : 1
            }
            for place in 0..<moved { order[middle + place] = right[place] }
          }
        }
      }
    }
    ranges += [range.lowerBound..<middle, middle..<range.upperBound]
  }
}
