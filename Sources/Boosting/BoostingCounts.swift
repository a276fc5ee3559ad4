import Queries

/// Sums over the federation that bins and first predictions rest on, exact whatever the split of the rows.
package struct BoostingCounts: Hashable, Sendable, Codable {
  /// Of one training set. Weights and outcomes are integers at the scales of `BoostingFrame`.
  package struct Totals: Hashable, Sendable, Codable {
    package let rows: Int
    package let weight: Int64
    /// Weight times outcome: of the event, of each class, or of the number.
    package let outcomes: [Int64]
    /// Weight times exposure.
    package let exposure: Int64
    /// Rows of the event, or of each class; empty for numbers.
    package let classRows: [Int]
  }

  /// Of all rows.
  package let whole: Totals
  /// One a training set, the whole model's first.
  package let sets: [Totals]
  /// Of each feature that is left, rows that lack it; 0 where what is missing counts as something else.
  package let missing: [Int]
  /// Of each feature that is left, rows of each level; empty for numbers.
  package let levels: [[Int]]

  package var rows: Int { whole.rows }
}

extension BoostingFrame {
  /// `weight · 2^weightScale`, rounded, is a row's integer weight, at most 2^20.
  var weightScale: Int { 20 - Self.exponent(greatestWeight) }

  /// Of weight times outcome or exposure, at most 2^26 a row.
  var outcomeScale: Int { 26 - Self.exponent(greatestWeight * max(target.greatest, greatestExposure)) }

  /// Rows of classes that are counted in each set.
  var countedClasses: Int { if case .number = target { 0 } else { target.classes } }

  private static func exponent(_ value: Double) -> Int { value.isNormal ? Int(value.exponent) + 1 : 0 }
}

extension BoostingPreparation {
  var countsQuery: Query {
    let sets = 1 + frame.trainingSets.count
    let most = frame.sites.count * frame.mostRowsPerSite
    let levels = features.reduce(0) { $0 + (frame.features[$1].categories?.count ?? 0) }
    return Query(
      name: "boosting-counts", parameters: [],
      segments: [
        .fitting("rows", length: sets, bound: most),
        .fitting("rows-of-classes", length: sets * frame.countedClasses, bound: most),
        .words("weights", length: sets, width: .full),
        .words("outcomes", length: sets * frame.classes, width: .full),
        .words("exposures", length: sets, width: .full),
        .fitting("rows-that-lack-it", length: features.count { lackedFeatures.contains($0) }, bound: most),
        .fitting("rows-of-levels", length: levels, bound: most),
      ].filter { $0.length > 0 }, isVerified: true)
  }

  func counts(of rows: BoostingRows, isTraining: [[Bool]]) -> [UInt64] {
    var totals: [[UInt64]] = [[], [], [], [], []]
    let weightFactor = Double(sign: .plus, exponent: frame.weightScale, significand: 1)
    let factor = Double(sign: .plus, exponent: frame.outcomeScale, significand: 1)
    for members in [[Bool](repeating: true, count: rows.count)] + isTraining {
      var count = 0
      var classRows = [UInt64](repeating: 0, count: frame.countedClasses)
      var weight: Int64 = 0
      var outcomes = [Int64](repeating: 0, count: frame.classes)
      var exposure: Int64 = 0
      for row in members.indices where members[row] {
        count += 1
        weight += Self.rounded(rows.weights[row] * weightFactor)
        exposure += Self.rounded(rows.weights[row] * rows.exposure[row] * factor)
        let outcome = rows.outcome[row]
        if case .classes = frame.target {
          outcomes[Int(outcome)] += Self.rounded(rows.weights[row] * factor)
          classRows[Int(outcome)] += 1
        } else {
          outcomes[0] += Self.rounded(rows.weights[row] * outcome * factor)
          if !classRows.isEmpty, outcome == 1 { classRows[0] += 1 }
        }
      }
      totals[0].append(UInt64(count))
      totals[1] += classRows
      totals[2].append(UInt64(bitPattern: weight))
      totals[3] += outcomes.map { UInt64(bitPattern: $0) }
      totals[4].append(UInt64(bitPattern: exposure))
    }
    let missing = features.filter(lackedFeatures.contains).map { feature in
      UInt64(rows.columns[feature].reduce(0) { $0 + ($1.isNaN ? 1 : 0) })
    }
    let levels = features.flatMap { feature -> [UInt64] in
      guard let levels = frame.features[feature].categories else { return [] }
      var counts = [UInt64](repeating: 0, count: levels.count)
      for value in rows.columns[feature] where !value.isNaN { counts[Int(value)] += 1 }
      return counts
    }
    return totals.joined() + missing + levels
  }

  private static func rounded(_ value: Double) -> Int64 {
    Int64(exactly: value.rounded(.toNearestOrEven)) ?? 0
  }

  /// - Returns: nil for sums that no records give.
  func counts(_ sum: QuerySum) -> BoostingCounts? {
    let names = countsQuery.segments.map(\.name)
    func whole(_ name: String) -> [Int] {
      names.firstIndex(of: name).map { sum.values[$0].map { Int($0) } } ?? []
    }
    func words(_ name: String) -> [Int64] {
      names.firstIndex(of: name).map { sum.words[$0].map { Int64(bitPattern: $0) } } ?? []
    }
    let (rows, classRows) = (whole("rows"), whole("rows-of-classes"))
    let (weights, outcomes, exposures) = (words("weights"), words("outcomes"), words("exposures"))
    let (counted, classes) = (frame.countedClasses, frame.classes)
    let sets = rows.indices.map { set in
      BoostingCounts.Totals(
        rows: rows[set], weight: weights[set], outcomes: Array(outcomes[set * classes..<(set + 1) * classes]),
        exposure: exposures[set], classRows: Array(classRows[set * counted..<(set + 1) * counted]))
    }
    var lacking = whole("rows-that-lack-it")[...]
    let missing = features.map { lackedFeatures.contains($0) ? lacking.popFirst() ?? 0 : 0 }
    var rest = whole("rows-of-levels")[...]
    let levels = features.map { feature -> [Int] in
      let count = frame.features[feature].categories?.count ?? 0
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    guard let all = sets.first, all.rows >= 0,
      sets.allSatisfy({ set in
        (0...all.rows).contains(set.rows) && set.weight >= 0 && set.exposure >= 0
          && set.classRows.allSatisfy((0...set.rows).contains) && set.classRows.reduce(0, +) <= set.rows
      }), missing.allSatisfy((0...all.rows).contains),
      zip(missing, levels).allSatisfy({ missing, levels in
        levels.allSatisfy((0...all.rows).contains)
          && (levels.isEmpty || levels.reduce(missing, +) == all.rows)
      })
    else { return nil }
    return BoostingCounts(whole: all, sets: Array(sets.dropFirst()), missing: missing, levels: levels)
  }
}

extension TreeFeature {
  /// The levels of a categorical feature; of an ordinal one nil, for it is compared as a number.
  var categories: [String]? {
    if case .categorical(let levels) = kind { levels } else { nil }
  }
}

extension Segment {
  /// Counts in the narrowest ring that has room for the bound.
  static func fitting(_ name: String, length: Int, bound: Int) -> Segment {
    let width = RingWidth(bits: (Quantisation.bits(bound) + 8) / 8 * 8) ?? .full
    return .counts(name, length: length, bound: bound, width: width)
  }
}
