/// The nodes of a growing tree as the sites know them. The root is 0; the children of a split are the next
/// two numbers, the left one first.
struct TreeShape: Hashable, Sendable, Codable {
  struct Node: Hashable, Sendable, Codable {
    let depth: Int
    /// nil of the root.
    let parent: Int?
    /// The left child; nil of a leaf.
    fileprivate(set) var left: Int?
  }

  private(set) var nodes = [Node(depth: 0, parent: nil, left: nil)]

  /// - Returns: the left child.
  mutating func split(_ node: Int) -> Int {
    let left = nodes.count
    nodes[node].left = left
    for _ in 0..<2 { nodes.append(Node(depth: nodes[node].depth + 1, parent: node, left: nil)) }
    return left
  }

  func isLeaf(_ node: Int) -> Bool { nodes.indices.contains(node) && nodes[node].left == nil }

  /// In ascending order.
  var leaves: [Int] { nodes.indices.filter { nodes[$0].left == nil } }

  var leafCount: Int { (nodes.count + 1) / 2 }
}
