/// Adds rows' words into the cells of their bins.
enum HistogramBuilder {
  /// Cells of a feature in memory: any byte has one, whatever the bins.
  static let stride = 256

  /// Adds the words of rows to the cells of features, four features at a time, so that a word is read once
  /// for four additions that do not wait for each other.
  ///
  /// - Parameters:
  ///   - cells: `stride` for each of the features.
  ///   - bins: column after column of `count` bytes.
  ///   - rows: places of the rows; nil for all in their order.
  ///   - words: one for each of the rows, in the order of `rows`.
  static func add(
    to cells: UnsafeMutablePointer<UInt64>, features: ArraySlice<Int>, bins: UnsafePointer<UInt8>, count: Int,
    rows: UnsafeBufferPointer<UInt32>?, words: UnsafeBufferPointer<UInt64>
  ) {
    var cells = cells
    var rest = features
    while rest.count >= 4 {
      let first = rest.startIndex
      addFour(
        to: cells, bins + rest[first] * count, bins + rest[first + 1] * count, bins + rest[first + 2] * count,
        bins + rest[first + 3] * count, rows, words)
      cells += 4 * stride
      rest = rest.dropFirst(4)
    }
    for feature in rest {
      addOne(to: cells, bins + feature * count, rows, words)
      cells += stride
    }
  }

  @inline(__always)
  private static func addFour(
    to cells: UnsafeMutablePointer<UInt64>, _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>,
    _ third: UnsafePointer<UInt8>, _ fourth: UnsafePointer<UInt8>, _ rows: UnsafeBufferPointer<UInt32>?,
    _ words: UnsafeBufferPointer<UInt64>
  ) {
    let (other, another, last) = (cells + stride, cells + 2 * stride, cells + 3 * stride)
    if let rows {
      for place in 0..<words.count {
        let row = Int(rows[place])
        let word = words[place]
        cells[Int(first[row])] &+= word
        other[Int(second[row])] &+= word
        another[Int(third[row])] &+= word
        last[Int(fourth[row])] &+= word
      }
    } else {
      for row in 0..<words.count {
        let word = words[row]
        cells[Int(first[row])] &+= word
        other[Int(second[row])] &+= word
        another[Int(third[row])] &+= word
        last[Int(fourth[row])] &+= word
      }
    }
  }

  private static func addOne(
    to cells: UnsafeMutablePointer<UInt64>, _ bins: UnsafePointer<UInt8>,
    _ rows: UnsafeBufferPointer<UInt32>?,
    _ words: UnsafeBufferPointer<UInt64>
  ) {
    for place in 0..<words.count {
      let row = rows.map { Int($0[place]) } ?? place
      cells[Int(bins[row])] &+= words[place]
    }
  }
}
