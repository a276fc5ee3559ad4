/// Adds rows' words into the cells of their bins.
enum HistogramBuilder {
  /// Cells of a feature in memory: any byte has one, whatever the bins.
  static let stride = 256
  /// Cells of the features of one word: 16 KiB, half of a first-level cache.
  static let cells = BinnedRows.lanes * stride

  /// From so many features on it is as quick to add to all eight.
  private static let fewest = 4

  /// Adds the words of rows to the cells of some of eight features: a row's bins are read once, and its additions do
  /// not wait for each other.
  ///
  /// - Parameters:
  ///   - cells: `stride` for each of eight features. Those of others than `lanes` may change, too.
  ///   - lanes: places of the features in a word.
  ///   - bins: the eight bins of each row.
  ///   - words: one for each row.
  static func add(
    to cells: UnsafeMutablePointer<UInt64>, lanes: [Int], bins: UnsafePointer<UInt64>,
    words: UnsafePointer<UInt64>, count: Int
  ) {
    if lanes.count >= fewest {
      for row in 0..<count { addEight(to: cells, bins[row], words[row]) }
    } else {
      for lane in lanes {
        let (cells, shift) = (cells + lane * stride, UInt64(8 * lane))
        for row in 0..<count { cells[Int(bins[row] &>> shift & 255)] &+= words[row] }
      }
    }
  }

  @inline(__always)
  private static func addEight(to cells: UnsafeMutablePointer<UInt64>, _ bins: UInt64, _ word: UInt64) {
    cells[Int(bins & 255)] &+= word
    cells[stride + Int(bins &>> 8 & 255)] &+= word
    cells[2 * stride + Int(bins &>> 16 & 255)] &+= word
    cells[3 * stride + Int(bins &>> 24 & 255)] &+= word
    cells[4 * stride + Int(bins &>> 32 & 255)] &+= word
    cells[5 * stride + Int(bins &>> 40 & 255)] &+= word
    cells[6 * stride + Int(bins &>> 48 & 255)] &+= word
    cells[7 * stride + Int(bins &>> 56)] &+= word
  }
}
