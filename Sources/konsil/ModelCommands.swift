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

  func result() async throws -> ResultFile {
    if let file { return try ResultFile.read(file) }
    return try await remote.coordinator().result(run ?? "")
  }
}

struct ModelShowCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a model rests on and its validation, or a summary.",
    discussion: """
      Intervals and p-values are those of the normal approximation, or under Firth's
      penalty of the profile likelihood. Under a ridge penalty there are no
      p-values, and the intervals are not for tests. What was merged, left out or
      filled on the way, and the validation, stand below.

      Of boosted trees the table says how much they rest on each variable.

        konsil model show --file result/model.json
        konsil model show 3f2a
      """)

  @OptionGroup var source: ModelOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { try await source.result().report }
}

struct ModelExportCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model for other programs.",
    discussion: """
      json is the document, which holds everything; csv has one row a coefficient,
      one a variable of trees, or one a statistic of a summary. xgboost-json is a
      model of boosted trees that XGBoost loads.

        konsil model export --file result/model.json --format csv --out model.csv
        konsil model export 3f2a --format xgboost-json --out model.xgboost.json
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
      try await source.result(), as: format, to: out, force: overwriting.force)
  }
}

struct ModelPlotCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw a model's odds ratios, or its calibration.",
    discussion: """
      An SVG file that browsers and word processors show: odds ratios with their
      intervals on a logarithmic scale, or predicted against observed shares of
      held-out rows where the plan had a validation.

        konsil model plot --file result/model.json --out model.svg
        konsil model plot --file result/model.json --kind calibration --out fit.svg
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "What to draw.")
  var kind = PlotKind.oddsRatios

  @Option(help: ArgumentHelp("The SVG file to write.", valueName: "file.svg"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report {
    try PlotFile.write(try await source.result().model(), kind, to: out, force: overwriting.force)
  }
}
