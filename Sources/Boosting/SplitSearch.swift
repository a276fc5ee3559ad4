/// The best split of a node, by its histogram. Of equal gains the lowest feature wins, then the lowest bin,
/// then missing values going left.
struct SplitSearch: Sendable {
  /// A split and what it makes.
  struct Candidate: Hashable, Sendable, Codable {
    let split: BinSplit
    let gain: Double
    let left: CellSums
    let right: CellSums
  }

  /// XGBoost's: a gain that is not above it is none.
  private static let leastGain = 1e-6

  private let binning: Binning
  private let rule: SplitRule
  private let gamma: Double
  /// Of a side's integer Hessian.
  private let leastHessian: Int64
  /// Of a side's rows, where they are counted.
  private let leastRows: Int
  /// One a feature of the binning.
  private let directions: [Int]

  init(_ context: TreeContext) {
    let plan = context.frame.specification
    binning = context.binning
    rule = SplitRule(context)
    gamma = plan.gamma
    let quantisation = context.quantisation
    let weight = Double(sign: .plus, exponent: quantisation.hessianScale, significand: plan.minChildWeight)
    let proves = context.frame.hessianProvesRows
    // Weights are bounded by 1e9 and scales by 2^32.
    leastHessian = max(
      Int64(weight.rounded(.up)), proves ? Int64(context.leastCount * quantisation.greatestHessian) : 0)
    leastRows = proves ? 0 : context.leastCount
    directions = context.binning.features.map {
      plan.monotoneConstraints[context.frame.features[$0.feature].name] ?? 0
    }
  }

  /// Whether a node may have two sides.
  func canSplit(_ sums: CellSums) -> Bool {
    sums.hessian >= 2 * leastHessian && sums.rows >= 2 * leastRows
  }

  /// Sums over a whole node.
  func sums(_ histogram: Histogram) -> CellSums {
    var sums = CellSums()
    let layout = histogram.layout
    guard layout.starts.count > 1 else { return sums }
    for cell in 0..<layout.starts[1] {
      sums.add(histogram.words[cell], histogram.counts.isEmpty ? 0 : histogram.counts[cell])
    }
    return sums
  }

  /// - Returns: nil where no split gains enough.
  func best(
    _ histogram: Histogram, _ sums: CellSums, _ bounds: SplitRule.Bounds
  ) -> Candidate? {
    guard canSplit(sums) else { return nil }
    let layout = histogram.layout
    var best: Candidate?
    let parent = rule.score(
      sums.gradient, sums.hessian, weight: rule.weight(sums.gradient, sums.hessian, bounds))
    histogram.words.withUnsafeBufferPointer { words in
      histogram.counts.withUnsafeBufferPointer { counts in
        for (place, feature) in layout.features.enumerated() {
          let cells = layout.starts[place]..<layout.starts[place + 1]
          let node = NodeFeature(
            feature: feature, bins: binning.features[feature], values: layout.valueCells(place),
            joined: layout.joined[place],
            words: UnsafeBufferPointer(rebasing: words[cells]),
            counts: counts.isEmpty ? counts : UnsafeBufferPointer(rebasing: counts[cells]), sums: sums,
            bounds: bounds, parent: parent)
          guard let found = self.best(node, above: best?.gain ?? -.infinity) else { continue }
          best = found
        }
      }
    }
    guard let best, best.gain > Self.leastGain, best.gain >= gamma else { return nil }
    return best
  }

  /// One feature's cells of a node.
  private struct NodeFeature {
    let feature: Int
    let bins: FeatureBins
    /// Cells without that of missing values.
    let values: Int
    /// `j` where `2^j` neighbouring bins are one cell.
    let joined: Int
    let words: UnsafeBufferPointer<UInt64>
    let counts: UnsafeBufferPointer<UInt32>
    let sums: CellSums
    let bounds: SplitRule.Bounds
    let parent: Double

    /// Sums over one cell.
    func cell(_ place: Int) -> CellSums {
      var sums = CellSums()
      sums.add(words[place], counts.isEmpty ? 0 : counts[place])
      return sums
    }

    func isEmpty(_ place: Int) -> Bool { words[place] == 0 && (counts.isEmpty || counts[place] == 0) }
  }

  /// A number of cells, in some order, that go left.
  private struct Cut {
    var gain: Double
    var cells: Int
    var missingGoesLeft: Bool
    var left = CellSums()
  }

  private func best(_ node: NodeFeature, above: Double) -> Candidate? {
    let order: [Int]? = node.bins.isCategorical ? sorted(node) : nil
    let values = order?.count ?? node.values
    let hasMissing = node.bins.hasMissing && !node.isEmpty(node.values)
    let missing = hasMissing ? node.cell(node.values) : CellSums()
    var best = Cut(gain: above, cells: 0, missingGoesLeft: true)
    if hasMissing { scan(node, order, from: missing, through: values - 1, missingGoesLeft: true, &best) }
    // With rows that lack it all values may go one way.
    scan(
      node, order, from: CellSums(), through: hasMissing ? values : values - 1, missingGoesLeft: false, &best)
    guard best.cells > 0 else { return nil }
    let (left, right) = (best.left, node.sums - best.left)
    // No row here tells where missing values go: with the greater part.
    let missingGoesLeft = hasMissing ? best.missingGoesLeft : left.hessian >= right.hessian
    return Candidate(
      split: BinSplit(
        feature: node.feature, rule: splitRule(node, order, best.cells, missingGoesLeft),
        missingGoesLeft: missingGoesLeft),
      gain: best.gain, left: left, right: right)
  }

  /// Looks at the first 1, 2 … cells going left.
  @inline(__always)
  private func scan(
    _ node: NodeFeature, _ order: [Int]?, from start: CellSums, through last: Int, missingGoesLeft: Bool,
    _ best: inout Cut
  ) {
    guard last > 0 else { return }
    if order == nil, node.counts.isEmpty, directions[node.feature] == 0, rule.isPlain(node.bounds) {
      return scanPlain(node, start, last, missingGoesLeft, &best)
    }
    if let order {
      order.withUnsafeBufferPointer { order in
        scan(node, { order[$0] }, start, last, missingGoesLeft, &best)
      }
    } else {
      scan(node, { $0 }, start, last, missingGoesLeft, &best)
    }
  }

  @inline(__always)
  private func scan(
    _ node: NodeFeature, _ order: (Int) -> Int, _ start: CellSums, _ last: Int, _ missingGoesLeft: Bool,
    _ best: inout Cut
  ) {
    let direction = directions[node.feature]
    let isFree = direction == 0 && rule.isFree(node.bounds)
    let hasCounts = !node.counts.isEmpty
    let (words, counts) = (node.words, node.counts)
    var word = start.word
    var rows = start.rows
    var (bestGain, bestCells, bestWord, bestRows) = (best.gain, best.cells, UInt64(0), -1)
    for place in 0..<last {
      let cell = order(place)
      let (added, count) = (words[cell], hasCounts ? counts[cell] : 0)
      // An empty cell moves no row.
      if added == 0 && count == 0 { continue }
      word &+= added
      rows &+= Int(count)
      let left = Int64(word & 0xffff_ffff)
      guard left >= leastHessian, rows >= leastRows else { continue }
      let right = node.sums.hessian &- left
      guard right >= leastHessian, node.sums.rows &- rows >= leastRows else { break }
      let gradient = Int64(bitPattern: word) >> 32
      let rest = node.sums.gradient &- gradient
      let gain: Double
      if isFree {
        gain = rule.score(gradient, left) + rule.score(rest, right) - node.parent
      } else {
        let lower = rule.weight(gradient, left, node.bounds)
        let upper = rule.weight(rest, right, node.bounds)
        guard Double(direction) * (upper - lower) >= 0 else { continue }
        gain =
          rule.score(gradient, left, weight: lower) + rule.score(rest, right, weight: upper) - node.parent
      }
      if gain > bestGain || (gain == bestGain && place + 1 < bestCells) {
        (bestGain, bestCells, bestWord, bestRows) = (gain, place + 1, word, rows)
      }
    }
    guard bestRows >= 0 else { return }
    best = Cut(
      gain: bestGain, cells: bestCells, missingGoesLeft: missingGoesLeft,
      left: CellSums(word: bestWord, rows: bestRows))
  }

  /// The same for cells in their order where nothing constrains gains and no rows are counted: sums first, then all
  /// gains at once, then the best.
  private func scanPlain(
    _ node: NodeFeature, _ start: CellSums, _ last: Int, _ missingGoesLeft: Bool, _ best: inout Cut
  ) {
    // An empty cell moves no row.
    guard let first = node.words.prefix(last).firstIndex(where: { $0 != 0 }) else { return }
    let count = last - first
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { sums in
      var word = start.word
      for place in 0..<count {
        word &+= node.words[first + place]
        sums.initializeElement(at: place, to: word)
      }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { gains in
        rule.gains(UnsafeBufferPointer(sums), node.sums, leastHessian, node.parent, into: gains)
        var (bestGain, bestPlace) = (best.gain, -1)
        for place in 0..<count {
          let gain = gains[place]
          if gain > bestGain || (gain == bestGain && bestPlace < 0 && first + place + 1 < best.cells) {
            (bestGain, bestPlace) = (gain, place)
          }
        }
        guard bestPlace >= 0, bestGain > -.infinity else { return }
        best = Cut(
          gain: bestGain, cells: first + bestPlace + 1, missingGoesLeft: missingGoesLeft,
          left: CellSums(word: sums[bestPlace], rows: 0))
      }
    }
  }

  /// The levels that rows of the node have, by the values they would have as leaves: the best set of them is
  /// the first of this order (Fisher, JASA 1958;53:789-798).
  private func sorted(_ node: NodeFeature) -> [Int] {
    let present = (0..<node.bins.bins).filter { !node.isEmpty($0) }
    let values = present.map { level in
      let sums = node.cell(level)
      return rule.weight(sums.gradient, sums.hessian, SplitRule.Bounds())
    }
    return present.indices.sorted { (values[$0], $0) < (values[$1], $1) }.map { present[$0] }
  }

  private func splitRule(
    _ node: NodeFeature, _ order: [Int]?, _ cells: Int, _ missingGoesLeft: Bool
  ) -> BinSplit.Rule {
    guard let order else { return .upTo(min(cells << node.joined, node.bins.bins) - 1) }
    // Levels that no row here has go with what is missing.
    let absent = missingGoesLeft ? Set(0..<node.bins.bins).subtracting(order) : []
    return .among((order.prefix(cells) + absent).sorted().map { UInt8($0) })
  }

  /// The bounds of a split node's children.
  func bounds(_ candidate: Candidate, _ bounds: SplitRule.Bounds) -> (
    left: SplitRule.Bounds, right: SplitRule.Bounds
  ) {
    let direction = directions[candidate.split.feature]
    guard direction != 0 else { return (bounds, bounds) }
    let middle =
      (rule.weight(candidate.left.gradient, candidate.left.hessian, bounds)
        + rule.weight(candidate.right.gradient, candidate.right.hessian, bounds)) / 2
    var (left, right) = (bounds, bounds)
    if direction > 0 {
      (left.upper, right.lower) = (middle, middle)
    } else {
      (left.lower, right.upper) = (middle, middle)
    }
    return (left, right)
  }
}
