import Cohorts
import Preprocessing

/// Finds the cuts of all numbers at once, from counts of rows alone, over ranges that the dictionary names.
package struct CutSearch: Hashable, Sendable, Codable {
  /// Halvings of a range: cuts are then known to a millionth of it.
  private static let mostDepth = 20
  /// The rank of a cut is wrong by at most this share's reciprocal of the rows, or by the least count.
  private static let mostCells = 4096

  /// One for each feature that is left; nil for a categorical one.
  private var searches: [QuantileSearch?]

  init(_ frame: BoostingFrame, features: [Int], counts: BoostingCounts, leastCount: Int) {
    searches = features.indices.map { place in
      guard let domain = frame.domains[features[place]] else { return nil }
      let (range, depth) = Self.grid(domain)
      return QuantileSearch(
        range: range, rows: counts.rows - counts.missing[place], leastCount: leastCount, mostDepth: depth,
        mostCells: Self.mostCells)
    }
  }

  /// The range that is halved, and how often. Whole numbers stand in the middle of the last cells, so cuts
  /// lie between them; the ends of other ranges are rounded outwards, as their values may have been.
  private static func grid(_ domain: BoostingFrame.Domain) -> (ValueRange, Int) {
    let (lower, upper) = (domain.range.lower, domain.range.upper)
    if domain.isWhole, upper - lower < 0x1p20 {
      let first = lower.rounded(.up)
      var depth = 1
      while Double(1 << depth) < upper.rounded(.down) - first + 1 { depth += 1 }
      if let range = ValueRange(lower: first - 0.5, upper: first - 0.5 + Double(1 << depth)) {
        return (range, depth)
      }
    }
    let outer = ValueRange(
      lower: Double(FloatCut.atMost(lower)), upper: Double(FloatCut.atLeast(upper)))
    return (outer ?? domain.range, mostDepth)
  }

  /// Questions that are asked now.
  var length: Int { searches.reduce(0) { $0 + ($1?.questions.count ?? 0) } }

  /// A site's counts, from its columns in order.
  func answer(_ columns: [SortedColumn?]) -> [UInt64] {
    var counts: [UInt64] = []
    for (search, column) in zip(searches, columns) {
      guard let search, let column else { continue }
      column.countRows(in: search.questions, into: &counts)
    }
    return counts
  }

  mutating func absorb(_ counts: [Double]) -> Bool {
    var rest = counts[...]
    for index in searches.indices {
      guard let length = searches[index]?.questions.count else { continue }
      guard searches[index]?.absorb(rest.prefix(length).map { Int($0) }) == true else { return false }
      rest = rest.dropFirst(length)
    }
    return true
  }

  /// The bins of each feature, when nothing is left to ask.
  func bins(
    _ features: [Int], _ sparse: [Int: SparseValues], counts: BoostingCounts, mostBins: Int, leastCount: Int
  ) -> [FeatureBins] {
    features.indices.map { place in
      let (feature, missing) = (features[place], counts.missing[place])
      guard let search = searches[place] else {
        let levels = counts.levels[place]
        let few = sparse[feature]?.levels ?? []
        let isRare = levels.indices.map { levels[$0] < leastCount || few.contains($0) }
        var next: UInt8 = 0
        var places = isRare.map { isRare -> UInt8? in
          guard !isRare else { return nil }
          defer { next += 1 }
          return next
        }
        let stand = sparse[feature]?.level.flatMap { places[$0] }
        for level in few { places[level] = stand }
        let rare = zip(levels, isRare).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
        return FeatureBins(
          feature: feature, rule: .levels(places), hasMissing: missing + rare > 0,
          missingCountsAs: sparse[feature]?.lacksRows == true ? stand : nil)
      }
      return FeatureBins(
        feature: feature, rule: .cuts(Self.cuts(search.cells, mostBins: mostBins)), hasMissing: missing > 0)
    }
  }

  /// Cuts between cells, so that bins have about as many rows each: a bin is closed where the next cell would
  /// take it farther beyond its share of what is left than it is now short of it.
  static func cuts(_ cells: [QuantileSearch.Cell], mostBins: Int) -> [Float] {
    var cuts: [Float] = []
    var left = cells.reduce(0) { $0 + $1.rows }
    var rows = 0
    for (place, cell) in cells.enumerated().dropLast() {
      rows += cell.rows
      let bins = mostBins - cuts.count
      guard bins > 1 else { break }
      let cellsLeft = cells.count - place
      let isClosed = cellsLeft <= bins || (2 * rows + cells[place + 1].rows) * bins > 2 * left
      guard isClosed else { continue }
      cuts.append(FloatCut.atLeast(cell.upper))
      left -= rows
      rows = 0
    }
    // Cuts that are one number of 32 bits are one cut.
    return cuts.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}
