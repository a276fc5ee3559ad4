import ArgumentParser
import Console
import ResearchTools

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Show, export and plot models.",
    subcommands: [ModelShowCommand.self, ModelExportCommand.self, ModelPlotCommand.self])
}

/// Where a model comes from.
struct ModelOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The run's id at the coordinator, or its first digits.", valueName: "run"))
  var run: String?

  @Option(
    help: ArgumentHelp(
      "A model file in place of a run, such as konsil simulate writes.", valueName: "model.json"))
  var file: String?

  @OptionGroup var remote: RemoteOptions

  func validate() throws {
    guard (run == nil) != (file == nil) else {
      throw ValidationError("Give either a run or --file.")
    }
  }

  func model() async throws -> ModelFile {
    if let file { return try ModelFile.read(file) }
    return try await remote.coordinator().model(run ?? "")
  }
}

struct ModelShowCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a model's coefficients, odds ratios, intervals and p-values.",
    discussion: """
      Intervals and p-values are those of the normal approximation. Under a ridge
      penalty there are no p-values, and the intervals are not for tests.

        konsil model show --file result/model.json
        konsil model show 3f2a
      """)

  @OptionGroup var source: ModelOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { ModelReport(try await source.model()) }
}

struct ModelExportCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model for other programs.",
    discussion: """
      json is the model file, which holds everything; csv has one row a coefficient.

        konsil model export --file result/model.json --format csv --out model.csv
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "The form to write.")
  var format: ModelFormat

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report {
    try ModelExport.write(
      try await source.model(), as: format, to: out, force: overwriting.force)
  }
}

struct ModelPlotCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw a model's odds ratios with their intervals.",
    discussion: """
      A forest plot on a logarithmic scale, as an SVG file that browsers and word
      processors show.

        konsil model plot --file result/model.json --out model.svg
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: ArgumentHelp("The SVG file to write.", valueName: "file.svg"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report {
    try PlotFile.write(try await source.model(), to: out, force: overwriting.force)
  }
}
