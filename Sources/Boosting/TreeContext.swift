import Queries

/// What growing rests on once the bins are known; equal at the coordinator and the sites.
struct TreeContext: Hashable, Sendable, Codable {
  let frame: BoostingFrame
  let counts: BoostingCounts
  let binning: Binning
  let leastCount: Int
  let quantisation: Quantisation

  /// - Returns: nil before the preparation is done.
  init?(_ preparation: BoostingPreparation) throws(AnalysisError) {
    guard let counts = preparation.counts, let binning = preparation.binning else { return nil }
    frame = preparation.frame
    self.counts = counts
    self.binning = binning
    leastCount = preparation.leastCount
    quantisation = try frame.quantisation(rows: counts.rows)
  }

  /// Trees of a round: one for each training set and class.
  var trees: Int { frame.trainingSets.count * frame.classes }

  func layout(round: Int, tree: Int) -> HistogramLayout {
    let plan = frame.specification
    return HistogramLayout(
      binning, share: plan.colsampleByTree, seed: plan.seed, round: round, tree: tree % frame.classes)
  }

  /// Fewer cells of a number are not made.
  private static let fewestCells = 64

  /// How many cells the values of a number may have in the histogram of an asked node.
  func mostCells(_ ask: TreeStep.Ask) -> Int {
    let rowsPerBin = frame.specification.rowsPerBin(ofRows: counts.rows)
    return rowsPerBin > 0 && ask.node > 0 ? max(Self.fewestCells, ask.parentRows / rowsPerBin) : .max
  }

  /// Rows that a sum of the Hessian proves.
  func provenRows(_ hessian: Int64) -> Int { max(0, Int(hessian)) / quantisation.greatestHessian }

  /// The most splits on the way to a leaf, and leaves.
  var mostLeaves: Int {
    let byDepth = 1 << frame.specification.maxDepth
    let named = frame.specification.maxLeaves
    return named == 0 ? byDepth : min(named, byDepth)
  }

  /// Whether losses on held-out rows are asked as each round ends.
  var asksLosses: Bool { !frame.trainingSets.validated.isEmpty }

  /// Whether the sites are told the last round's end: for its losses, or to explain the model.
  var tellsEnd: Bool { asksLosses || frame.specification.importance }

  /// Losses that a step asks: those of rows held out as each round ends, else that of all rows at the end.
  func losses(of step: TreeStep) -> Int {
    guard step.closes else { return 0 }
    guard !asksLosses else { return frame.trainingSets.validated.count }
    return step.round == frame.specification.rounds ? 1 : 0
  }
}

/// A step as a query: sums of leaves, or histograms, node by node, each with the node's rows at the end; rows
/// of their cells where the Hessian does not prove them; losses where a round ends.
struct TreeQuery {
  static let name = "tree-histograms"
  /// Over more nodes one width serves all, so that a query has few segments.
  private static let mostWidths = 400

  /// A histogram on its way.
  struct Block {
    let tree: Int
    let node: Int
    let layout: HistogramLayout
    let format: WordFormat
    /// Of the counts of rows.
    let countWidth: RingWidth
  }

  /// A leaf's sums on their way.
  struct Leaf {
    let tree: Int
    let node: Int
    let features: [LinearFeature]
  }

  let blocks: [Block]
  let leaves: [Leaf]
  let query: Query

  /// - Parameter features: of a tree's leaf, the numbers on its path.
  init(_ step: TreeStep, _ context: TreeContext, features: (_ tree: Int, _ leaf: Int) -> [LinearFeature]) {
    guard !step.asksLeafSums else {
      blocks = []
      leaves = step.growths.indices.flatMap { tree in
        step.growths[tree].asks.map { Leaf(tree: tree, node: $0.node, features: features(tree, $0.node)) }
      }
      let length = leaves.reduce(0) { $0 + LinearLeaf.length($1.features.count) }
      query = Query(
        name: Self.name, parameters: step.parameters,
        segments: [.words("sums-of-leaves", length: length, width: .full)], isVerified: false)
      return
    }
    leaves = []
    var blocks: [Block] = []
    var segments: [Segment] = []
    let asks = step.growths.flatMap(\.asks)
    let mostRows = asks.count > Self.mostWidths ? asks.map(\.parentRows).max() : nil
    for (tree, growth) in step.growths.enumerated() where !growth.asks.isEmpty {
      let layout = context.layout(round: step.round, tree: tree)
      var layouts: [Int: HistogramLayout] = [.max: layout]
      for ask in growth.asks {
        let most = context.mostCells(ask)
        let layout = layouts[most] ?? HistogramLayout(context.binning, features: layout.features, most: most)
        layouts[most] = layout
        let rows = mostRows ?? ask.parentRows
        let bits = Quantisation.bits(max(rows, 1))
        blocks.append(
          Block(
            tree: tree, node: ask.node, layout: layout,
            format: context.quantisation.format(rows: rows),
            countWidth: RingWidth(bits: (bits + 7) / 8 * 8) ?? .full))
      }
    }
    Self.append(
      "gradients-and-hessians", blocks.map { ($0.layout.cells + 1, $0.format.width) }, to: &segments)
    if !context.frame.hessianProvesRows {
      Self.append("rows-of-cells", blocks.map { ($0.layout.cells, $0.countWidth) }, to: &segments)
    }
    let losses = context.losses(of: step)
    if losses > 0 { segments.append(.words("losses", length: losses, width: .full)) }
    self.blocks = blocks
    query = Query(name: Self.name, parameters: step.parameters, segments: segments, isVerified: false)
  }

  /// Neighbours of one width are one segment.
  private static func append(
    _ name: String, _ parts: [(length: Int, width: RingWidth)], to segments: inout [Segment]
  ) {
    var pending: (length: Int, width: RingWidth)?
    for part in parts {
      if let known = pending, known.width == part.width {
        pending = (known.length + part.length, part.width)
      } else {
        if let pending { segments.append(.words(name, length: pending.length, width: pending.width)) }
        pending = part
      }
    }
    if let pending { segments.append(.words(name, length: pending.length, width: pending.width)) }
  }
}
