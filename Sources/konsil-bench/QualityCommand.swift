import ArgumentParser
import Boosting
import Foundation
import Synchronization

struct QualityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality",
    abstract: "Boosted trees of the rows outside each fold, and what they say of the rows inside.")

  @Option(help: "Doubles of this machine, column after column: fold and site from 0, outcome, variables.")
  var matrix: String
  @Option var rows: Int
  @Option(help: "Of each variable: continuous, count, or a number of levels; with commas.")
  var kinds: String
  @Option(help: "Where to write each row's raw score by the model of its fold, as doubles.")
  var scores: String
  @Option(help: "Where to write the same after no tree, after one and so on, all rows after each.")
  var stages: String?
  @Option(help: "Where to write all rows' bins, fold after fold and column after column; 255: missing.")
  var binned: String?
  @Option(help: "As the plan's parameter objective; of those with one raw score a row.")
  var objective = BoostingSpecification.Objective.logistic
  @Option var leaves = BoostingSpecification.Leaves.constant
  @Option(help: "As the plan's parameter linear_lambda.")
  var linearLambda = 1.0
  @Option(help: "As the plan's parameter gradient_bits.")
  var gradientBits: Int?
  @OptionGroup var options: TreeOptions

  func run() throws {
    let kinds = try kinds.split(separator: ",").map { text in
      guard let kind = QualityRecords.Kind(text) else { throw ValidationError("no such kind: \(text)") }
      return kind
    }
    let records = try QualityRecords(matrix, rows: rows, kinds: kinds, isNumber: objective != .logistic)
    let table = try records.table()
    let atStart = ProcessFacts()
    let folds = try inParallel(records.folds) { try train($0, records, table) }
    let seconds = ProcessFacts().cpuSeconds - atStart.cpuSeconds
    try doubles(folds, stages: options.trees...options.trees).write(to: URL(filePath: scores))
    if let stages { try doubles(folds, stages: 0...options.trees).write(to: URL(filePath: stages)) }
    if let binned { try Data(folds.flatMap(\.bins)).write(to: URL(filePath: binned)) }
    print(
      """
      {"cpu_seconds": \(seconds), "folds": \(folds.count), "left_out": \(folds.map(\.leftOut)), \
      "steps": \(Self.means(folds) { $0.steps }), "site_bytes": \(Self.means(folds) { $0.bytes })}
      """)
  }

  /// All rows' raw scores after one number of trees, then after the next.
  private func doubles(_ folds: [Fold], stages: ClosedRange<Int>) -> Data {
    var all = [Double](repeating: .nan, count: rows * stages.count)
    for fold in folds {
      for (row, scores) in zip(fold.heldOut, fold.scores) {
        for stage in stages { all[(stage - stages.lowerBound) * rows + row] = scores[stage] }
      }
    }
    return all.withUnsafeBytes { Data($0) }
  }

  /// Of what a site has sent before the first tree, with it and so on, the mean over the folds.
  private static func means(_ folds: [Fold], _ count: (TreeRun.Sent) -> Int) -> [Double] {
    var total = 0
    return (folds.first?.sent.indices ?? 0..<0).map { place in
      total += folds.reduce(0) { $0 + count($1.sent[place]) }
      return Double(total) / Double(folds.count)
    }
  }

  private struct Fold: Sendable {
    let heldOut: [Int]
    /// Of each row held out, the raw scores after no tree, after one and so on.
    let scores: [[Double]]
    /// Of all rows, column after column; empty where they are not asked for.
    let bins: [UInt8]
    /// Variables that no tree may use.
    let leftOut: Int
    let sent: [TreeRun.Sent]
  }

  private func train(_ fold: Int, _ records: QualityRecords, _ table: FeatureTable) throws -> Fold {
    var plan = options.plan(
      outcome: QualityRecords.outcome, predictors: records.names, objective: objective)
    plan.gradientBits = gradientBits
    plan.leaves = leaves
    plan.linearLambda = linearLambda
    let cohorts = try (0..<records.sites).map { try records.cohort(of: $0, outside: fold) }
    let frame = try options.frame(
      plan, dictionary: records.dictionary, sites: records.sites, mostRowsPerSite: rows)
    let run = TreeRun(frame: frame, cohorts: cohorts, dictionary: records.dictionary, workers: .one)
    let result = try run.clear()
    let model = result.model
    let heldOut = records.fold.indices.filter { records.fold[$0] == fold }
    let scores = heldOut.map { Self.scores(model.trees, table.row($0)) }
    let bins = binned == nil ? [] : Self.bins(try run.binning(), table)
    return Fold(
      heldOut: heldOut, scores: scores, bins: bins, leftOut: records.names.count - model.bins.count,
      sent: result.sent)
  }

  /// A model's first trees are a smaller model.
  private static func scores(_ model: TreeModel, _ row: [Float]) -> [Double] {
    var score = model.base[0]
    return [model.real(score)]
      + model.rounds.map { round in
        if case .leaf(let leaf) = round[0].nodes[round[0].leaf(of: row)] {
          score &+= leaf.score(row, fractionBits: model.fractionBits)
        }
        return model.real(score)
      }
  }

  /// A variable that trees do not use is missing everywhere.
  private static func bins(_ binning: Binning, _ table: FeatureTable) -> [UInt8] {
    table.columns.enumerated().flatMap { place, column in
      guard let feature = binning.features.first(where: { $0.feature == place }) else {
        return [UInt8](repeating: 255, count: column.count)
      }
      return feature.binned(column).map { $0 == feature.missingBin ? 255 : $0 }
    }
  }

  private func inParallel<Made: Sendable>(
    _ parts: Int, _ make: @Sendable (Int) throws -> Made
  ) throws -> [Made] {
    let results = Mutex([Int: Result<Made, any Error>]())
    options.workers(parts) { part in
      let result = Result { try make(part) }
      results.withLock { $0[part] = result }
    }
    return try results.withLock { $0 }.sorted { $0.key < $1.key }.map { try $0.value.get() }
  }
}

extension BoostingSpecification.Objective: ExpressibleByArgument {}

extension BoostingSpecification.Leaves: ExpressibleByArgument {}
