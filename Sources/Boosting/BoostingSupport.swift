import Preprocessing
import Queries

/// What too few sites have of a feature, and what it counts as.
package struct SparseValues: Hashable, Sendable, Codable {
  /// Whether rows lack the feature, but at too few sites.
  package let lacksRows: Bool
  /// Places of the levels that occur, but at too few sites.
  package let levels: [Int]
  /// Place of the level that all these count as; nil for a number, which counts as the lowest where it is missing.
  package let level: Int?

  /// The column as it is counted.
  func counted(_ column: [Float], lowest: Float) -> [Float] {
    let stand = level.map { Float($0) } ?? lowest
    let few = Set(levels.map { Float($0) })
    return column.map { value in (lacksRows && value.isNaN) || few.contains(value) ? stand : value }
  }
}

/// At how many sites the outcome and each feature vary, rows lack a feature, and each level occurs: a cell of a
/// histogram is not one that too few sites can fill.
extension BoostingPreparation {
  private var levelledFeatures: [(feature: Int, levels: [String])] {
    features.compactMap { feature in frame.features[feature].categories.map { (feature, $0) } }
  }

  package static var supportName: String { "boosting-support" }

  var supportQuery: Query {
    func sites(_ name: String, _ length: Int) -> Segment {
      .fitting(name, length: length, bound: frame.sites.count)
    }
    return Query(
      name: Self.supportName, parameters: [],
      segments: [
        sites("sites-where-it-varies", features.count),
        sites("sites-where-some-lack-it", features.count),
        sites("sites-where-the-outcome-occurs", frame.outcomesToOccur),
        sites("sites-with-a-higher-least-count", Self.mostAbove),
        sites("sites-where-it-occurs", levelledFeatures.reduce(0) { $0 + $1.levels.count }),
      ].filter { $0.length > 0 }, isVerified: true)
  }

  /// At a site, the elements of `supportQuery`.
  func support(of rows: BoostingRows, leastCount: Int) -> [UInt64] {
    let above = min(leastCount - frame.leastCount, Self.mostAbove)
    let occurring = levelledFeatures.map { feature, levels in
      let found = Set(rows.columns[feature])
      return levels.indices.map { found.contains(Float($0)) }
    }
    let flags =
      features.map { Self.varies(rows.columns[$0]) }
      + features.map { rows.columns[$0].contains(where: \.isNaN) }
      + frame.occurring(rows.outcome) + (0..<Self.mostAbove).map { $0 < above } + occurring.joined()
    return flags.map { $0 ? 1 : 0 }
  }

  private static func varies(_ column: [Float]) -> Bool {
    guard let first = column.first(where: { !$0.isNaN }) else { return false }
    return column.contains { !$0.isNaN && $0 != first }
  }

  mutating func absorbSupport(_ sum: QuerySum) throws(AnalysisError) {
    let counts = sum.values.map { $0.map { Int($0) } }
    let least = frame.leastFillingSites
    if let few = counts[2].first(where: { $0 < least }) {
      throw AnalysisError(
        .tooFewSites,
        "“\(frame.specification.outcome)” has \(frame.wordsForOutcome) at \(few) sites; at least \(least) must share it",
        advice: "choose another outcome or filter")
    }
    leastCount = frame.leastCount + counts[3].reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
    var levels = (counts.count > 4 ? counts[4] : [])[...]
    outcomeSupport = counts[2].min()
    for (place, feature) in features.enumerated() {
      let length = frame.features[feature].categories?.count
      defer { levels = levels.dropFirst(length ?? 0) }
      guard counts[0][place] >= least else {
        leaveOut(feature, "varies at \(counts[0][place]) sites")
        continue
      }
      share(
        feature, varying: counts[0][place], lacking: counts[1][place], length.map { Array(levels.prefix($0)) }
      )
    }
    try checkFeatures()
    stage = .counts
  }

  /// - Parameter levels: sites of each level; nil for a number.
  private mutating func share(_ feature: Int, varying: Int, lacking: Int, _ levels: [Int]?) {
    let least = frame.leastFillingSites
    let name = frame.features[feature].name
    let names = frame.features[feature].categories ?? []
    let sites = levels ?? []
    let shared = sites.indices.filter { sites[$0] >= least }
    // Of equals the first: the plan's order decides, and no number of rows.
    let level = shared.min { sites[$0] < sites[$1] }
    guard levels == nil || level != nil else {
      return leaveOut(feature, "has no level that occurs at \(least) sites")
    }
    let found = SparseValues(
      lacksRows: (1..<least).contains(lacking),
      levels: sites.indices.filter { (1..<least).contains(sites[$0]) },
      level: level)
    let stand = level.map { "as “\(names[$0])”" } ?? "as the lowest value"
    if found.lacksRows {
      notes.append(DesignNote(.merged, name, "missing counts \(stand): under \(least) sites lack it"))
    }
    if !found.levels.isEmpty {
      let few = found.levels.map { "“\(names[$0])”" }.joined(separator: ", ")
      notes.append(DesignNote(.merged, name, "\(few) counts \(stand): under \(least) sites have it"))
    }
    if found.lacksRows || !found.levels.isEmpty { sparse[feature] = found }
    if lacking >= least { lackedFeatures.insert(feature) }
    filling[feature] = (shared.map { sites[$0] } + [varying] + (lacking >= least ? [lacking] : [])).min()
  }
}

extension BoostingFrame {
  /// Of a number, and of a yes or no, whether it varies; of classes each.
  fileprivate var outcomesToOccur: Int { if case .classes(let levels) = target { levels.count } else { 1 } }

  fileprivate var wordsForOutcome: String {
    if case .classes = target { "a class that occurs" } else { "different values" }
  }

  fileprivate func occurring(_ outcome: [Double]) -> [Bool] {
    guard case .classes(let levels) = target else { return [outcome.contains { $0 != outcome.first }] }
    let found = Set(outcome)
    return levels.indices.map { found.contains(Double($0)) }
  }
}
