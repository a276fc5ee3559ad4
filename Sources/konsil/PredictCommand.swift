import ArgumentParser
import Console
import ResearchTools

struct PredictCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Compute a model's prediction for each row of a file.",
    discussion: """
      The file has the model's variables as columns, as the study's dictionary
      defines them. A row that misses one gets no probability, unless the model was
      fitted with means in place of missing values: then they are used, and a column
      counts them. A value outside of its range or levels is an error. The record
      key is kept where the file has one. Of a simulated model the table says so in
      a column of its own.

        konsil predict --model result/model.json --input patients.csv --out risk.csv

      Where each site keeps its own intercept the model has none, and --intercept
      gives that of the hospital whose patients these are. --findings gives the file
      of what that hospital's agent learnt in the run: its intercept, and where the
      plan had “recalibrate: site” the line by which the predictions are set right
      for its patients. Without it predictions are the model's own.

        konsil predict --model m.json --input p.csv --findings findings/3f2a.json

      A model of boosted trees predicts every row; for a missing value it takes the
      branch that was learnt for it. The prediction is the probability of the
      outcome or of each class, a number, or an expected count.
      """)

  @Option(help: ArgumentHelp("The model file.", valueName: "model.json"))
  var model: String

  @Option(help: ArgumentHelp("The records, one row each.", valueName: "file.csv"))
  var input: String

  @Option(
    help: ArgumentHelp(
      "The file to write, readable by this account alone (default: standard output).",
      valueName: "file.csv"))
  var out: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The hospital's intercept, for a model that has none.", valueName: "number"))
  var intercept: Double?

  @Option(
    help: ArgumentHelp(
      "What the hospital's agent learnt in the run: findings/RUN.json of its state folder.",
      valueName: "file.json"))
  var findings: String?

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let intercept, !intercept.isFinite { throw ValidationError("--intercept must be a finite number.") }
  }

  func report() throws -> any Report {
    try Prediction.run(
      try ResultFile.read(model), input: input, intercept: intercept, findings: findings, out: out,
      force: overwriting.force)
  }
}
