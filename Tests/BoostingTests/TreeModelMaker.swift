import Boosting
import KonsilTesting

/// Random models over a few variables of every kind, and rows for them with missing values and values on cuts.
struct TreeModelMaker {
  static let features = [
    TreeFeature("age", .number), TreeFeature("dose", .number), TreeFeature("sex", .number),
    TreeFeature("stage", .ordinal(levels: ["I", "II", "III", "IV"])),
    TreeFeature("drug", .categorical(levels: ["none", "azathioprine", "anti-TNF", "\"other\"", "β"])),
    TreeFeature("region", .categorical(levels: ["ileum", "colon", "both"])),
  ]
  static let fractionBits = 20

  var depth = 4
  var hasSlopes = false
  var hasStatistics = false
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func model(_ objective: TreeModel.Objective, rounds: Int) -> TreeModel {
    let classes = if case .softmax(let classes) = objective { classes.count } else { 1 }
    return TreeModel(
      outcome: "outcome", objective: objective, features: Self.features, fractionBits: Self.fractionBits,
      base: (0..<classes).map { _ in score() },
      rounds: (0..<rounds).map { _ in (0..<classes).map { _ in tree() } })
  }

  mutating func tree() -> Tree {
    var nodes: [Tree.Node] = []
    var waiting = [0]
    var depths = [0]
    var count = 1
    for place in sequence(first: 0, next: { $0 + 1 }) {
      guard place < waiting.count else { break }
      if depths[place] < depth, place == 0 || Int.random(in: 0..<5, using: &random) > 0 {
        let (left, right) = (count, count + 1)
        nodes.append(.split(split(left, right)))
        waiting += [left, right]
        depths += [depths[place] + 1, depths[place] + 1]
        count += 2
      } else {
        nodes.append(.leaf(leaf()))
      }
    }
    let statistics = nodes.map { node in
      let isSplit = if case .split = node { true } else { false }
      return Tree.Statistics(gain: isSplit ? 3.5 : 0, cover: 12.25)
    }
    return Tree(nodes: nodes, statistics: hasStatistics ? statistics : nil)
  }

  private mutating func split(_ left: Int, _ right: Int) -> Tree.Split {
    let place = Int.random(in: Self.features.indices, using: &random)
    let rule: Tree.Rule
    switch Self.features[place].kind {
    case .categorical(let levels):
      // Also none and all.
      rule = .levels(levels.indices.filter { _ in Bool.random(using: &random) })
    case .number, .ordinal:
      // Where every value goes left and only a missing one right.
      let isOpen = Int.random(in: 0..<10, using: &random) == 0
      rule = .below(cut: isOpen ? .greatestFiniteMagnitude : number(place))
    }
    return Tree.Split(
      feature: place, rule: rule, missingGoesLeft: Bool.random(using: &random), left: left, right: right)
  }

  private mutating func leaf() -> Tree.Leaf {
    guard hasSlopes else { return Tree.Leaf(value: score()) }
    let numbers = Self.features.indices.filter { Self.features[$0].levels == nil }
    let slopes = numbers.filter { _ in Bool.random(using: &random) }.map {
      Tree.Slope(
        feature: $0, slope: Double.random(in: -0.5...0.5, using: &random),
        centre: Double.random(in: -1...1, using: &random), lower: -2, upper: 1.5)
    }
    return Tree.Leaf(value: score(), slopes: slopes)
  }

  private mutating func score() -> Int64 { Int64.random(in: -300_000...300_000, using: &random) }

  /// A value of a number or ordinal feature, from few, so that many rows lie on a cut.
  private mutating func number(_ place: Int) -> Float {
    switch Self.features[place].name {
    case "age": Float(Int.random(in: -32...32, using: &random)) / 8
    // Tenths have no exact `Float`.
    case "dose": Float(Double(Int.random(in: -20...20, using: &random)) / 10)
    case "sex": Float(Int.random(in: 0...1, using: &random))
    default: Float(Int.random(in: 0...3, using: &random))
    }
  }

  /// One value in eight is missing.
  mutating func row() -> [Float] {
    Self.features.indices.map { place in
      if Int.random(in: 0..<8, using: &random) == 0 { return .nan }
      guard case .categorical(let levels) = Self.features[place].kind else { return number(place) }
      return Float(Int.random(in: levels.indices, using: &random))
    }
  }

  mutating func table(rows: Int) throws -> FeatureTable {
    let rows = (0..<rows).map { _ in row() }
    let columns = Self.features.indices.map { place in rows.map { $0[place] } }
    guard let table = FeatureTable(rowCount: rows.count, columns: columns) else { throw Broken() }
    return table
  }

  struct Broken: Error {}
}
