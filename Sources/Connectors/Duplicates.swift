import Cohorts

/// Rows that are the same in everything that was read but the record key.
struct Duplicates {
  /// Values other than yes, no and levels that a row must have to be told from others.
  private static let leastNumbers = 4

  /// Rows that equal an earlier one with the same record key, and with another.
  private(set) var copies: [Int] = []
  private(set) var underOtherKeys: [Int] = []

  init(_ cohort: Cohort, variables: [Variable]) {
    var prints = [UInt64](repeating: 0, count: cohort.rowCount)
    var numbers = [UInt8](repeating: 0, count: cohort.rowCount)
    for variable in variables {
      switch cohort[variable.name] {
      case .numbers(let values):
        let counts = variable.kind.range != nil
        for row in values.indices {
          let isMissing = values[row].isNaN
          prints[row] = Self.mixed(prints[row], isMissing ? 1 : values[row].bitPattern)
          if counts && !isMissing && numbers[row] < .max { numbers[row] += 1 }
        }
      case .levels(let indices):
        for row in indices.indices {
          prints[row] = Self.mixed(prints[row], UInt64(bitPattern: Int64(indices[row])))
        }
      case nil: break
      }
    }
    var first: [UInt64: Int32] = [:]
    first.reserveCapacity(cohort.rowCount)
    for row in prints.indices where Int(numbers[row]) >= Self.leastNumbers {
      guard let earlier = first[prints[row]] else {
        first[prints[row]] = Int32(truncatingIfNeeded: row)
        continue
      }
      if cohort.patients[row] == cohort.patients[Int(earlier)] {
        copies.append(row)
      } else {
        underOtherKeys.append(row)
      }
    }
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ print: UInt64, _ value: UInt64) -> UInt64 {
    var value = (print ^ value) &+ 0x9e37_79b9_7f4a_7c15
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
