import ArgumentParser
import Console
import Federation
import SiteAgent

struct CohortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort", abstract: "The site's own records.", subcommands: [CohortCheckCommand.self])
}

struct CohortCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look at a file of records before anything is computed from it.",
    discussion: """
      Tells how the file is written, what the study's dictionary does not allow and
      where, what is missing, ranges and quartiles, units that look wrong, duplicates,
      small cells, constant columns, variables that alone separate the outcome, and
      rows that make a tenth of a column's variance. The report is about your patients
      and stays here.

        konsil-agent cohort check records/ibd.csv --config site.yaml
        konsil-agent cohort check ibd.csv --study ibd.yaml --html ibd.html

      How the file is written and what becomes of values that are not allowed is taken
      from the configuration, where it says so for the study. Exit status 1 when the
      records would be refused, by snapshots or by a plan that needs a column.
      """)

  @Argument(help: ArgumentHelp("The records, a CSV file.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "An accepted study's name, or a file with a study or a dictionary (default: the one accepted study).",
      valueName: "study"))
  var study: String?

  @Option(help: ArgumentHelp("Write the report as a page, too.", valueName: "file"))
  var html: String?

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    var isFit = true
    let status = await CommandOutput.deliver(asJSON: output.json) {
      let check = try CohortCheck.run(
        file, study: study, configuration: site.config, html: html, force: overwrite.force)
      isFit = check.isFit
      return check
    }
    if status != 0 || !isFit { throw ExitCode(status == 0 ? ExitStatus.runFailed.rawValue : status) }
  }
}
