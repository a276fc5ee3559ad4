import Cohorts
import Queries

/// The verified steps before a model: at how many sites each level occurs and each column varies, how many rows and events it has, cells
/// of two columns, spline knots, then means and deviations.
///
/// Coordinator and sites hold one each and absorb the same sums, so both know the design, which query comes next and
/// at which scale. Sums and bounds are those of the design of record: `u = (x - a)/(b - a)` over the column's
/// range [a, b]. A column that breaks a rule is merged or left out, and the steps begin again with what is left.
package struct Preparation: Hashable, Sendable, Codable {
  /// Fewer sites than this may not fill an element alone.
  package static let leastFillingSites = 3
  /// Ranges wider than this many deviations take a third pass; see `refinement`.
  static let refinedRatio = 0x1p12
  static let greatestRatio = 0x1p24

  /// What the rules rest on before any sum.
  package struct Frame: Hashable, Sendable, Codable {
    package let design: Design
    /// Number of sites `N`.
    package let sites: Int
    package let leastRows: Int
    /// Rows that each level, and its complement, must have over the federation.
    package var leastCount = 1
    package let mostRowsPerSite: Int
    package var rare = RareRule.merge
    package var support = SupportRule.columns
    /// Whether each site has an intercept of its own, so that one with a single class fills nothing.
    package var hasSiteIntercepts = false
    /// Greatest weight of a row; nil without weights.
    package var greatestWeight: Double?
    /// Whether patients are counted, and how many rows one may have.
    package var mostRowsPerPatient: Int?

    package init(design: Design, sites: Int, leastRows: Int, mostRowsPerSite: Int) {
      self.design = design
      self.sites = sites
      self.leastRows = leastRows
      self.mostRowsPerSite = mostRowsPerSite
    }

    /// The most rows that all sites can have.
    var mostRows: Int { sites * mostRowsPerSite }
  }

  package enum Stage: Hashable, Sendable, Codable {
    case support
    case counts
    /// At how many sites two indicators meet, of `support: pairs` alone: before any cell is counted.
    case cellSites(Counts)
    case cells(Counts)
    case knots(Counts, KnotSearch)
    case moments(Counts)
    case spread(Counts, Moments)
    case refinement(Counts, Standardisation, columns: [Int])
    case done(Counts, Standardisation)
  }

  /// Rows and events over the federation, and of each indicator.
  package struct Counts: Hashable, Sendable, Codable {
    package let rows: Int
    package let events: Int
    /// Distinct patients, site by site; rows where patients are not counted, or one or two sites alone have several rows
    /// of one.
    package let patients: Int
    /// Rows with 1 and events among them, by the column's name.
    package let indicators: [String: Cell]
    /// Rows that lack an imputed variable, by its name.
    package let missing: [String: Int]

    package struct Cell: Hashable, Sendable, Codable {
      package let rows: Int
      package let events: Int
    }

    /// Rows in which an indicator is 1; nil for another column.
    package func rows(of column: DesignColumn) -> Int? {
      column.isMissingIndicator
        ? column.variables.first.flatMap { missing[$0] } : indicators[column.name]?.rows
    }
  }

  /// Weights and the means of `u`.
  package struct Moments: Hashable, Sendable, Codable {
    package let weight: Double
    package let weightedEvents: Double
    /// Weight of the rows that have the column.
    package let present: [Double]
    package let scaledMeans: [Double]
  }

  package let frame: Frame
  /// What is left of the frame's design.
  package internal(set) var design: Design
  package internal(set) var stage = Stage.support
  /// At how few sites a column of the design, or the outcome, varies.
  package internal(set) var leastSupport: Int?
  /// Whether enough sites have several rows of a patient to tell how many patients there are.
  var countsPatients = false
  /// At how many sites the outcome varied when rows were counted last.
  var countedOutcomeSites: Int?

  package init(_ frame: Frame) {
    self.frame = frame
    design = frame.design
  }

  /// The federated means and deviations, when all is known.
  package var standardisation: Standardisation? {
    if case .done(_, let standardisation) = stage { standardisation } else { nil }
  }

  package var counts: Counts? {
    if case .done(let counts, _) = stage { counts } else { nil }
  }

  /// The query that comes now; nil when all is known.
  package func query() throws(AnalysisError) -> Query? {
    let columns = design.columns.count
    switch stage {
    case .support:
      return Query(
        name: "support", parameters: [],
        segments: [
          .counts(
            "sites-where-it-varies", length: columns + design.references.count + 1, bound: frame.sites),
          .counts("sites-where-it-occurs", length: design.levelColumns.count, bound: frame.sites),
          .counts("sites-where-some-lack-it", length: design.imputed.count, bound: frame.sites),
          .counts(
            "sites-with-several-rows-of-a-patient", length: frame.mostRowsPerPatient == nil ? 0 : 1,
            bound: frame.sites),
          .counts(
            "sites-by-weights", length: frame.greatestWeight == nil ? 0 : RowNumbers.flagCount,
            bound: frame.sites),
        ].filter { $0.length > 0 }, isVerified: true)
    case .counts: return countsQuery
    case .cellSites: return cellSitesQuery
    case .cells(let counts): return cellsQuery(counts)
    case .knots(let counts, let search):
      return Query(
        name: "knots", parameters: [],
        segments: [.counts("rows-of-left-halves", length: search.length, bound: counts.rows)],
        isVerified: true)
    case .moments(let counts): return try momentsQuery(counts)
    case .spread(_, let moments):
      // The weight is verified by now, so it bounds the squares; N·R would cost up to 2^-13 of precision.
      return Query(
        name: "spread", parameters: [],
        segments: [try .reals("squares", length: columns, bound: moments.weight, sites: frame.sites)],
        isVerified: true)
    case .refinement(_, let rough, let refined):
      return Query(
        name: "refinement", parameters: [],
        segments: [
          try .reals("sums", length: refined.count, bound: 2 * rough.weight, sites: frame.sites),
          try .reals("squares", length: refined.count, bound: 2 * rough.weight, sites: frame.sites),
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
    case .support: try absorbSupport(sum)
    case .counts: try absorbCounts(sum)
    case .cellSites(let counts): try absorbCellSites(sum, counts)
    case .cells(let counts): try absorbCells(sum, counts)
    case .knots(let counts, let search): try absorbKnots(sum, counts, search)
    case .moments(let counts): stage = try afterMoments(sum, counts)
    case .spread(let counts, let moments): stage = try afterSpread(sum, counts, moments)
    case .refinement(let counts, let rough, let columns):
      stage = .done(counts, Self.refined(rough, sum, columns))
    case .done: break
    }
  }

  static func impossible(_ what: String) -> AnalysisError {
    AnalysisError(
      .inconsistentSum, "the verified \(what) are such as no records give",
      advice: "a site sends false numbers; ask the sites")
  }
}
