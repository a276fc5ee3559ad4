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
      isVoid = record.sum == nil
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
  let model: ModelReport
  let files: [String]
  let modelFile: ModelFile

  enum CodingKeys: String, CodingKey {
    case simulated, run, model, files
  }

  init(record: SimulationRecord, model: ModelFile, files: [String]) {
    run = record
    self.model = ModelReport(model)
    self.files = files
    modelFile = model
  }

  package var text: String {
    let steps = "\(run.steps.count) sums in \(NumberText.decimals(run.seconds, places: 2)) seconds"
    return model.text + "\n" + TextLines.facts([("simulated", steps)])
      + WrittenReport(simulated: true, files: files).text
  }
}

/// Where a simulation's results are kept.
struct SimulationFiles {
  let model: String
  let coefficients: String
  let covariance: String
  let run: String
  private let folder: String

  init(folder: String) {
    self.folder = folder
    model = "\(folder)/model.json"
    coefficients = "\(folder)/coefficients.csv"
    covariance = "\(folder)/covariance.csv"
    run = "\(folder)/run.json"
  }

  var all: [String] { [model, coefficients, covariance, run] }

  func write(_ report: SimulationReport, force: Bool) throws {
    try LocalFiles.makeFolder(folder)
    try LocalFiles.write(report.modelFile.text(), to: model, force: force)
    try LocalFiles.write(ModelExport.coefficients(report.modelFile), to: coefficients, force: force)
    try LocalFiles.write(ModelExport.covariance(report.modelFile), to: covariance, force: force)
    try LocalFiles.write(JSONText.of(report.run), to: run, force: force)
  }
}
