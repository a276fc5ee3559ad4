import ArgumentParser
import Console
import ResearchTools

struct PredictCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Compute a model's probability for each row of a file.",
    discussion: """
      The file has the model's variables as columns, as the study's dictionary
      defines them. A row that misses one gets no probability; a value outside of
      its range or levels is an error. The record key is kept where the file has
      one. Of a simulated model the table says so in a column of its own.

        konsil predict --model result/model.json --input patients.csv --out risk.csv
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

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Prediction.run(try ModelFile.read(model), input: input, out: out, force: overwriting.force)
  }
}
