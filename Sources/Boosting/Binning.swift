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

  package init(_ binning: Binning, features: [Int]) {
    self.features = features
    var starts = [0]
    for feature in features { starts.append((starts.last ?? 0) + binning.features[feature].cells) }
    self.starts = starts
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
