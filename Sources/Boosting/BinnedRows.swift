/// A site's rows as bins, column by column, one byte each.
package struct BinnedRows: Sendable {
  package let count: Int
  /// Column after column, in the order of the binning's features.
  package let bins: [UInt8]

  /// - Parameter columns: of all the plan's features.
  package init(_ binning: Binning, columns: [[Float]], rows: Int, workers: Workers = .one) {
    count = rows
    let made = workers.map(binning.features.count) { place in
      let bins = binning.features[place]
      return bins.binned(columns[bins.feature])
    }
    bins = Array(made.joined())
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
