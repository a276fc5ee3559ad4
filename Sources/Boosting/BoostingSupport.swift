import Preprocessing
import Queries

/// At how many sites the outcome and each feature vary, rows lack a feature, and each level occurs, in each block of
/// sites that the plan's validation tells apart: what one or two sites of a block have gets no cell of its own.
extension BoostingPreparation {
  package static var supportName: String { "boosting-support" }

  private var levelledFeatures: [(feature: Int, levels: [String])] {
    features.compactMap { feature in frame.features[feature].categories.map { (feature, $0) } }
  }

  private var rowNumbers: [String] {
    [frame.specification.weight, frame.specification.exposure].compactMap(\.self)
  }

  var supportQuery: Query {
    func sites(_ name: String, _ length: Int) -> Segment {
      .fitting(name, length: length, bound: frame.sites.count)
    }
    let blocks = frame.blocks.count
    return Query(
      name: Self.supportName, parameters: [],
      segments: [
        sites("sites-with-a-higher-least-count", Self.mostAbove),
        sites("sites-where-the-outcome-occurs", blocks * frame.outcomesToOccur),
        sites("sites-where-it-varies", blocks * features.count),
        sites("sites-where-some-lack-it", blocks * features.count),
        sites("sites-where-most-lack-it", blocks * features.count),
        sites("sites-where-it-occurs", blocks * levelledFeatures.reduce(0) { $0 + $1.levels.count }),
        sites("sites-by-weights", blocks * RowNumbers.flagCount * rowNumbers.count),
      ].filter { $0.length > 0 }, isVerified: true)
  }

  /// At a site, the elements of `supportQuery`.
  func support(of rows: BoostingRows, site: String, leastCount: Int) -> [UInt64] {
    let above = min(leastCount - frame.leastCount, Self.mostAbove)
    let columns = features.map { rows.columns[$0] }
    let missing = columns.map { $0.count(where: \.isNaN) }
    let occurring = levelledFeatures.map { feature, levels in
      let found = Set(rows.columns[feature])
      return levels.indices.map { found.contains(Float($0)) }
    }
    let flags: [Bool] =
      frame.occurring(rows.outcome) + columns.map(Self.varies) + missing.map { $0 > 0 }
      + missing.map { 2 * $0 > rows.count } + occurring.joined() + rows.numberFlags(frame.specification)
    let own = frame.blocks.map { $0.contains(site) }
    return (0..<Self.mostAbove).map { $0 < above ? 1 : 0 }
      + flags.flatMap { flag in own.map { flag && $0 ? 1 : 0 } }
  }

  private static func varies(_ column: [Float]) -> Bool {
    guard let first = column.first(where: { !$0.isNaN }) else { return false }
    return column.contains { !$0.isNaN && $0 != first }
  }

  mutating func absorbSupport(_ sum: QuerySum) throws(AnalysisError) {
    guard sum.values.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else {
      throw Self.impossible("counts of sites")
    }
    leastCount = frame.leastCount + sum.values[0].reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
    let blocks = frame.blocks.map(\.count)
    var counts = sum.values.dropFirst().map { SharedBy.list($0.map { Int($0) }, blocks)[...] }
    if let few = counts[0].first(where: { !$0.isByEnough }) {
      throw AnalysisError(
        .tooFewSites,
        "“\(frame.specification.outcome)” has \(frame.wordsForOutcome) at \(few.fewest) sites\(frame.ofAGroup); "
          + "at least \(frame.leastFillingSites) must share it", advice: "choose another outcome or filter")
    }
    let numbers = try rowNumberSupport(rowNumbers.isEmpty ? [] : counts.removeLast())
    outcomeSupport = (counts[0].map(\.fewest) + numbers).min()
    for (place, feature) in features.enumerated() {
      let length = frame.features[feature].categories?.count
      let levels = length.map { Array(counts[4].prefix($0)) }
      if let length { counts[4] = counts[4].dropFirst(length) }
      share(feature, varying: counts[1][place], lacking: counts[2][place], mostly: counts[3][place], levels)
    }
    try checkFeatures()
    stage = .counts
  }

  private func rowNumberSupport(_ flags: ArraySlice<SharedBy>) throws(AnalysisError) -> [Int] {
    var found: [Int] = []
    for (place, name) in rowNumbers.enumerated() {
      let own = flags.dropFirst(place * RowNumbers.flagCount).prefix(RowNumbers.flagCount)
      for (block, sites) in frame.blocks.enumerated() {
        let support = try RowNumbers.support(
          own.map { $0.sites[block] }, named: name, sitesInAll: sites.count)
        if let support { found.append(support) }
      }
    }
    return found
  }

  /// - Parameter levels: sites of each level; nil for a number.
  private mutating func share(
    _ feature: Int, varying: SharedBy, lacking: SharedBy, mostly: SharedBy, _ levels: [SharedBy]?
  ) {
    let least = frame.leastFillingSites
    guard varying.isByEnough else {
      return leaveOut(feature, "varies at \(varying.fewest) sites\(frame.ofAGroup)")
    }
    let names = frame.features[feature].categories ?? []
    let sites = levels ?? []
    let shared = sites.indices.filter { sites[$0].isByEnough }
    // Of equals the later, as in regressions: counted as two levels in two plans its rows would follow from both.
    let level = shared.reversed().min { sites[$0].all < sites[$1].all }
    guard levels == nil || level != nil else {
      return leaveOut(feature, "has no level that occurs at \(least) sites\(frame.ofAGroup)")
    }
    guard levels != nil || !lacking.isByFew || mostly.all == 0 else {
      return leaveOut(
        feature, "is missing at under \(least) sites\(frame.ofAGroup), and at some in most rows")
    }
    let found = SparseValues(
      lacksRows: lacking.isByFew, levels: sites.indices.filter { sites[$0].isByFew },
      level: level)
    let stand = level.map { "as “\(names[$0])”" } ?? "as the values of other rows of the site"
    let name = frame.features[feature].name
    if found.lacksRows {
      notes.append(
        DesignNote(.merged, name, "missing counts \(stand): under \(least) sites\(frame.ofAGroup) lack it"))
    }
    if !found.levels.isEmpty {
      let few = found.levels.map { "“\(names[$0])”" }.joined(separator: ", ")
      notes.append(
        DesignNote(.merged, name, "\(few) counts \(stand): under \(least) sites\(frame.ofAGroup) have it"))
    }
    if found.lacksRows || !found.levels.isEmpty { sparse[feature] = found }
    let hasOwnMissing = lacking.all > 0 && !lacking.isByFew
    if hasOwnMissing { lackedFeatures.insert(feature) }
    filling[feature] =
      (sites.compactMap { $0.isByFew ? nil : $0.fewestOfSome }
      + [varying, lacking].compactMap { $0.isByFew ? nil : $0.fewestOfSome }).min()
  }
}

extension BoostingRows {
  fileprivate func numberFlags(_ plan: BoostingSpecification) -> [Bool] {
    (plan.weight == nil ? [] : RowNumbers.flags(weights, someHaveNone: someHaveNone.weight))
      + (plan.exposure == nil ? [] : RowNumbers.flags(exposure, someHaveNone: someHaveNone.exposure))
  }
}

/// How many sites of each block have something.
private struct SharedBy {
  let sites: [Int]
  let blocks: [Int]

  /// - Parameter counts: one a block, for one thing after the other.
  static func list(_ counts: [Int], _ blocks: [Int]) -> [SharedBy] {
    stride(from: 0, to: counts.count, by: blocks.count).map {
      SharedBy(sites: Array(counts[$0..<$0 + blocks.count]), blocks: blocks)
    }
  }

  var all: Int { sites.reduce(0, +) }
  /// In some block under three have it, but some do.
  var isByFew: Bool { zip(sites, blocks).contains { $0 > 0 && $0 < min($1, 3) } }
  /// In each block three have it, or all of fewer.
  var isByEnough: Bool { zip(sites, blocks).allSatisfy { $0 >= min($1, 3) } }
  /// Of the block where the fewest have it.
  var fewest: Int { sites.min() ?? 0 }
  /// Of those blocks where some have it; nil where none does.
  var fewestOfSome: Int? { sites.filter { $0 > 0 }.min() }
}

extension BoostingFrame {
  /// The sites that the plan's validation tells apart: all together, or each group and those in none.
  fileprivate var blocks: [[String]] {
    guard case .groups(let groups)? = specification.validation else { return [sites] }
    let left = sites.filter { site in !groups.contains { $0.contains(site) } }
    return left.isEmpty ? groups : groups + [left]
  }

  fileprivate var ofAGroup: String { blocks.count > 1 ? " of a group" : "" }

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
