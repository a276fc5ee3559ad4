import Queries

/// What a site holds while trees grow: its rows as bins, the raw scores of each training set, and the trees
/// of the round.
struct SiteForest: Sendable {
  let context: TreeContext
  let rows: BoostingRows
  let binned: BinnedRows
  private let workers: Workers
  /// For each training set, whether a row is in it.
  let isTraining: [[Bool]]
  /// Whether all rows are in a training set.
  private let isAll: [Bool]
  /// One list a tree of a round.
  private(set) var scores: [[Int64]]
  private(set) var trees: [SiteTree] = []
  /// Of each round that is finished.
  private(set) var finished: [[FinishedTree]] = []
  /// One list a tree; 0 for rows that the round does not use.
  private var words: [[UInt64]] = []
  /// 1 for rows that the round uses, one list a training set; empty where no rows are counted.
  private var uses: [[UInt64]] = []

  init(_ context: TreeContext, rows: BoostingRows, isTraining: [[Bool]], workers: Workers) {
    self.context = context
    self.rows = rows
    self.isTraining = isTraining
    isAll = isTraining.map { $0.allSatisfy(\.self) }
    self.workers = workers
    binned = BinnedRows(context.binning, columns: rows.columns, rows: rows.count, workers: workers)
    scores = context.counts.sets.flatMap { totals in
      BaseScore.scores(context.frame, totals).map { [Int64](repeating: $0, count: rows.count) }
    }
  }

  private var classes: Int { context.frame.classes }

  /// Takes the splits and leaves of a step, and begins the round that it asks.
  mutating func follow(_ step: TreeStep) {
    for (tree, growth) in step.growths.enumerated() {
      // Before the first round there are no trees.
      if !growth.splits.isEmpty { trees[tree].split(growth.splits, context.binning, binned, workers) }
      guard !growth.leaves.isEmpty else { continue }
      for (node, leaf) in zip(trees[tree].shape.leaves, growth.leaves) { add(leaf, of: node, tree) }
    }
    guard step.closes else { return }
    if !trees.isEmpty, context.frame.specification.validation != nil {
      finished.append(zip(trees, step.growths).map { FinishedTree($0, leaves: $1.leaves, context.binning) })
    }
    begin(step.round)
  }

  private mutating func add(_ leaf: Tree.Leaf, of node: Int, _ tree: Int) {
    let range = trees[tree].ranges[node]
    let columns = leaf.slopes.map { rows.columns[$0.feature] }
    let factor = Double(sign: .plus, exponent: context.frame.fractionBits, significand: 1)
    trees[tree].order.withUnsafeBufferPointer { order in
      scores[tree].withUnsafeMutableBufferPointer { scores in
        for place in range { scores[Int(order[place])] &+= leaf.value }
        for (slope, column) in zip(leaf.slopes, columns) {
          for place in range {
            let row = Int(order[place])
            scores[row] &+= slope.score(column[row], factor: factor)
          }
        }
      }
    }
  }

  /// Draws the rows of a round and makes their words.
  private mutating func begin(_ round: Int) {
    let plan = context.frame.specification
    guard round < plan.rounds else { return }
    let count = rows.count
    trees = [SiteTree](repeating: SiteTree(rows: count), count: context.trees)
    if words.isEmpty {
      words = [[UInt64]](repeating: [UInt64](repeating: 0, count: count), count: context.trees)
    }
    var used = isTraining
    let threshold = KeyedHash.threshold(plan.subsample)
    if plan.subsample < 1 {
      let isDrawn = rows.patients.map {
        KeyedHash.draw(plan.seed, 0x726f_7773_0000_0000 ^ UInt64(round), $0) < threshold
      }
      for set in used.indices { for row in isDrawn.indices where !isDrawn[row] { used[set][row] = false } }
    }
    let rule = GradientRule(context)
    for set in used.indices {
      let first = set * classes
      var taken = (first..<first + classes).map { tree in
        let list = words[tree]
        words[tree] = []
        return list
      }
      Self.withBuffers(&taken) { buffers in
        let (shared, ranges) = (Shared(buffers), workers.ranges(of: count))
        let (rows, scores, isUsed) = (rows, Array(scores[first..<first + classes]), used[set])
        workers(ranges.count) { part in
          rule.write(ranges[part], rows, scores: scores, isUsed: isUsed, to: shared.value)
        }
      }
      for (place, list) in taken.enumerated() { words[first + place] = list }
    }
    if !context.frame.hessianProvesRows { uses = used.map { $0.map { $0 ? 1 : 0 } } }
  }

  private static func withBuffers(
    _ lists: inout [[UInt64]], _ body: ([UnsafeMutableBufferPointer<UInt64>]) -> Void
  ) {
    func open(_ place: Int, _ buffers: [UnsafeMutableBufferPointer<UInt64>]) {
      guard place < lists.count else { return body(buffers) }
      var list = lists[place]
      lists[place] = []
      list.withUnsafeMutableBufferPointer { open(place + 1, buffers + [$0]) }
      lists[place] = list
    }
    open(0, [])
  }

  /// The elements of a step's query.
  func answer(_ step: TreeStep, _ asked: TreeQuery) -> [UInt64] {
    if step.asksLeafSums { return leafSums(asked.leaves) }
    let losses = context.losses(of: step) > 0 ? losses : []
    let countsRows = !context.frame.hessianProvesRows
    return [UInt64](unsafeUninitializedCapacity: asked.query.length + Contribution.spareCapacity) {
      elements, count in
      let writer = HistogramWriter(asked.blocks, trees: trees, binned: binned, workers: workers)
      guard let start = elements.baseAddress else { return }
      var next = writer.write(words, to: start, spacing: 1, isPacked: true)
      if countsRows {
        let lists = (0..<context.trees).map { uses[$0 / classes] }
        next = writer.write(lists, to: next, spacing: 0, isPacked: false)
      }
      var end = start
      for block in asked.blocks {
        end += block.layout.cells
        end.initialize(to: UInt64(usedRows(block)))
        end += 1
      }
      for loss in losses {
        next.initialize(to: UInt64(bitPattern: loss))
        next += 1
      }
      count = next - start
    }
  }

  private func leafSums(_ leaves: [TreeQuery.Leaf]) -> [UInt64] {
    leaves.flatMap { leaf in
      let tree = trees[leaf.tree]
      return LinearLeaf.sums(
        leaf.features, order: tree.order[tree.ranges[leaf.node]], columns: rows.columns,
        words: words[leaf.tree], greatestHessian: context.quantisation.greatestHessian)
    }
  }

  private func usedRows(_ block: TreeQuery.Block) -> Int {
    let (tree, set) = (trees[block.tree], block.tree / classes)
    let range = tree.ranges[block.node]
    if isAll[set], uses.isEmpty { return range.count }
    return range.reduce(0) { $0 + (isTraining[set][Int(tree.order[$1])] ? 1 : 0) }
  }

  /// Of each training set with rows held out, the sum of their losses; where none has any, that of all rows.
  private var losses: [Int64] {
    let rule = GradientRule(context)
    guard context.asksLosses else {
      let own = Array(scores[0..<classes])
      return [(0..<rows.count).reduce(0) { $0 &+ rule.loss($1, rows, scores: own) }]
    }
    return context.frame.trainingSets.validated.map { set in
      let own = Array(scores[set * classes..<(set + 1) * classes])
      return isTraining[set].indices.reduce(0) { sum, row in
        isTraining[set][row] ? sum : sum &+ rule.loss(row, rows, scores: own)
      }
    }
  }
}
