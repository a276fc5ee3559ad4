import Cohorts

/// The record key of each row, packed, and how many rows each has.
struct RecordKeys {
  private struct Holder {
    let first: UInt32
    var last: UInt32
    var rows: UInt32
  }

  private let most: Int
  private var holders: [UInt64: Holder] = [:]
  private(set) var texts = PackedTexts()
  private(set) var patients: [UInt64] = []

  /// - Parameter most: the greatest number of rows that a patient may have.
  init(most: Int) { self.most = most }

  mutating func reserve(_ rows: Int) {
    patients.reserveCapacity(rows)
    holders.reserveCapacity(rows)
  }

  /// Takes the next row's key, which is not empty.
  ///
  /// - Returns: the earlier rows of the same key where there are as many already as may be.
  mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>
  ) -> (first: Int, last: Int)? {
    let text = UnsafeBufferPointer(rebasing: bytes[cell])
    let patient = PatientNumber.of(String(decoding: text, as: UTF8.self))
    let row = UInt32(truncatingIfNeeded: patients.count)
    if var holder = holders[patient] {
      if holder.rows >= most { return (Int(holder.first), Int(holder.last)) }
      holder.last = row
      holder.rows += 1
      holders[patient] = holder
    } else {
      holders[patient] = Holder(first: row, last: row, rows: 1)
    }
    patients.append(patient)
    texts.append(text)
    return nil
  }
}

/// Short texts in one buffer.
package struct PackedTexts: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  package init() {}

  package var count: Int { ends.count }

  package subscript(index: Int) -> String { String(decoding: utf8(index), as: UTF8.self) }

  package func utf8(_ index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }
}
