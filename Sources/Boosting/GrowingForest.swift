import Preprocessing
import Queries

/// All trees of a round, one for each training set and class, and the finished rounds.
struct GrowingForest: Hashable, Sendable, Codable {
  private let context: TreeContext
  private let notes: [DesignNote]
  private var step: TreeStep
  private var trees: [GrowingTree]
  /// Finished rounds of the whole model.
  private var rounds: [[Tree]] = []
  /// Of each validated set after 0, 1, 2 … rounds; without any, of all rows after the last.
  private var losses: [[Int64]] = []
  private(set) var model: BoostingModel?

  init(_ context: TreeContext, notes: [DesignNote]) {
    self.context = context
    self.notes = notes
    trees = Self.planted(context)
    step = TreeStep(
      serial: 0, round: 0, closes: true, growths: trees.map { TreeStep.Growth(asks: $0.asks) })
  }

  private static func planted(_ context: TreeContext) -> [GrowingTree] {
    [GrowingTree](repeating: GrowingTree(rows: context.counts.rows), count: context.trees)
  }

  var asked: TreeQuery {
    TreeQuery(step, context) { trees[$0].features(of: $1, context.binning) }
  }

  mutating func absorb(_ sum: QuerySum, _ workers: Workers) throws(AnalysisError) {
    let asked = asked
    guard sum.fits(asked.query) else {
      throw AnalysisError(
        .inconsistentSum, "a sum has not the elements that its query asks for",
        advice: "report this as a fault of ours")
    }
    if step.asksLeafSums { return close(linear: sum) }
    let received = ReceivedHistograms(sum, asked, context)
    if context.losses(of: step) > 0 {
      losses.append(received.losses)
      if isOver { return finish() }
    }
    let search = SplitSearch(context)
    var growths: [TreeStep.Growth] = []
    for tree in trees.indices {
      guard !trees[tree].isDone else {
        growths.append(TreeStep.Growth())
        continue
      }
      let splits = trees[tree].absorb(received.histograms[tree], search, context, workers)
      growths.append(TreeStep.Growth(splits: splits, asks: trees[tree].asks))
    }
    if trees.contains(where: { !$0.isDone }) {
      step = TreeStep(serial: step.serial + 1, round: step.round, closes: false, growths: growths)
    } else if context.frame.specification.leaves == .linear, askLeafSums(growths) {
      return
    } else {
      close(growths, linear: [:])
    }
  }

  /// - Returns: false where no leaf may be linear.
  private mutating func askLeafSums(_ growths: [TreeStep.Growth]) -> Bool {
    var growths = growths
    for tree in trees.indices { growths[tree].asks = trees[tree].linearLeaves(context) }
    guard growths.contains(where: { !$0.asks.isEmpty }) else { return false }
    step = TreeStep(
      serial: step.serial + 1, round: step.round, closes: false, asksLeafSums: true, growths: growths)
    return true
  }

  private mutating func close(linear sum: QuerySum) {
    var rest = sum.words.first?[...] ?? []
    var found: [Place: Tree.Leaf] = [:]
    for leaf in asked.leaves {
      let length = LinearLeaf.length(leaf.features.count)
      found[Place(tree: leaf.tree, node: leaf.node)] = LinearLeaf.leaf(
        Array(rest.prefix(length)), leaf.features, context)
      rest = rest.dropFirst(length)
    }
    close([TreeStep.Growth](repeating: TreeStep.Growth(), count: trees.count), linear: found)
  }

  private struct Place: Hashable {
    let tree: Int
    let node: Int
  }

  /// Gives the trees their leaves and begins the next round.
  private mutating func close(_ growths: [TreeStep.Growth], linear: [Place: Tree.Leaf]) {
    var growths = growths
    let rule = SplitRule(context)
    for tree in trees.indices {
      growths[tree].leaves = zip(trees[tree].shape.leaves, trees[tree].leaves(rule)).map {
        linear[Place(tree: tree, node: $0)] ?? $1
      }
    }
    rounds.append((0..<context.frame.classes).map { trees[$0].tree(growths[$0].leaves, context) })
    let isLast = rounds.count == context.frame.specification.rounds
    guard !isLast || context.tellsEnd else { return finish() }
    trees = Self.planted(context)
    for tree in trees.indices { growths[tree].asks = isLast ? [] : trees[tree].asks }
    step = TreeStep(serial: step.serial + 1, round: rounds.count, closes: true, growths: growths)
  }

  /// Losses of a round over the validated sets.
  private var total: [Int64] { losses.map { $0.reduce(0, &+) } }

  private var best: Int { total.indices.min { (total[$0], $0) < (total[$1], $1) } ?? rounds.count }

  private var isOver: Bool {
    let patience = context.frame.specification.earlyStoppingRounds
    if rounds.count == context.frame.specification.rounds { return true }
    return patience > 0 && rounds.count - best >= patience
  }

  /// The round that ended with the sum that was absorbed last; nil where none did.
  var finishedRound: FinishedRound? {
    let found = context.asksLosses ? losses.last : nil
    guard model == nil else {
      // The step that was asked last is of a round that there is already, unless it closed that round itself.
      let isNew = rounds.count > step.round
      return FinishedRound(trees: isNew ? rounds.last ?? [] : [], losses: found, next: nil)
    }
    guard step.closes, let trees = rounds.last else { return nil }
    return FinishedRound(trees: trees, losses: found, next: step)
  }

  /// Takes the next round as it was, in place of its sums.
  mutating func resume(after round: FinishedRound) {
    if !round.trees.isEmpty { rounds.append(round.trees) }
    if let found = round.losses { losses.append(found) }
    guard let next = round.next else { return finish() }
    trees = Self.planted(context)
    step = next
  }

  private mutating func finish() {
    let (frame, counts) = (context.frame, context.counts)
    let stops = frame.specification.earlyStoppingRounds > 0 && best < rounds.count
    let kept = stops ? best : rounds.count
    let sets = frame.trainingSets
    // Each repeat holds every row out once.
    let heldOut = sets.validated.reduce(0) { $0 + counts.rows - counts.sets[$1].rows }
    let unit = GradientRule.lossFactor * Double(max(heldOut, 1))
    model = BoostingModel(
      trees: TreeModel(
        outcome: frame.specification.outcome, objective: frame.objective, features: frame.features,
        fractionBits: frame.fractionBits, base: BaseScore.scores(frame, counts.sets[0]),
        rounds: Array(rounds.prefix(kept))),
      rows: counts.rows, classRows: counts.whole.classRows, sites: frame.sites.count,
      leastCount: context.leastCount, gradientBits: context.quantisation.gradientBits,
      bins: Dictionary(
        context.binning.features.map { (frame.features[$0.feature].name, $0.cells) }, uniquingKeysWith: { $1 }
      ),
      losses: context.asksLosses ? total.map { Double($0) / unit } : [],
      stoppedAt: stops ? kept : nil, notes: notes)
    trees = []
  }
}

extension BoostingFrame {
  var objective: TreeModel.Objective {
    switch (specification.objective, target) {
    case (.logistic, _): .logistic
    case (.softmax, .classes(let levels)): .softmax(classes: levels)
    case (.softmax, _): .softmax(classes: [])
    case (.squaredError, _): .squaredError
    case (.poisson, _): .poisson(exposure: specification.exposure)
    }
  }
}

/// The sums of a step, as histograms again.
struct ReceivedHistograms {
  /// Of each tree, in the order of its asks.
  let histograms: [[Histogram]]
  let losses: [Int64]

  init(_ sum: QuerySum, _ asked: TreeQuery, _ context: TreeContext) {
    var words = Elements(sum, asked.query, named: "gradients-and-hessians")
    var rows = Elements(sum, asked.query, named: "rows-of-cells")
    var histograms = [[Histogram]](repeating: [], count: context.trees)
    for block in asked.blocks {
      let format = block.format
      let cells = words.next(block.layout.cells) { format.unpacked($0) }
      let count = words.next(1) { Int(truncatingIfNeeded: $0) }.first ?? 0
      let counts =
        context.frame.hessianProvesRows
        ? [] : rows.next(block.layout.cells) { UInt32(truncatingIfNeeded: $0) }
      histograms[block.tree].append(
        Histogram(
          words: cells, counts: counts, rows: min(max(count, 0), context.counts.rows),
          layout: block.layout))
    }
    self.histograms = histograms
    losses = Elements(sum, asked.query, named: "losses").all.map { Int64(bitPattern: $0) }
  }

  /// The elements of all segments of a name, one after the other.
  private struct Elements {
    private let segments: [[UInt64]]
    private var segment = 0
    private var place = 0

    init(_ sum: QuerySum, _ query: Query, named name: String) {
      segments = query.segments.indices.filter { query.segments[$0].name == name }.map { sum.words[$0] }
    }

    var all: [UInt64] { segments.flatMap(\.self) }

    /// A histogram lies within one segment.
    @inline(__always)
    mutating func next<Made>(_ count: Int, _ make: (UInt64) -> Made) -> [Made] {
      while segment < segments.count, place >= segments[segment].count { (segment, place) = (segment + 1, 0) }
      guard segment < segments.count, place + count <= segments[segment].count else { return [] }
      defer { place += count }
      return segments[segment].withUnsafeBufferPointer { elements in
        [Made](unsafeUninitializedCapacity: count) { made, initialized in
          for index in 0..<count { made.initializeElement(at: index, to: make(elements[place + index])) }
          initialized = count
        }
      }
    }
  }
}
