/// A site's rows as bins of one byte each, twice: column by column, to tell rows apart by one feature, and row by row,
/// eight features a word, so that all bins of a row come into the cache at once.
package struct BinnedRows: Sendable {
  package let count: Int
  /// Column after column, in the order of the binning's features.
  package let bins: [UInt8]
  /// Row after row, `stride` words each; the first feature is in a word's last byte, what is beyond the last one is 0.
  let words: [UInt64]
  /// Words from one row to the next: with up to 64 features a row lies in one line of the cache.
  let stride: Int
  /// The place of the first row in `words`.
  let first: Int

  /// Features of one word.
  static let lanes = 8
  /// Of a line of the cache.
  private static let lineWords = 8

  /// - Parameter columns: of all the plan's features.
  package init(_ binning: Binning, columns: [[Float]], rows: Int, workers: Workers = .one) {
    count = rows
    let features = binning.features
    let bins = [UInt8](unsafeUninitializedCapacity: rows * features.count) { all, count in
      let shared = Shared(all)
      workers(features.count) { place in
        features[place].bin(
          columns[features[place].feature],
          into: UnsafeMutableBufferPointer(rebasing: shared.value[place * rows..<(place + 1) * rows]))
      }
      count = rows * features.count
    }
    self.bins = bins
    let stride = Self.stride(features.count)
    self.stride = stride
    var first = 0
    words = [UInt64](unsafeUninitializedCapacity: rows * stride + Self.lineWords) { words, count in
      words.initialize(repeating: 0)
      count = words.count
      let start = words.baseAddress.map { Int(bitPattern: $0) / MemoryLayout<UInt64>.size } ?? 0
      first = (Self.lineWords - start % Self.lineWords) % Self.lineWords
      let shared = Shared(UnsafeMutableBufferPointer(rebasing: words[first..<first + rows * stride]))
      let ranges = workers.ranges(of: rows)
      workers(ranges.count) { part in Self.write(bins, of: rows, ranges[part], stride, to: shared.value) }
    }
    self.first = first
  }

  private static func stride(_ features: Int) -> Int {
    let used = max(1, (features + lanes - 1) / lanes)
    var stride = (used + lineWords - 1) / lineWords * lineWords
    while stride / 2 >= used { stride /= 2 }
    return stride
  }

  private static func write(
    _ bins: [UInt8], of count: Int, _ rows: Range<Int>, _ stride: Int,
    to words: UnsafeMutableBufferPointer<UInt64>
  ) {
    let columns = count > 0 ? bins.count / count : 0
    var next = rows.lowerBound
    while next < rows.upperBound {
      // Few enough rows to stay in a cache until all columns are there.
      let now = next..<min(next + 1024, rows.upperBound)
      bins.withUnsafeBufferPointer { bins in
        for place in 0..<columns {
          let (word, shift) = (place / lanes, UInt64(8 * (place % lanes)))
          let column = UnsafeBufferPointer(rebasing: bins[place * count..<(place + 1) * count])
          for row in now { words[row &* stride &+ word] |= UInt64(column[row]) &<< shift }
        }
      }
      next = now.upperBound
    }
  }
}

/// Runs parts of a computation, at once if the caller has the threads: what a part makes does not depend on
/// it.
package struct Workers: Sendable {
  package let count: Int
  private let run: @Sendable (_ parts: Int, _ body: @Sendable (Int) -> Void) -> Void

  /// - Parameter run: calls the body once for each part from 0, in any order, and returns when all are done.
  package init(count: Int, run: @escaping @Sendable (_ parts: Int, _ body: @Sendable (Int) -> Void) -> Void) {
    self.count = max(count, 1)
    self.run = run
  }

  package static let one = Workers(count: 1) { parts, body in
    for part in 0..<parts { body(part) }
  }

  package func callAsFunction(_ parts: Int, _ body: @Sendable (Int) -> Void) {
    if count == 1 || parts == 1 {
      for part in 0..<parts { body(part) }
    } else {
      run(parts, body)
    }
  }

  /// The halves, thirds … of a range, one for each worker.
  package func ranges(of length: Int) -> [Range<Int>] {
    let parts = max(1, min(count, length))
    return (0..<parts).map { length * $0 / parts..<length * ($0 + 1) / parts }
  }

  func map<Made: Sendable>(_ parts: Int, _ make: @Sendable (Int) -> Made) -> [Made] {
    var made = [Made?](repeating: nil, count: parts)
    made.withUnsafeMutableBufferPointer { buffer in
      let slots = Shared(buffer)
      self(parts) { slots.value[$0] = make($0) }
    }
    return made.compactMap(\.self)
  }
}

/// Memory that the parts of a computation share, each writing its own stretch of it.
struct Shared<Value>: @unchecked Sendable {
  nonisolated(unsafe) let value: Value

  init(_ value: Value) { self.value = value }
}
