import ArgumentParser
import Console
import ResearchTools

struct CohortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort", abstract: "Make simulated records.",
    subcommands: [CohortSimulateCommand.self])
}

struct CohortSimulateCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Draw simulated records for the sites of a study.",
    discussion: """
      The dictionary says what the columns are, the effects how they are drawn. The
      same seed gives the same bytes. No record is of a patient: keys begin with
      SIM-. With --mess usual the records are as hospitals have them: values are
      missing, one site alone has a rare level, a variable is constant at another.
      With --mess all they also have what a reader must catch, such as other units,
      decimal commas, unknown levels and patients who stand there twice.

        konsil cohort simulate --study ibd.yaml --sites luxembourg,freiburg,basel \\
          --rows 120,160,200 --seed 1 --out records
      """)

  @Option(help: ArgumentHelp("The study, or its dictionary.", valueName: "file"))
  var study: String

  @Option(
    help: ArgumentHelp(
      "How to draw the records (default: the study's file with .effects.yaml for .yaml).",
      valueName: "file"))
  var effects: String?

  @Option(help: ArgumentHelp("The sites, divided by commas.", valueName: "names"))
  var sites: CommaSeparated<SiteName>

  @Option(help: ArgumentHelp("Rows of each site, divided by commas.", valueName: "counts"))
  var rows: CommaSeparated<Int>

  @Option(help: ArgumentHelp("A whole number from 0 that the records follow from.", valueName: "n"))
  var seed: UInt64

  @Option(help: ArgumentHelp("How messy the records are: none, usual or all.", valueName: "amount"))
  var mess = MessAmount.none

  @Option(
    help: ArgumentHelp("The folder to write one CSV file for each site to.", valueName: "folder"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try CohortFiles.simulate(
      CohortFiles.Request(
        study: study, effects: effects, sites: sites.values.map(\.text), rows: rows.values, seed: seed,
        mess: mess, folder: out),
      force: overwriting.force)
  }
}
