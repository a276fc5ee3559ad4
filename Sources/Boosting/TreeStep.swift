/// What the coordinator tells and asks in one step of growing: splits since the last step, leaf values of
/// trees that are closed, and the nodes whose histograms it wants. It travels as a query's parameters.
package struct TreeStep: Hashable, Sendable, Codable {
  package struct NodeSplit: Hashable, Sendable, Codable {
    package let node: Int
    package let split: BinSplit

    package init(node: Int, split: BinSplit) {
      self.node = node
      self.split = split
    }
  }

  package struct Ask: Hashable, Sendable, Codable {
    package let node: Int
    /// Rows of the node's parent over the federation, from which its ring's width follows; of a root, all
    /// rows.
    package let parentRows: Int

    package init(node: Int, parentRows: Int) {
      self.node = node
      self.parentRows = parentRows
    }
  }

  /// Of one tree: a training set's, or one of its classes'.
  package struct Growth: Hashable, Sendable, Codable {
    package var splits: [NodeSplit] = []
    /// Where the step closes a round: one for each leaf in ascending order.
    package var leaves: [Tree.Leaf] = []
    /// Of this round's tree, ascending.
    package var asks: [Ask] = []

    package init(splits: [NodeSplit] = [], leaves: [Tree.Leaf] = [], asks: [Ask] = []) {
      self.splits = splits
      self.leaves = leaves
      self.asks = asks
    }
  }

  /// From 0, without gaps.
  package let serial: Int
  /// The round of the trees that are asked; after the last, the number of rounds.
  package let round: Int
  /// Whether splits and leaves end the round before, and a new one begins.
  package let closes: Bool
  /// Whether the asked nodes are leaves, whose sums for linear models are wanted in place of histograms.
  package let asksLeafSums: Bool
  package let growths: [Growth]

  package init(serial: Int, round: Int, closes: Bool, asksLeafSums: Bool = false, growths: [Growth]) {
    self.serial = serial
    self.round = round
    self.closes = closes
    self.asksLeafSums = asksLeafSums
    self.growths = growths
  }
}

extension TreeStep {
  package var parameters: [Double] {
    var writer: [Double] = [
      Double(serial), Double(round), closes ? 1 : 0, asksLeafSums ? 1 : 0, Double(growths.count),
    ]
    for growth in growths {
      writer.append(Double(growth.splits.count))
      for entry in growth.splits {
        writer += [Double(entry.node), Double(entry.split.feature), entry.split.missingGoesLeft ? 1 : 0]
        switch entry.split.rule {
        case .upTo(let bin): writer += [0, Double(bin)]
        case .among(let bins): writer += [Double(bins.count)] + bins.map(Double.init)
        }
      }
      writer.append(Double(growth.leaves.count))
      for leaf in growth.leaves {
        writer += [Double(leaf.value), Double(leaf.slopes.count)]
        for slope in leaf.slopes {
          writer += [Double(slope.feature), slope.slope, slope.centre, slope.lower, slope.upper]
        }
      }
      writer.append(Double(growth.asks.count))
      for ask in growth.asks { writer += [Double(ask.node), Double(ask.parentRows)] }
    }
    return writer
  }

  /// - Returns: nil for parameters that no step has.
  package init?(parameters: [Double]) {
    var reader = Reader(rest: parameters[...])
    guard let serial = reader.whole(), let round = reader.whole(), let closes = reader.flag(),
      let asksLeafSums = reader.flag(),
      let trees = reader.whole()
    else { return nil }
    var growths: [Growth] = []
    for _ in 0..<trees {
      guard let growth = reader.growth() else { return nil }
      growths.append(growth)
    }
    guard reader.rest.isEmpty else { return nil }
    self.init(serial: serial, round: round, closes: closes, asksLeafSums: asksLeafSums, growths: growths)
  }

  private struct Reader {
    var rest: ArraySlice<Double>

    mutating func whole() -> Int? {
      guard let value = rest.popFirst(), value >= 0, value < 0x1p53 else { return nil }
      return Int(exactly: value)
    }

    mutating func flag() -> Bool? {
      switch rest.popFirst() {
      case 0: false
      case 1: true
      default: nil
      }
    }

    mutating func growth() -> Growth? {
      var growth = Growth()
      guard let splits = whole() else { return nil }
      for _ in 0..<splits {
        guard let split = split() else { return nil }
        growth.splits.append(split)
      }
      guard let leaves = whole() else { return nil }
      for _ in 0..<leaves {
        guard let leaf = leaf() else { return nil }
        growth.leaves.append(leaf)
      }
      guard let asks = whole() else { return nil }
      for _ in 0..<asks {
        guard let node = whole(), let rows = whole() else { return nil }
        growth.asks.append(Ask(node: node, parentRows: rows))
      }
      return growth
    }

    private mutating func split() -> NodeSplit? {
      guard let node = whole(), let feature = whole(), let missing = flag(), let count = whole() else {
        return nil
      }
      var rule: BinSplit.Rule
      if count == 0 {
        guard let bin = whole() else { return nil }
        rule = .upTo(bin)
      } else {
        var bins: [UInt8] = []
        for _ in 0..<count {
          guard let bin = whole().flatMap({ UInt8(exactly: $0) }) else { return nil }
          bins.append(bin)
        }
        rule = .among(bins)
      }
      return NodeSplit(node: node, split: BinSplit(feature: feature, rule: rule, missingGoesLeft: missing))
    }

    private mutating func leaf() -> Tree.Leaf? {
      guard let value = rest.popFirst(), value.magnitude < 0x1p53, let exact = Int64(exactly: value),
        let count = whole()
      else { return nil }
      var slopes: [Tree.Slope] = []
      for _ in 0..<count {
        guard let feature = whole(), rest.count >= 4 else { return nil }
        let numbers = Array(rest.prefix(4))
        rest = rest.dropFirst(4)
        guard numbers.allSatisfy(\.isFinite), numbers[2] <= numbers[3] else { return nil }
        slopes.append(
          Tree.Slope(
            feature: feature, slope: numbers[0], centre: numbers[1], lower: numbers[2], upper: numbers[3]))
      }
      return Tree.Leaf(value: exact, slopes: slopes)
    }
  }
}
