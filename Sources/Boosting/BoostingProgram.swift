import Evaluation
import Preprocessing
import Queries

/// Gradient-boosted trees over a federation: the coordinator's side. It finds the bins, then grows the trees
/// of each round from histograms, those of all training sets and classes in one vector a step.
package struct BoostingProgram: Program {
  private enum Phase: Hashable, Codable, Sendable {
    case preparing
    case growing(GrowingForest)
    case explaining(ImportanceSums, BoostingModel)
    case scoring(ScoringRun, BoostingModel)
    case finished(BoostingModel)
  }

  private var preparation: BoostingPreparation
  private var phase = Phase.preparing
  /// The round that ended with the sum that was absorbed last; nil where none did.
  package private(set) var finishedRound: FinishedRound?

  /// Of the queries that are asked in each round.
  package static let nameOfRounds = TreeQuery.name

  package init(_ frame: BoostingFrame) { preparation = BoostingPreparation(frame) }

  package func next() -> ProgramAction<BoostingModel> {
    switch phase {
    case .preparing:
      return .ask(preparation.query ?? Self.nothing)
    case .growing(let forest): return .ask(forest.asked.query)
    case .explaining(let sums, _): return .ask(sums.query)
    case .scoring(let scoring, _): return .ask((try? scoring.query()) ?? Self.nothing)
    case .finished(let model): return .finished(model)
    }
  }

  private static let nothing = Query(name: "nothing", parameters: [], segments: [], isVerified: false)

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) { try absorb(sum, .one) }

  /// - Parameter workers: threads that the search for splits may be shared among; the model does not depend on them.
  package mutating func absorb(_ sum: QuerySum, _ workers: Workers) throws(AnalysisError) {
    finishedRound = nil
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
      finishedRound = forest.finishedRound
      if let model = forest.model { try explain(model) }
    case .explaining(let sums, var model):
      model.importance = sums.importance(sum)
      validate(model)
    case .scoring(var scoring, var model):
      guard let query = try scoring.query(), sum.fits(query) else {
        throw AnalysisError(
          .inconsistentSum, "a sum has not the elements that its query asks for",
          advice: "report this as a fault of ours")
      }
      guard let performances = try scoring.performances(sum, query) else {
        try scoring.absorb(sum)
        phase = .scoring(scoring, model)
        return
      }
      model.validation = preparation.frame.report(performances)
      phase = .finished(model)
    case .finished: break
    }
  }

  /// Whether what is asked next is of trees that are done: few numbers, and kept.
  package var asksOfFinishedTrees: Bool {
    switch phase {
    case .preparing, .growing: false
    case .explaining, .scoring, .finished: true
    }
  }

  /// Takes the next round of trees as it was, in place of the sums that are not kept.
  package mutating func resume(after round: FinishedRound) throws(AnalysisError) {
    guard case .growing(var forest) = phase else { return }
    forest.resume(after: round)
    phase = .growing(forest)
    if let model = forest.model { try explain(model) }
  }

  private mutating func explain(_ model: BoostingModel) throws(AnalysisError) {
    let frame = preparation.frame
    guard frame.specification.importance else { return validate(model) }
    phase = .explaining(try ImportanceSums(model.trees, frame, rows: model.rows), model)
  }

  private mutating func validate(_ model: BoostingModel) {
    let frame = preparation.frame
    guard let sums = frame.scoreSums(rows: model.rows, leastCount: model.leastCount) else {
      phase = .finished(model)
      return
    }
    let scoring = ScoringRun(
      sums, parameters: [Double(model.trees.rounds.count)], rows: model.rows, sites: frame.sites.count)
    phase = .scoring(scoring, model)
  }
}
