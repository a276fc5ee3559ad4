/// Tells by a header what stands between its names: what finds the most of the columns that are wanted, or
/// where that tells nothing, what makes the most cells.
struct DelimiterSearch {
  let wanted: [String]

  func delimiter(of text: [UInt8]) -> Dialect.Delimiter {
    let known = Set(wanted)
    var best = (delimiter: Dialect.Delimiter.comma, found: -1, cells: 0)
    for delimiter in Dialect.Delimiter.allCases {
      let names = Self.header(of: text, delimiter)
      let found = Set(names).intersection(known).count
      if (found, names.count) > (best.found, best.cells) { best = (delimiter, found, names.count) }
    }
    return best.delimiter
  }

  /// The cells of the first row that is not blank; empty where it cannot be read.
  private static func header(of text: [UInt8], _ delimiter: Dialect.Delimiter) -> [String] {
    var scan = RowScan(delimiter: delimiter)
    var start = 0
    do throws(RecordsProblem) {
      repeat {
        guard try scan.scan(text, from: start, line: 1, isWhole: true), scan.end > start else { return [] }
        start = scan.end
      } while scan.isBlank
    } catch {
      return []
    }
    return scan.cells.map { String(decoding: text[Cell.trimmed(text, $0)], as: UTF8.self) }
  }
}
