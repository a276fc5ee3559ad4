import Queries

/// The site's side of a summary.
package struct SummaryComputation: SiteComputation {
  private var steps: SummarySteps
  private let rows: SummaryRows

  package init(_ frame: SummaryFrame, rows: SummaryRows) {
    steps = SummarySteps(frame)
    self.rows = rows
  }

  package func check(_ query: Query) throws(QueryRefusal) {
    let expected: Query?
    do throws(AnalysisError) {
      expected = try steps.query()
    } catch {
      throw QueryRefusal(.analysisEnded, error.message)
    }
    guard let expected, query.name == expected.name else {
      throw QueryRefusal(.outOfOrder, "“\(query.name)” is not what comes now")
    }
    guard query == expected else {
      throw QueryRefusal(
        .doesNotFollow, "“\(query.name)” has other parameters, segments or scales than the rules give")
    }
  }

  package mutating func answer(_ query: Query) -> [[Double]]? { steps.answer(rows) }

  package var federatedRows: Int? { steps.isCounted ? steps.counts.rows : nil }
  package var leastSupport: Int? { steps.leastSupport }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) { try steps.absorb(sum) }
}
