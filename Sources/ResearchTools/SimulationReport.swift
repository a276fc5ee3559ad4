import Console
import Federation
import Queries

/// How a simulated run went.
package struct SimulationRecord: Encodable, Sendable {
  package struct Site: Encodable, Sendable {
    let site: String
    /// Rows in the site's file, before the plan's filter and without regard to missing values.
    let records: Int
  }

  package struct Step: Encodable, Sendable {
    let step: Int
    let query: String
    /// Elements of the sum.
    let numbers: Int
    let isVerified: Bool
    /// Whether some site withheld, so that the sum means nothing.
    let isVoid: Bool

    init(_ record: StepRecord) {
      step = record.step
      query = record.query.name
      numbers = record.query.length
      isVerified = record.query.isVerified
      isVoid = record.isVoid
    }

    func words(of mostSteps: Int) -> String {
      "step \(step) of at most \(mostSteps): \(query), \(numbers) numbers"
        + (isVerified ? ", verified" : "") + (isVoid ? ", void" : "")
    }
  }

  let simulated = true
  let study: String
  let plan: String
  let sites: [Site]
  let steps: [Step]
  /// From the set-up to the model, without the reading of records.
  let seconds: Double
}

/// What `konsil simulate` says.
package struct SimulationReport: Report {
  let simulated = true
  let run: SimulationRecord
  private let model: ModelReport?
  private let trees: TreeReport?
  private let summary: SummaryReport?
  let files: [String]
  private let folder: String
  private let result: ResultFile

  enum CodingKeys: String, CodingKey {
    case simulated, run, model, trees, summary, files
  }

  /// - Parameter folder: where the results are to be kept.
  init(record: SimulationRecord, result: ResultFile, folder: String) {
    run = record
    self.result = result
    self.folder = folder
    files = SimulationFiles.names(of: result).map { "\(folder)/\($0)" }
    model = if case .model(let model) = result { ModelReport(model) } else { nil }
    trees = if case .trees(let model) = result { TreeReport(model) } else { nil }
    summary = if case .summary(let summary) = result { SummaryReport(summary) } else { nil }
  }

  package var text: String {
    let steps = "\(run.steps.count) sums in \(NumberText.decimals(run.seconds, places: 2)) seconds"
    return result.report.text + "\n" + TextLines.facts([("simulated", steps)])
      + WrittenReport(simulated: true, files: files).text
  }

  /// Writes the results into their folder.
  func write(force: Bool) throws {
    try LocalFiles.makeFolder(folder)
    for name in SimulationFiles.names(of: result) {
      let text =
        switch name {
        case SimulationFiles.run: try JSONText.of(run)
        case SimulationFiles.covariance: ModelExport.covariance(try result.model())
        case SimulationFiles.model, SimulationFiles.summary: try result.text()
        default: ModelExport.table(result)
        }
      try LocalFiles.write(text, to: "\(folder)/\(name)", force: force)
    }
  }
}

/// The names of a simulation's results in their folder.
enum SimulationFiles {
  static let model = "model.json"
  static let coefficients = "coefficients.csv"
  static let covariance = "covariance.csv"
  static let variables = "variables.csv"
  static let summary = "summary.json"
  static let table = "table1.csv"
  static let run = "run.json"

  static func names(of result: ResultFile) -> [String] {
    switch result {
    case .model: [model, coefficients, covariance, run]
    case .trees: [model, variables, run]
    case .summary: [summary, table, run]
    }
  }

  /// Whatever a simulation may write.
  static func all(in folder: String) -> [String] {
    [model, coefficients, covariance, variables, summary, table, run].map { "\(folder)/\($0)" }
  }
}
