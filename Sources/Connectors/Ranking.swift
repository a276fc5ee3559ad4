/// The rows of a column that have a value, in the order of their values.
struct Ranking {
  private static let digitBits: UInt64 = 11

  /// Ascending.
  private(set) var values: [Double]
  /// The row of each value.
  private(set) var rows: [UInt32]

  /// Sorts digit by digit, for a comparison a step would take most of the time of a report.
  ///
  /// - Parameter column: NaN where missing.
  init(_ column: [Double]) {
    var keys: [UInt64] = []
    rows = []
    keys.reserveCapacity(column.count)
    rows.reserveCapacity(column.count)
    for (row, value) in column.enumerated() where !value.isNaN {
      // Zero has one sign, and the order of the keys is that of the numbers.
      let bits = (value + 0.0).bitPattern
      keys.append(bits >> 63 == 0 ? bits | 1 << 63 : ~bits)
      rows.append(UInt32(truncatingIfNeeded: row))
    }
    var otherKeys = keys
    var otherRows = rows
    for shift in stride(from: 0, to: UInt64(64), by: Int(Self.digitBits)) {
      guard Self.sort(keys, rows, into: &otherKeys, &otherRows, shift: shift) else { continue }
      swap(&keys, &otherKeys)
      swap(&rows, &otherRows)
    }
    values = keys.map { Double(bitPattern: $0 >> 63 == 1 ? $0 & ~(1 << 63) : ~$0) }
  }

  /// - Returns: false, with nothing done, if all keys have the same digit.
  private static func sort(
    _ keys: [UInt64], _ rows: [UInt32], into otherKeys: inout [UInt64], _ otherRows: inout [UInt32],
    shift: UInt64
  ) -> Bool {
    let mask: UInt64 = 1 << digitBits - 1
    var starts = [Int](repeating: 0, count: Int(mask) + 1)
    for key in keys { starts[Int(key >> shift & mask)] += 1 }
    if starts.contains(keys.count) { return false }
    var next = 0
    for digit in starts.indices { (starts[digit], next) = (next, next + starts[digit]) }
    for (key, row) in zip(keys, rows) {
      let digit = Int(key >> shift & mask)
      otherKeys[starts[digit]] = key
      otherRows[starts[digit]] = row
      starts[digit] += 1
    }
    return true
  }

  /// Between two values linearly (Hyndman and Fan's type 7); nil where there is no value.
  func quantile(_ share: Double) -> Double? {
    guard let last = values.last else { return nil }
    let place = Double(values.count - 1) * share
    let index = Int(place)
    guard index + 1 < values.count else { return last }
    return values[index] + (place - Double(index)) * (values[index + 1] - values[index])
  }

  /// How well the column tells the outcome's rows from the others, ties counting half; nil where a class is empty
  /// or has fewer than `least` rows.
  ///
  /// - Parameter outcome: 0, 1, or -1 where missing.
  func areaUnderCurve(_ outcome: [Int8], least: Int) -> Double? {
    var (events, others, concordant) = (0, 0, 0.0)
    var index = 0
    while index < values.count {
      var (tiedEvents, tiedOthers) = (0, 0)
      let value = values[index]
      while index < values.count, values[index] == value {
        let label = outcome[Int(rows[index])]
        if label == 1 { tiedEvents += 1 } else if label == 0 { tiedOthers += 1 }
        index += 1
      }
      concordant += Double(tiedEvents) * (Double(others) + Double(tiedOthers) / 2)
      events += tiedEvents
      others += tiedOthers
    }
    guard min(events, others) >= max(least, 1) else { return nil }
    return concordant / (Double(events) * Double(others))
  }
}
