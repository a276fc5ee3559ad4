import Preprocessing

/// A column's numbers in ascending order, for counting rows between any two cuts.
struct SortedColumn: Sendable {
  /// Order-preserving images of the numbers, without what is missing.
  private let keys: [UInt32]

  /// - Parameter column: NaN where missing.
  init(_ column: [Float]) {
    var keys = column.filter { !$0.isNaN }.map(Self.key)
    var other = [UInt32](repeating: 0, count: keys.count)
    for shift in [UInt32(0), 11, 22] {
      Self.sort(keys, into: &other, by: shift)
      swap(&keys, &other)
    }
    self.keys = keys
  }

  var count: Int { keys.count }

  /// Whether there are two different numbers.
  var varies: Bool { keys.first != keys.last }

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

  /// One pass of a radix sort, 11 bits of the key.
  private static func sort(_ keys: [UInt32], into other: inout [UInt32], by shift: UInt32) {
    var places = [Int](repeating: 0, count: 2049)
    for key in keys { places[Int(key >> shift & 2047) + 1] += 1 }
    for digit in 1..<2049 { places[digit] += places[digit - 1] }
    for key in keys {
      let digit = Int(key >> shift & 2047)
      other[places[digit]] = key
      places[digit] += 1
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
