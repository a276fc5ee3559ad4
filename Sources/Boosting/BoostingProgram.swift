import Preprocessing
import Queries

/// Gradient-boosted trees over a federation: the coordinator's side. It finds the bins, then grows the trees
/// of each round from histograms, those of all training sets and classes in one vector a step.
package struct BoostingProgram: Program {
  private enum Phase: Hashable, Codable, Sendable {
    case preparing
    case growing(GrowingForest)
    case scoring(TreeScoring, BoostingModel)
    case finished(BoostingModel)
  }

  private var preparation: BoostingPreparation
  private var phase = Phase.preparing

  package init(_ frame: BoostingFrame) { preparation = BoostingPreparation(frame) }

  /// Whether nothing but finished trees is held: a good moment to save, for later the histograms of a round
  /// weigh much.
  package var isLight: Bool {
    switch phase {
    case .preparing, .scoring, .finished: true
    case .growing(let forest): forest.isAtStartOfRound
    }
  }

  package func next() -> ProgramAction<BoostingModel> {
    switch phase {
    case .preparing:
      return .ask(preparation.query ?? Self.nothing)
    case .growing(let forest): return .ask(forest.asked.query)
    case .scoring(let scoring, _): return .ask((try? scoring.query()) ?? Self.nothing)
    case .finished(let model): return .finished(model)
    }
  }

  private static let nothing = Query(name: "nothing", parameters: [], segments: [], isVerified: false)

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) { try absorb(sum, .one) }

  /// - Parameter workers: threads that the search for splits may be shared among; the model does not depend on them.
  package mutating func absorb(_ sum: QuerySum, _ workers: Workers) throws(AnalysisError) {
    switch phase {
    case .preparing:
      try preparation.absorb(sum)
      if let context = try TreeContext(preparation) {
        phase = .growing(GrowingForest(context, notes: preparation.notes))
      }
    case .growing(var forest):
      // The phase gives up the histograms while they change, so that they are not copied.
      phase = .preparing
      defer { if case .preparing = phase { phase = .growing(forest) } }
      try forest.absorb(sum, workers)
      if let model = forest.model { finish(model) }
    case .scoring(var scoring, var model):
      let performances = try scoring.absorb(sum)
      phase = .scoring(scoring, model)
      guard let performances else { return }
      model.validation = preparation.frame.report(performances)
      phase = .finished(model)
    case .finished: break
    }
  }

  private mutating func finish(_ model: BoostingModel) {
    let scoring = TreeScoring(
      preparation.frame, rows: model.rows, rounds: model.trees.rounds.count, leastCount: model.leastCount)
    phase = scoring.map { .scoring($0, model) } ?? .finished(model)
  }
}
