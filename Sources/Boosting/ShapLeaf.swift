/// A leaf as Shapley values need it: which conditions its path sets for each variable, and which of them the rows of a
/// background meet.
///
/// A row that takes some variables from a patient and the others from a background row reaches the leaf when each
/// variable meets its conditions in whichever of the two it comes from. So background rows that meet the conditions of
/// the same variables are alike, and only their number counts.
struct ShapLeaf: Sendable {
  /// The most variables of a path, and of slopes beyond it.
  static let mostFeatures = UInt64.bitWidth

  /// Of the path, then of slopes alone, each once; a bit of a set stands for each.
  let features: [Int]
  /// Every bit of `features`.
  let all: UInt64
  let value: Double
  let slopes: [Slope]
  private let conditions: [Condition]
  /// By ascending set.
  private(set) var likenesses: [Likeness] = []

  struct Slope: Sendable {
    let bit: Int
    let term: Tree.Slope
  }

  struct Condition: Sendable {
    let node: Int
    let isLeft: Bool
    let bit: UInt64
  }

  /// Background rows that meet the conditions of the same variables.
  struct Likeness: Sendable {
    let met: UInt64
    var rows: Double
    /// Over the rows, what each slope adds to the score.
    var slopeSums: [Double]
  }

  /// - Parameters:
  ///   - path: the splits from the root, and whether the leaf is on their left.
  ///   - scale: real value of a unit of the scores.
  /// - Returns: nil for too many variables.
  init?(_ leaf: Tree.Leaf, path: [(node: Int, feature: Int, isLeft: Bool)], scale: Double) {
    var features: [Int] = []
    func bit(of feature: Int) -> Int {
      if let place = features.firstIndex(of: feature) { return place }
      features.append(feature)
      return features.count - 1
    }
    let places = path.map { bit(of: $0.feature) }
    slopes = leaf.slopes.map { Slope(bit: bit(of: $0.feature), term: $0) }
    guard features.count <= Self.mostFeatures else { return nil }
    conditions = zip(path, places).map { Condition(node: $0.node, isLeft: $0.isLeft, bit: 1 << UInt64($1)) }
    self.features = features
    all = features.count == Self.mostFeatures ? .max : (1 << UInt64(features.count)) - 1
    value = Double(leaf.value) * scale
  }

  /// The variables whose conditions are met where each split of the tree goes as said.
  func met(_ goesLeft: [Bool]) -> UInt64 {
    var met = all
    for condition in conditions where goesLeft[condition.node] != condition.isLeft { met &= ~condition.bit }
    return met
  }

  /// - Parameters:
  ///   - met: one set for each row of the background.
  ///   - parts: what each slope adds to the score of each row.
  mutating func add(background met: [UInt64], parts: [[Double]]) {
    var groups: [UInt64: Likeness] = [:]
    let none = [Double](repeating: 0, count: slopes.count)
    for (row, set) in met.enumerated() {
      groups[set, default: Likeness(met: set, rows: 0, slopeSums: none)].rows += 1
      for slope in slopes.indices { groups[set]?.slopeSums[slope] += parts[row][slope] }
    }
    likenesses = groups.values.sorted { $0.met < $1.met }
  }
}

/// Shares of a game in which all of one set of `p + q + 1` players must come in and all of another must not.
enum ShapWeights {
  private static let order = ShapLeaf.mostFeatures + 1

  /// `p! q! / (p + q + 1)!` in row `p` and column `q`.
  private static let table: [Double] = {
    var table = [Double](repeating: 0, count: order * order)
    for q in 0..<order {
      table[q] = 1 / Double(q + 1)
      for p in 1..<order { table[p * order + q] = table[(p - 1) * order + q] * Double(p) / Double(p + q + 1) }
    }
    return table
  }()

  /// - Parameters: each at most the variables of a leaf.
  static func weight(_ p: Int, _ q: Int) -> Double { table[p * order + q] }
}
