/// How the values of one feature become bins, of one byte each: `0 ..< bins` for values, `bins` for what is
/// missing, not applicable, or a level with fewer rows than the least count. What too few sites have shares the bin of
/// a level that enough have.
package struct FeatureBins: Hashable, Sendable, Codable {
  package enum Rule: Hashable, Sendable, Codable {
    /// Ascending; a value is in the bin of as many cuts as are not above it.
    case cuts([Float])
    /// The bin of each level, which several may share; nil for one that counts as missing.
    case levels([UInt8?])
  }

  /// Place in the plan's features.
  package let feature: Int
  package let rule: Rule
  /// Without that of missing values; 1 to 255.
  package let bins: Int
  /// Whether any row of the federation is in the bin of missing values.
  package let hasMissing: Bool
  /// The bin of the level that missing values count as where too few sites lack a categorical feature; nil where they are
  /// in that of missing values, or there are none.
  package let missingCountsAs: UInt8?

  package init(feature: Int, rule: Rule, hasMissing: Bool, missingCountsAs: UInt8? = nil) {
    self.feature = feature
    self.rule = rule
    self.hasMissing = hasMissing
    self.missingCountsAs = missingCountsAs
    // Levels that count as another have its bin.
    bins =
      switch rule {
      case .cuts(let cuts): cuts.count + 1
      case .levels(let places): Set(places.compactMap(\.self)).count
      }
  }

  package var isCategorical: Bool { if case .levels = rule { true } else { false } }

  /// A histogram's cells.
  package var cells: Int { cells(joined: 0) }

  /// The same where each `2^joined` neighbouring bins of a number count as one.
  func cells(joined: Int) -> Int { valueCells(joined: joined) + (hasMissing ? 1 : 0) }

  /// Without that of missing values.
  func valueCells(joined: Int) -> Int { isCategorical ? bins : (bins - 1) >> joined + 1 }

  /// How far bins are joined so that at most so many are left.
  func joined(toAtMost most: Int) -> Int {
    var joined = 0
    while !isCategorical, valueCells(joined: joined) > max(most, 1) { joined += 1 }
    return joined
  }

  package var missingBin: UInt8 { UInt8(bins) }

  /// The bins of a column, NaN where missing.
  package func binned(_ column: [Float]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: column.count) { bins, count in
      bin(column, into: bins)
      count = column.count
    }
  }

  /// - Parameter bins: as many as the column has numbers, without a value yet.
  func bin(_ column: [Float], into bins: UnsafeMutableBufferPointer<UInt8>) {
    switch rule {
    case .cuts(let cuts): Self.bin(column, into: bins, cuts: cuts, missing: missingBin)
    case .levels(let places):
      for (row, value) in column.enumerated() {
        let place = Int(exactly: value).flatMap { places.indices.contains($0) ? places[$0] : nil }
        bins[row] = (value.isNaN ? missingCountsAs : place) ?? missingBin
      }
    }
  }

  /// A table by the first 16 bits of a number tells between which cuts to search.
  private static func bin(
    _ column: [Float], into bins: UnsafeMutableBufferPointer<UInt8>, cuts: [Float], missing: UInt8
  ) {
    var starts = [UInt8](repeating: UInt8(truncatingIfNeeded: cuts.count), count: 0x1_0001)
    var bucket = 0
    for (place, cut) in cuts.enumerated() {
      let next = Int(SortedColumn.key(cut) >> 16) + 1
      while bucket < next {
        starts[bucket] = UInt8(truncatingIfNeeded: place)
        bucket += 1
      }
    }
    starts.withUnsafeBufferPointer { starts in
      cuts.withUnsafeBufferPointer { cuts in
        column.withUnsafeBufferPointer { column in
          for row in column.indices {
            let value = column[row]
            let bucket = Int(SortedColumn.key(value) >> 16)
            var (low, high) = (Int(starts[bucket]), Int(starts[bucket + 1]))
            while low < high {
              let middle = (low + high) / 2
              if cuts[middle] <= value { low = middle + 1 } else { high = middle }
            }
            bins[row] = value.isNaN ? missing : UInt8(truncatingIfNeeded: low)
          }
        }
      }
    }
  }

  /// The rule of a model that a split of bins stands for. Where all values go left and what is missing right,
  /// the cut is beyond every value.
  package func rule(_ split: BinSplit) -> Tree.Rule {
    switch (rule, split.rule) {
    case (.cuts(let cuts), .upTo(let bin)):
      return .below(cut: bin < cuts.count ? cuts[bin] : .greatestFiniteMagnitude)
    case (.levels(let places), .among(let bins)):
      return .levels(
        places.indices.filter { level in places[level].map { bins.contains($0) } ?? split.missingGoesLeft })
    default: return .levels([])
    }
  }

  /// Whether a model sends rows that lack the feature left.
  package func sendsMissingLeft(_ split: BinSplit) -> Bool {
    missingCountsAs.map { split.sides(self)[Int($0)] } ?? split.missingGoesLeft
  }

  /// Whether a split names bins that there are, with at least one on each side.
  package func allows(_ split: BinSplit) -> Bool {
    switch (rule, split.rule) {
    case (.cuts(let cuts), .upTo(let bin)):
      return cuts.indices.contains(bin) || (hasMissing && bin == cuts.count && !split.missingGoesLeft)
    case (.levels, .among(let chosen)):
      return !chosen.isEmpty && zip(chosen, chosen.dropFirst()).allSatisfy(<)
        && chosen.allSatisfy { $0 < bins }
        && (chosen.count < bins || (hasMissing && !split.missingGoesLeft))
    default: return false
    }
  }
}

/// A split of a node by the bins of a feature.
package struct BinSplit: Hashable, Sendable, Codable {
  package enum Rule: Hashable, Sendable, Codable {
    /// Bins up to this one go left.
    case upTo(Int)
    /// These bins go left; ascending.
    case among([UInt8])
  }

  /// Place in the binning's features.
  package let feature: Int
  package let rule: Rule
  package let missingGoesLeft: Bool

  package init(feature: Int, rule: Rule, missingGoesLeft: Bool) {
    self.feature = feature
    self.rule = rule
    self.missingGoesLeft = missingGoesLeft
  }

  /// For each byte that a bin can be, whether it goes left.
  func sides(_ bins: FeatureBins) -> [Bool] {
    var sides = [Bool](repeating: false, count: 256)
    switch rule {
    case .upTo(let last): for bin in 0...min(max(last, 0), 255) { sides[bin] = true }
    case .among(let chosen): for bin in chosen { sides[Int(bin)] = true }
    }
    sides[Int(bins.missingBin)] = missingGoesLeft
    return sides
  }
}
