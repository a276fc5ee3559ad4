/// Writes the histograms of a step's nodes as a site sends them. Some features of a node are one part of the work, and
/// parts may be done at once: each writes cells of its own.
struct HistogramWriter {
  /// The drawn features of one word.
  private struct Eight: Sendable {
    /// Of a row.
    let word: Int
    /// Places in the layout.
    let places: Range<Int>
    /// The features' places in the word.
    let lanes: [Int]
  }

  private struct Part: Sendable {
    let block: Int
    let eights: [Eight]
  }

  /// Rows whose bins are brought side by side at a time: they and the cells stay in a second-level cache.
  private static let rows = 2048

  private let blocks: [TreeQuery.Block]
  private let trees: [SiteTree]
  private let binned: BinnedRows
  private let workers: Workers
  private let parts: [Part]

  init(_ blocks: [TreeQuery.Block], trees: [SiteTree], binned: BinnedRows, workers: Workers) {
    self.blocks = blocks
    self.trees = trees
    self.binned = binned
    self.workers = workers
    parts = blocks.indices.flatMap { block in
      let eights = Self.eights(blocks[block].layout.features)
      return workers.ranges(of: eights.count).map { Part(block: block, eights: Array(eights[$0])) }
    }
  }

  private static func eights(_ features: [Int]) -> [Eight] {
    var eights: [Eight] = []
    var first = 0
    while first < features.count {
      let word = features[first] / BinnedRows.lanes
      let end = features[first...].firstIndex { $0 / BinnedRows.lanes != word } ?? features.count
      eights.append(
        Eight(word: word, places: first..<end, lanes: features[first..<end].map { $0 % BinnedRows.lanes }))
      first = end
    }
    return eights
  }

  /// - Parameters:
  ///   - lists: a number for each row, one list a tree.
  ///   - spacing: elements that are left free after each node's cells.
  ///   - isPacked: whether a sum is one of words, which travel as narrow as the node's rows allow.
  /// - Returns: where the next element goes.
  func write(
    _ lists: [[UInt64]], to start: UnsafeMutablePointer<UInt64>, spacing: Int, isPacked: Bool
  ) -> UnsafeMutablePointer<UInt64> {
    var starts = [start]
    for block in blocks { starts.append(starts[starts.count - 1] + block.layout.cells + spacing) }
    let shared = Shared(starts)
    workers(parts.count) { number in
      let part = parts[number]
      let block = blocks[part.block]
      let cells = part.eights.count * HistogramBuilder.cells
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, cells)) { cells in
        guard let cells = cells.baseAddress else { return }
        sum(part, lists[block.tree], into: cells)
        put(part, cells, to: shared.value[part.block], isPacked ? block.format : nil)
      }
    }
    return starts[starts.count - 1]
  }

  /// The sums of a node's rows, `HistogramBuilder.cells` for each eight.
  private func sum(_ part: Part, _ list: [UInt64], into cells: UnsafeMutablePointer<UInt64>) {
    cells.initialize(repeating: 0, count: part.eights.count * HistogramBuilder.cells)
    let block = blocks[part.block]
    let tree = trees[block.tree]
    let range = tree.ranges[block.node]
    let count = min(Self.rows, range.count)
    guard count > 0 else { return }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: (part.eights.count + 1) * count) { room in
      guard let words = room.baseAddress else { return }
      let bins = words + count
      var next = range.lowerBound
      while next < range.upperBound {
        let now = next..<min(next + count, range.upperBound)
        tree.order.withUnsafeBufferPointer { order in
          let order = tree.isWhole ? nil : UnsafeBufferPointer(rebasing: order[now])
          gather(part, list, now, order, words: words, bins: bins, spacing: count)
        }
        for (place, eight) in part.eights.enumerated() {
          HistogramBuilder.add(
            to: cells + place * HistogramBuilder.cells, lanes: eight.lanes, bins: bins + place * count,
            words: words, count: now.count)
        }
        next = now.upperBound
      }
    }
  }

  /// Brings some rows' numbers and bins side by side. Nothing waits for what a cell holds, so that many rows are on
  /// their way from memory at once.
  private func gather(
    _ part: Part, _ list: [UInt64], _ rows: Range<Int>, _ order: UnsafeBufferPointer<UInt32>?,
    words: UnsafeMutablePointer<UInt64>, bins: UnsafeMutablePointer<UInt64>, spacing: Int
  ) {
    let (eights, stride, first) = (part.eights.map(\.word), binned.stride, binned.first)
    eights.withUnsafeBufferPointer { eights in
      list.withUnsafeBufferPointer { list in
        binned.words.withUnsafeBufferPointer { all in
          for place in 0..<rows.count {
            let row = order.map { Int($0[place]) } ?? rows.lowerBound &+ place
            words[place] = list[row]
            let start = first &+ row &* stride
            var slot = place
            for word in eights {
              bins[slot] = all[start &+ word]
              slot &+= spacing
            }
          }
        }
      }
    }
  }

  /// Sums up neighbouring bins where they stand.
  private static func join(_ cells: UnsafeMutablePointer<UInt64>, _ layout: HistogramLayout, _ place: Int) {
    let (bins, shift) = (layout.bins[place], layout.joined[place])
    let missing = cells[bins]
    for cell in 0..<layout.valueCells(place) {
      var sum: UInt64 = 0
      for bin in cell << shift..<min((cell + 1) << shift, bins) { sum &+= cells[bin] }
      cells[cell] = sum
    }
    cells[layout.valueCells(place)] = missing
  }

  private func put(
    _ part: Part, _ cells: UnsafeMutablePointer<UInt64>, to start: UnsafeMutablePointer<UInt64>,
    _ format: WordFormat?
  ) {
    let layout = blocks[part.block].layout
    for (number, eight) in part.eights.enumerated() {
      for (place, lane) in zip(eight.places, eight.lanes) {
        let from = cells + number * HistogramBuilder.cells + lane * HistogramBuilder.stride
        let (out, count) = (start + layout.starts[place], layout.starts[place + 1] - layout.starts[place])
        if layout.joined[place] > 0 { Self.join(from, layout, place) }
        if let format {
          for cell in 0..<count { (out + cell).initialize(to: format.packed(from[cell])) }
        } else {
          out.initialize(from: from, count: count)
        }
      }
    }
  }
}
