import Preprocessing

/// A column's numbers in ascending order, for counting rows between any two cuts.
struct SortedColumn: Sendable {
  /// Order-preserving images of the numbers, without what is missing.
  private let keys: ArraySlice<UInt32>

  /// Columns share one block of memory: so large a one goes back to the system with the last of them, whichever thread
  /// sorted it, where columns of their own would stay in the heaps of the threads that made them.
  ///
  /// - Parameter columns: NaN where missing.
  static func all(_ columns: [[Float]], _ workers: Workers = .one) -> [SortedColumn] {
    let starts = columns.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let total = starts[columns.count]
    var counts: [Int] = []
    let keys = [UInt32](unsafeUninitializedCapacity: total) { keys, count in
      let shared = Shared(keys)
      counts = workers.map(columns.count) { place in
        let own = UnsafeMutableBufferPointer(rebasing: shared.value[starts[place]..<starts[place + 1]])
        return Self.sort(columns[place], into: own)
      }
      count = total
    }
    return zip(starts, counts).map { SortedColumn(keys: keys[$0..<$0 + $1]) }
  }

  /// Adds to `counts` the rows of each interval. Intervals rise, so each is sought from where the last one ended.
  func countRows(in intervals: [QuantileSearch.Interval], into counts: inout [UInt64]) {
    keys.withUnsafeBufferPointer { keys in
      var place = 0
      for interval in intervals {
        let first = Self.place(of: Self.key(FloatCut.atLeast(interval.lower)), in: keys, from: place)
        place = Self.place(of: Self.key(FloatCut.atLeast(interval.upper)), in: keys, from: first)
        counts.append(UInt64(place - first))
      }
    }
  }

  /// The first place from `start` on whose key is not below `key`, by steps that double and a bisection of the last.
  private static func place(of key: UInt32, in keys: UnsafeBufferPointer<UInt32>, from start: Int) -> Int {
    var (low, step) = (start, 1)
    while low + step <= keys.count, keys[low + step - 1] < key {
      low += step
      step *= 2
    }
    var high = min(low + step, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Rises with the number; -0 is 0.
  @inline(__always)
  static func key(_ value: Float) -> UInt32 {
    let bits = (value + 0).bitPattern
    return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
  }

  /// Writes a column's keys in ascending order, then zeros for what is missing.
  ///
  /// - Parameter sorted: room for as many as there are rows.
  /// - Returns: how many keys there are.
  private static func sort(_ column: [Float], into sorted: UnsafeMutableBufferPointer<UInt32>) -> Int {
    sorted.initialize(repeating: 0)
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(column.count, 1)) { other in
      var count = 0
      for value in column where !value.isNaN {
        other[count] = key(value)
        count += 1
      }
      let (keys, other) = (sorted[..<count], other[..<count])
      // From one to the other and back, so that the last of three passes writes where the keys are to be.
      pass(UnsafeBufferPointer(rebasing: other), to: UnsafeMutableBufferPointer(rebasing: keys), by: 0)
      pass(UnsafeBufferPointer(rebasing: keys), to: UnsafeMutableBufferPointer(rebasing: other), by: 11)
      pass(UnsafeBufferPointer(rebasing: other), to: UnsafeMutableBufferPointer(rebasing: keys), by: 22)
      return count
    }
  }

  /// One pass of a radix sort, 11 bits of the key.
  private static func pass(
    _ keys: UnsafeBufferPointer<UInt32>, to other: UnsafeMutableBufferPointer<UInt32>, by shift: UInt32
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2049) { places in
      places.initialize(repeating: 0)
      for key in keys { places[Int(key >> shift & 2047) + 1] += 1 }
      for digit in 1..<2049 { places[digit] += places[digit - 1] }
      for key in keys {
        let digit = Int(key >> shift & 2047)
        other[places[digit]] = key
        places[digit] += 1
      }
    }
  }
}

/// Cuts between numbers of 32 bits.
enum FloatCut {
  /// The least `Float` that is not below a cut: the same numbers are below both.
  static func atLeast(_ cut: Double) -> Float {
    let near = Float(cut)
    return Double(near) < cut ? near.nextUp : near
  }

  static func atMost(_ cut: Double) -> Float {
    let near = Float(cut)
    return Double(near) > cut ? near.nextDown : near
  }
}
