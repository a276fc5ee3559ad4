import Cohorts
import Queries

/// The verified steps before a model: where columns vary, then counts and means, then deviations.
///
/// Coordinator and sites hold one each and absorb the same sums, so both know which query comes next
/// and at which scale. Sums and bounds are those of the design of record: `u = (x - a)/(b - a)` over the
/// dictionary's range [a, b].
package struct Preparation: Hashable, Sendable, Codable {
  /// Fewer sites than this may not fill an element alone.
  package static let leastFillingSites = 3
  /// Ranges wider than this many deviations take a third pass; see `refinement`.
  static let refinedRatio = 0x1p12
  static let greatestRatio = 0x1p24

  /// What the rules rest on before any sum.
  package struct Frame: Hashable, Sendable, Codable {
    package let design: DesignSpecification
    /// Number of sites `N`.
    package let sites: Int
    package let leastRows: Int
    package let mostRowsPerSite: Int

    package init(design: DesignSpecification, sites: Int, leastRows: Int, mostRowsPerSite: Int) {
      self.design = design
      self.sites = sites
      self.leastRows = leastRows
      self.mostRowsPerSite = mostRowsPerSite
    }
  }

  package enum Stage: Hashable, Sendable, Codable {
    case support
    case moments
    case spread(Moments)
    case refinement(Standardisation, columns: [Int])
    case done(Standardisation)
  }

  /// Rows, events and the means of `u`.
  package struct Moments: Hashable, Sendable, Codable {
    package let rows: Double
    package let events: Double
    package let scaledMeans: [Double]
  }

  package let frame: Frame
  package private(set) var stage = Stage.support

  package init(_ frame: Frame) { self.frame = frame }

  /// The federated means and deviations, when all is known.
  package var standardisation: Standardisation? {
    if case .done(let standardisation) = stage { standardisation } else { nil }
  }

  /// The query that comes now; nil when all is known.
  package func query() throws(AnalysisError) -> Query? {
    let columns = frame.design.columns.count
    let most = frame.sites * frame.mostRowsPerSite
    switch stage {
    case .support:
      let length = columns + frame.design.references.count + 1
      return Query(
        name: "support", parameters: [],
        segments: [.counts("sites-where-it-varies", length: length, bound: frame.sites)],
        isVerified: true)
    case .moments:
      return Query(
        name: "moments", parameters: [],
        segments: [
          .counts("rows", length: 1, bound: most),
          .counts("events", length: 1, bound: most),
          try .reals("sums", length: columns, bound: Double(most), sites: frame.sites),
        ], isVerified: true)
    case .spread(let moments):
      // The rows are verified by now, so they bound the squares; N·R would cost up to 2^-13 of precision.
      return Query(
        name: "spread", parameters: [],
        segments: [
          try .reals("squares", length: columns, bound: moments.rows, sites: frame.sites)
        ], isVerified: true)
    case .refinement(let rough, let refined):
      return Query(
        name: "refinement", parameters: [],
        segments: [
          try .reals("sums", length: refined.count, bound: 2 * rough.rows, sites: frame.sites),
          try .reals("squares", length: refined.count, bound: 2 * rough.rows, sites: frame.sites),
        ], isVerified: true)
    case .done:
      return nil
    }
  }

  /// Takes the sum of `query()`.
  ///
  /// - Throws: `AnalysisError` when the model cannot be estimated on these records.
  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard try query().map(sum.fits) ?? true else { throw Self.impossible("sums") }
    switch stage {
    case .support: stage = try afterSupport(sum)
    case .moments: stage = try afterMoments(sum)
    case .spread(let moments): stage = try afterSpread(sum, moments)
    case .refinement(let rough, let columns): stage = afterRefinement(sum, rough, columns)
    case .done: break
    }
  }

  private func afterSupport(_ sum: QuerySum) throws(AnalysisError) -> Stage {
    let columns = frame.design.columns + frame.design.references
    let names = columns.map(\.name) + [frame.design.outcome]
    for (name, sites) in zip(names, sum.values[0]) where sites < Double(Self.leastFillingSites) {
      throw AnalysisError(
        .tooFewSites,
        "“\(name)” varies at \(Int(sites)) of \(frame.sites) sites; at least \(Self.leastFillingSites) must share it",
        advice: "leave it out of the plan, or merge its rare levels in the dictionary")
    }
    return .moments
  }

  private func afterMoments(_ sum: QuerySum) throws(AnalysisError) -> Stage {
    let rows = sum.values[0][0]
    let events = sum.values[1][0]
    // A site that lies could move bounds and scales with sums that no records give.
    let slack = Double(frame.sites)
    guard rows >= 0, (0...rows).contains(events),
      sum.values[2].allSatisfy({ (-slack...rows + slack).contains($0) })
    else { throw Self.impossible("counts and sums") }
    guard rows >= Double(frame.leastRows) else {
      throw AnalysisError(
        .tooFewRows, "\(Int(rows)) complete rows over all sites; \(frame.leastRows) are needed",
        advice: "widen the filter, or leave out variables that are often missing")
    }
    let parameters = frame.design.columns.count + 1
    guard rows > Double(parameters) else {
      throw AnalysisError(
        .moreParametersThanRows, "\(parameters) parameters on \(Int(rows)) complete rows",
        advice: "name fewer predictors")
    }
    return .spread(
      Moments(rows: rows, events: events, scaledMeans: sum.values[2].map { $0 / rows }))
  }

  private func afterSpread(_ sum: QuerySum, _ moments: Moments) throws(AnalysisError) -> Stage {
    guard sum.values[0].allSatisfy({ (-1...moments.rows + 1).contains($0) }) else {
      throw Self.impossible("squares")
    }
    var means: [Double] = []
    var deviations: [Double] = []
    var refined: [Int] = []
    for (index, column) in frame.design.columns.enumerated() {
      let scaledDeviation = (max(0, sum.values[0][index]) / moments.rows).squareRoot()
      guard scaledDeviation * Self.greatestRatio >= 1 else {
        throw AnalysisError(
          .rangeTooWide, "the range of “\(column.name)” is over 2^24 times its standard deviation",
          advice: "narrow its range in the study's dictionary")
      }
      if scaledDeviation * Self.refinedRatio < 1 { refined.append(index) }
      means.append(column.range.lower + column.range.width * moments.scaledMeans[index])
      deviations.append(column.range.width * scaledDeviation)
    }
    let standardisation = Standardisation(
      rows: moments.rows, events: moments.events, means: means, deviations: deviations)
    return refined.isEmpty ? .done(standardisation) : .refinement(standardisation, columns: refined)
  }

  private static func impossible(_ what: String) -> AnalysisError {
    AnalysisError(
      .inconsistentSum, "the verified \(what) are such as no records give",
      advice: "a site sends false numbers; ask the sites")
  }

  private func afterRefinement(
    _ sum: QuerySum, _ rough: Standardisation, _ columns: [Int]
  ) -> Stage {
    var means = rough.means
    var deviations = rough.deviations
    for (place, column) in columns.enumerated() {
      let shift = sum.values[0][place] / rough.rows
      let square = sum.values[1][place] / rough.rows
      means[column] += deviations[column] * shift
      deviations[column] *= max(0, square - shift * shift).squareRoot()
    }
    return .done(
      Standardisation(
        rows: rough.rows, events: rough.events, means: means, deviations: deviations))
  }
}
