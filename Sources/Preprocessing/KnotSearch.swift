import Cohorts
import Queries

/// The search for the knots of a design's splines, all at once.
package struct KnotSearch: Hashable, Sendable, Codable {
  /// One for each variable with a spline that awaits its knots.
  private(set) var searches: [Search]

  struct Search: Hashable, Sendable, Codable {
    let variable: String
    let knots: Int
    /// What the column's values were divided by.
    let per: Double
    var quantiles: QuantileSearch
  }

  /// Halvings of a range: knots are then known to 1/65,536 of it, or to their cell.
  private static let mostDepth = 16

  /// - Returns: nil when the design awaits no knots.
  init?(_ design: Design, counts: Preparation.Counts, leastCount: Int) {
    searches = design.terms.compactMap { term in
      guard case .spline(let knots) = term.planned.transformation, term.awaitsKnots,
        let range = term.valueColumns.first?.range
      else { return nil }
      let variable = term.variable.name
      let rows = counts.rows - (counts.missing[variable] ?? 0)
      return Search(
        variable: variable, knots: knots, per: term.planned.per,
        quantiles: QuantileSearch(range: range, rows: rows, leastCount: leastCount, mostDepth: Self.mostDepth)
      )
    }
    if searches.isEmpty { return nil }
  }

  var length: Int { searches.reduce(0) { $0 + $1.quantiles.questions.count } }

  /// A site's counts for a design's columns.
  func answer(_ rows: DesignRows, _ design: Design) -> [Double] {
    searches.flatMap { search in
      guard let term = design.terms.first(where: { $0.variable.name == search.variable && $0.awaitsKnots }),
        let name = term.valueColumns.first?.name,
        let column = design.columns.firstIndex(where: { $0.name == name })
      else { return [Double](repeating: 0, count: search.quantiles.questions.count) }
      return search.quantiles.answer(rows.values[column]).map(Double.init)
    }
  }

  mutating func absorb(_ counts: [Double]) -> Bool {
    var rest = counts[...]
    for index in searches.indices {
      let length = searches[index].quantiles.questions.count
      guard searches[index].quantiles.absorb(rest.prefix(length).map { Int($0) }) else { return false }
      rest = rest.dropFirst(length)
    }
    return true
  }

  /// The shares at which Harrell places so many knots (Regression Modeling Strategies, table 2.3).
  static func shares(_ knots: Int) -> [Double] {
    switch knots {
    case 3: [0.1, 0.5, 0.9]
    case 4: [0.05, 0.35, 0.65, 0.95]
    default: [0.05, 0.275, 0.5, 0.725, 0.95]
    }
  }
}

extension Preparation {
  mutating func absorbKnots(_ sum: QuerySum, _ counts: Counts, _ search: KnotSearch) throws(AnalysisError) {
    var search = search
    guard search.absorb(sum.values[0]) else { throw Self.impossible("counts of quantiles") }
    guard search.length == 0 else {
      stage = .knots(counts, search)
      return
    }
    for found in search.searches {
      let knots = KnotSearch.shares(found.knots).map { found.quantiles.quantile($0) * found.per }
      guard zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw AnalysisError(
          .aliased, "“\(found.variable)” has too few different values for \(found.knots) knots",
          advice: "name fewer knots, or enter it without a spline")
      }
      design.setKnots(knots, of: found.variable)
      let places = knots.map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: ", ")
      design.note(.method, found.variable, "spline with knots at \(places)")
    }
    stage = .support
  }
}
