import ArgumentParser
import Boosting
import Cohorts
import Dispatch

/// What training trees takes, whatever the records are.
struct TreeOptions: ParsableArguments {
  @Option var trees = 100
  @Option var depth = 6
  @Option var bins = 255
  @Option var eta = 0.3
  @Option var lambda = 1.0
  @Option(help: "As the plan's parameter rows_per_bin.")
  var rowsPerBin = 0
  @Option(help: "The study's least count.")
  var leastCount = 10
  @Option(help: "Parts of the work at once: of a tree, or folds.")
  var threads = 1

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads from 1") }
  }

  /// A plan without importances: XGBoost explains nothing in its time either.
  func plan(
    outcome: String, predictors: [String], objective: BoostingSpecification.Objective
  ) -> BoostingSpecification {
    var plan = BoostingSpecification(outcome: outcome, predictors: predictors, objective: objective)
    plan.rounds = trees
    plan.maxDepth = depth
    plan.maxBin = bins
    plan.eta = eta
    plan.lambda = lambda
    plan.rowsPerBin = rowsPerBin
    plan.importance = false
    return plan
  }

  func frame(
    _ plan: BoostingSpecification, dictionary: StudyDictionary, sites: Int, mostRowsPerSite: Int
  ) throws -> BoostingFrame {
    let frame = BoostingFrame(
      plan, dictionary: dictionary, sites: (0..<sites).map { "site-\($0 + 1)" }, leastRows: leastCount,
      leastCount: leastCount, mostRowsPerSite: mostRowsPerSite)
    guard let frame else { throw BenchFault("the plan does not fit its records") }
    return frame
  }

  var workers: Workers {
    Workers(count: threads) { parts, body in
      DispatchQueue.concurrentPerform(iterations: parts, execute: body)
    }
  }
}
