import Queries

/// A summary of a cohort over the federation, its Table 1: the coordinator's side.
package struct SummaryProgram: Program {
  private enum State: Codable, Sendable {
    case asking(Query)
    case finished(SummaryModel)
  }

  private var steps: SummarySteps
  private var state: State

  /// - Throws: `AnalysisError` `.boundNotFinite`, which no checked plan leads to.
  package init(_ frame: SummaryFrame) throws(AnalysisError) {
    steps = SummarySteps(frame)
    state = try Self.state(of: steps)
  }

  package func next() -> ProgramAction<SummaryModel> {
    switch state {
    case .asking(let query): .ask(query)
    case .finished(let model): .finished(model)
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard case .asking = state else { return }
    try steps.absorb(sum)
    state = try Self.state(of: steps)
  }

  private static func state(of steps: SummarySteps) throws(AnalysisError) -> State {
    if let query = try steps.query() { .asking(query) } else { .finished(SummaryModel(steps)) }
  }
}
