import Preprocessing
import Queries

/// The parts of a validation and their preprocessing, from verified sums. Sums over training rows are the whole less
/// a part, so what holds for columns holds for every part: none of a column's rows, or the least count.
package struct Partition: Hashable, Sendable, Codable {
  package struct Frame: Hashable, Sendable, Codable {
    package let repeats: Int
    package let seed: UInt64
    /// What is tried, the best first.
    package let dealings: [Dealing]
    package let design: Design
    package let counts: Preparation.Counts
    package let standardisation: Standardisation
    package let sites: Int
    package let leastCount: Int
    package let hasSiteIntercepts: Bool
    /// Whether some sites are in no group, where groups of sites are left out.
    package let hasUngrouped: Bool

    package init(
      repeats: Int, seed: UInt64, dealings: [Dealing], preparation: Preparation,
      counts: Preparation.Counts, standardisation: Standardisation, hasUngrouped: Bool = false
    ) {
      self.hasUngrouped = hasUngrouped
      self.repeats = repeats
      self.seed = seed
      self.dealings = dealings
      design = preparation.design
      self.counts = counts
      self.standardisation = standardisation
      sites = preparation.frame.sites
      leastCount = preparation.frame.leastCount
      hasSiteIntercepts = preparation.frame.hasSiteIntercepts
    }

    /// How many sets of sites are told apart: the groups, and the sites in none; 0 where rows are dealt.
    var blocks: Int {
      guard let dealing = dealings.first(where: { $0.scheme == .sites }) else { return 0 }
      return dealing.parts + (hasUngrouped ? 1 : 0)
    }
  }

  /// A training set's rows and its own means and deviations, in units of the whole's.
  package struct TrainingSet: Hashable, Sendable, Codable {
    package let weight: Double
    package let weightedEvents: Double
    /// `z' = (z - mean) / deviation`, one for each of the partition's columns.
    package let means: [Double]
    package let deviations: [Double]
  }

  package enum Stage: Hashable, Sendable, Codable {
    /// Of groups of sites alone: what one or two sites of a group have is left out before anything is counted.
    case support
    case counts
    case moments(Dealing)
    case done(Dealing, [TrainingSet])
    /// Why there is no validation.
    case impossible(String)
  }

  package let frame: Frame
  package internal(set) var stage: Stage
  /// The design columns of the validated model, by their places.
  package private(set) var columns: [Int]
  /// At how few sites of a group a column of the validated model, or the outcome, varies; nil without groups.
  package internal(set) var leastSupport: Int?
  /// Why the others are not in it.
  private var reasons: [Int: String] = [:]

  package init(_ frame: Frame) {
    self.frame = frame
    columns = Array(frame.design.columns.indices)
    stage = frame.blocks > 0 ? .support : .counts
  }

  /// The design columns that the validated model is without, and why.
  package var leftOut: [(column: String, reason: String)] {
    frame.design.columns.enumerated().compactMap { place, column in
      reasons[place].map { (column.name, $0) }
    }
  }

  package func query() throws(AnalysisError) -> Query? {
    switch stage {
    case .support: return supportQuery
    case .counts:
      let parts = frame.repeats * frame.dealings.reduce(0) { $0 + $1.parts }
      return Query(
        name: "parts", parameters: [],
        segments: [
          .counts("part-rows", length: parts, bound: frame.counts.rows),
          .counts("part-events", length: parts, bound: frame.counts.rows),
          .counts("part-column-rows", length: parts * counted.count, bound: frame.counts.rows),
          .counts("sites-with-both-classes-outside", length: parts, bound: frame.sites),
        ].filter { $0.length > 0 }, isVerified: true)
    case .moments(let dealing):
      let sets = frame.repeats * dealing.parts
      let bound = 2 * frame.standardisation.weight
      return Query(
        name: "part-moments", parameters: [],
        segments: [
          try .reals("weights", length: 2 * sets, bound: bound, sites: frame.sites),
          try .reals(
            "weights-of-rows-that-have-it", length: sets * columns.count, bound: bound, sites: frame.sites),
          try .reals("sums", length: sets * columns.count, bound: bound, sites: frame.sites),
          try .reals("squares", length: sets * columns.count, bound: bound, sites: frame.sites),
        ], isVerified: true)
    case .done, .impossible: return nil
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    if let query = try query(), !sum.fits(query) {
      throw AnalysisError(
        .inconsistentSum, "the verified sums of parts are such as no records give",
        advice: "a site sends false numbers; ask the sites")
    }
    switch stage {
    case .support: absorbSupport(sum)
    case .counts: choose(PartCounts(sum, counted: counted.count))
    case .moments(let dealing): standardise(sum, dealing)
    case .done, .impossible: break
    }
  }

  /// Takes the dealing that leaves the fewest columns out. A missing indicator gives way before parts are joined:
  /// without it a missing value still counts as the mean, while fewer parts train every fit on fewer rows. For a
  /// level parts are joined.
  private mutating func choose(_ counts: PartCounts) {
    var best: (dealing: Dealing, broken: Set<Int>, cost: (columns: Int, parts: Int, indicators: Int))?
    var first = 0
    var reason = ""
    for dealing in frame.dealings {
      let places = first..<(first + frame.repeats * dealing.parts)
      first = places.upperBound
      if let problem = problem(in: places, counts, dealing) {
        reason = problem
        continue
      }
      let broken = broken(in: places, counts, dealing)
      let indicators = broken.count { frame.design.columns[$0].isMissingIndicator }
      let cost = (columns: broken.count - indicators, parts: -dealing.parts, indicators: indicators)
      if best.map({ cost < $0.cost }) ?? true { best = (dealing, broken, cost) }
    }
    guard let best, best.broken.count < columns.count else {
      stage = .impossible(reason.isEmpty ? "no column has enough rows in every part" : reason)
      return
    }
    leaveOut(best.broken, "some part has too few rows")
    stage = .moments(best.dealing)
  }

  mutating func leaveOut(_ places: Set<Int>, _ reason: String) {
    let design = frame.design
    let all = design.columns
    let names = Set(places.flatMap { design.withProducts(of: all[$0].name) })
    for place in columns where names.contains(all[place].name) { reasons[place] = reason }
    columns.removeAll { names.contains(all[$0].name) }
  }

  private func problem(in places: Range<Int>, _ counts: PartCounts, _ dealing: Dealing) -> String? {
    let whole = frame.counts
    for place in places {
      let (rows, events) = (counts.rows[place], counts.events[place])
      guard rows >= frame.leastCount, whole.rows - rows >= frame.leastCount else {
        return "some part has under \(frame.leastCount) rows"
      }
      guard isFull(events), isFull(rows - events), whole.events - events >= frame.leastCount,
        whole.rows - rows - (whole.events - events) >= frame.leastCount
      else { return "some part has under \(frame.leastCount) rows of one outcome" }
      let trainable = counts.trainableSites[place]
      guard
        !(frame.hasSiteIntercepts || dealing.scheme == .sites) || trainable >= Preparation.leastFillingSites
      else {
        return "some part leaves both outcomes at under \(Preparation.leastFillingSites) sites"
      }
    }
    return nil
  }

  private func isFull(_ rows: Int) -> Bool { rows == 0 || rows >= frame.leastCount }

  private func broken(in places: Range<Int>, _ counts: PartCounts, _ dealing: Dealing) -> Set<Int> {
    let counted = counted
    let broken = counted.enumerated().filter { index, entry in
      let total = frame.counts.rows(of: entry.column) ?? 0
      return places.contains { place in
        let rows = counts.rows[place]
        let ones = counts.columnRows[place * counted.count + index]
        let outside = (total - ones, frame.counts.rows - rows - (total - ones))
        return !isFull(ones) || !isFull(rows - ones) || outside.0 < frame.leastCount
          || outside.1 < frame.leastCount
      }
    }
    return broken.reduce(into: []) { $0.formUnion($1.element.singledOut) }
  }

  private mutating func standardise(_ sum: QuerySum, _ dealing: Dealing) {
    let whole = frame.standardisation
    var sets: [(weight: Double, events: Double, means: [Double], deviations: [Double])] = []
    var constant: Set<Int> = []
    for set in 0..<(frame.repeats * dealing.parts) {
      let weight = whole.weight - sum.values[0][2 * set]
      guard weight > 0 else {
        stage = .impossible("some part has all of the weight")
        return
      }
      var means: [Double] = []
      var deviations: [Double] = []
      for place in columns.indices {
        let element = set * columns.count + place
        let present = whole.present[columns[place]] - sum.values[1][element]
        // Over all rows the standardised values add up to 0 and their squares to the weight.
        let mean = present > 0 ? -sum.values[2][element] / present : 0
        let square = whole.weight - sum.values[3][element] - present * mean * mean
        if square <= 1e-9 * whole.weight { constant.insert(columns[place]) }
        means.append(mean)
        deviations.append((max(0, square) / weight).squareRoot())
      }
      sets.append((weight, whole.weightedEvents - sum.values[0][2 * set + 1], means, deviations))
    }
    guard constant.count < columns.count else {
      stage = .impossible("no column varies without some part")
      return
    }
    let before = columns
    leaveOut(constant, "without some part it does not vary")
    let kept = before.indices.filter { columns.contains(before[$0]) }
    stage = .done(
      dealing,
      sets.map { set in
        TrainingSet(
          weight: set.weight, weightedEvents: set.events, means: kept.map { set.means[$0] },
          deviations: kept.map { set.deviations[$0] })
      })
  }
}

/// The sums of the query `parts`, taken apart.
struct PartCounts {
  let rows: [Int]
  let events: [Int]
  let columnRows: [Int]
  let trainableSites: [Int]

  init(_ sum: QuerySum, counted: Int) {
    var rest = sum.values.map { $0.map { Int($0) } }[...]
    rows = rest.removeFirst()
    events = rest.removeFirst()
    columnRows = counted == 0 ? [] : rest.removeFirst()
    trainableSites = rest.removeFirst()
  }
}
