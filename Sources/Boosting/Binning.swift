/// The bins of all features that trees may use, known to the coordinator and the sites alike.
package struct Binning: Hashable, Sendable, Codable {
  package let features: [FeatureBins]

  package init(_ features: [FeatureBins]) { self.features = features }
}

/// Which features a tree uses, and where their cells lie in its histograms.
package struct HistogramLayout: Hashable, Sendable, Codable {
  /// Places in the binning, ascending.
  package let features: [Int]
  /// The first cell of each, and at the end the number of cells.
  package let starts: [Int]
  /// Of each feature, `j` where `2^j` neighbouring bins are one cell.
  let joined: [Int]
  /// Of each feature, bins without that of missing values.
  let bins: [Int]

  /// - Parameter most: cells that a number's values may have; neighbouring bins are joined to that end.
  package init(_ binning: Binning, features: [Int], most: Int = .max) {
    self.features = features
    joined = features.map { binning.features[$0].joined(toAtMost: most) }
    bins = features.map { binning.features[$0].bins }
    var starts = [0]
    for (feature, joined) in zip(features, joined) {
      starts.append((starts.last ?? 0) + binning.features[feature].cells(joined: joined))
    }
    self.starts = starts
  }

  /// Cells of the values of the feature at a place.
  func valueCells(_ place: Int) -> Int {
    min(starts[place + 1] - starts[place], (bins[place] - 1) >> joined[place] + 1)
  }

  /// The same features, with as many bins joined as in another layout or more.
  func joins(_ finer: HistogramLayout) -> Bool {
    features == finer.features && zip(joined, finer.joined).allSatisfy { $0 >= $1 }
  }

  package var cells: Int { starts.last ?? 0 }

  /// The features that a round's tree draws: as many as the share says, those of the least hashes.
  package init(_ binning: Binning, share: Double, seed: UInt64, round: Int, tree: Int) {
    let all = Array(binning.features.indices)
    guard share < 1 else {
      self.init(binning, features: all)
      return
    }
    let stream = 0x636f_6c73_0000_0000 ^ (UInt64(round) << 16 | UInt64(tree))
    let draws = all.map { (KeyedHash.draw(seed, stream, UInt64($0)), $0) }.sorted { $0 < $1 }
    let count = max(1, Int((share * Double(all.count)).rounded()))
    self.init(binning, features: draws.prefix(count).map { $0.1 }.sorted())
  }
}
