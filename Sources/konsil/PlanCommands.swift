import ArgumentParser
import Console
import ResearchTools

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Make, check and sign plans.",
    subcommands: [PlanNewCommand.self, PlanCheckCommand.self, PlanSignCommand.self])
}

struct PlanNewCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a plan of a template and a study.",
    discussion: """
      Writes the study's digest into the template and, where it names no sites,
      those of the study. All other lines and their comments stay as they are.

        konsil plan new --study study.yaml --template ibd-failure.plan.yaml \\
          --out plan.yaml
      """)

  @Option(help: ArgumentHelp("The study that the plan is for.", valueName: "file"))
  var study: String

  @Option(help: ArgumentHelp("A plan that names no study's digest yet.", valueName: "file"))
  var template: String

  @Option(help: ArgumentHelp("The plan to write.", valueName: "file"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try PlanTools.new(study: study, template: template, out: out, force: overwriting.force)
  }
}

struct PlanCheckCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a plan against its study, and show what it would ask.",
    discussion: """
      Names every key of the plan that does not fit, or lists the queries: how many
      numbers each site would answer with, and how many could be released in all.

        konsil plan check plan.yaml --study study.yaml --rows 720
      """)

  @Argument(help: ArgumentHelp("The plan, or a template.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("The study that the plan is for.", valueName: "file"))
  var study: String

  @Option(
    help: ArgumentHelp(
      "Rows over all sites, if you know them, to count the numbers a row.", valueName: "n"))
  var rows: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let rows, rows < 1 { throw ValidationError("--rows must be at least 1.") }
  }

  func report() throws -> any Report { try PlanTools.check(file, study: study, rows: rows) }
}

struct PlanSignCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a plan as a researcher of its study.",
    discussion: """
      The signature covers the file's exact bytes and is written beside it as
      FILE.sig. Sites run only plans signed by a researcher whom the study names.

        konsil plan sign plan.yaml --key keys/anna
      """)

  @Argument(help: ArgumentHelp("The plan.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("Your folder of keys, or the identity.key in it.", valueName: "folder"))
  var key: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try PlanTools.sign(file, key: key, force: overwriting.force)
  }
}
