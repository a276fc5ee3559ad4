import ArgumentParser
import Console
import ResearchTools

struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Make, sign and show studies.",
    subcommands: [StudyNewCommand.self, StudySignCommand.self, StudyShowCommand.self])
}

struct StudyNewCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a study of a dictionary and the keys of those who take part.",
    discussion: """
      The study holds the dictionary's own text, the public keys and the least
      sizes. Each key is given under the name that it was made with.

        konsil study new --dictionary ibd.yaml --out study.yaml \\
          --site luxembourg=luxembourg.pub freiburg=freiburg.pub basel=basel.pub \\
          --researcher anna=keys/anna/identity.pub
      """)

  @Option(help: ArgumentHelp("The dictionary of variables and outcomes.", valueName: "file"))
  var dictionary: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Sites with their public keys, in the order that every run will use.", valueName: "name=key.pub"))
  var site: [NamedPath]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Who may sign plans, with their public keys.", valueName: "name=key.pub"))
  var researcher: [NamedPath]

  @Option(help: ArgumentHelp("The study to write.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("The least number of sites of a plan, at least 3.", valueName: "n"))
  var leastSites = 3

  @Option(
    help: ArgumentHelp("The least number of complete rows over all sites for a model.", valueName: "n"))
  var leastRows = 50

  @Option(help: ArgumentHelp("The least number of rows behind a published count.", valueName: "n"))
  var leastCount = 5

  @Option(help: ArgumentHelp("The most rows that a site may bring (default: 1048576).", valueName: "n"))
  var mostRowsPerSite: Int?

  @Option(help: ArgumentHelp("The most rows that a patient may have at a site.", valueName: "n"))
  var mostRowsPerPatient = 1

  @Option(
    help: ArgumentHelp(
      "What becomes of cells of two rare columns that few rows fill: columns (they are counted and named) or pairs (they are merged away).",
      valueName: "rule"))
  var support = SupportChoice.columns

  @Option(
    help: ArgumentHelp(
      "The column with the patient's pseudonym, which stays at the site (default: patient_id).",
      valueName: "column"))
  var recordKey: String?

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    let draft = StudyTools.Draft(
      dictionary: dictionary, sites: site, researchers: researcher, leastSites: leastSites,
      leastRows: leastRows, leastCount: leastCount, mostRowsPerSite: mostRowsPerSite,
      mostRowsPerPatient: mostRowsPerPatient, support: support, recordKey: recordKey)
    return try StudyTools.new(draft, out: out, force: overwriting.force)
  }
}

struct StudySignCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a study as its owner.",
    discussion: """
      The signature covers the file's exact bytes and is written beside it as
      FILE.sig. Every site accepts the study under the owner's fingerprint, which is
      printed.

        konsil study sign study.yaml --key keys/owner
      """)

  @Argument(help: ArgumentHelp("The study.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("The owner's folder of keys, or the identity.key in it.", valueName: "folder"))
  var key: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try StudyTools.sign(file, key: key, force: overwriting.force)
  }
}

struct StudyShowCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a study's parties, limits and variables.",
    discussion: """
      Says also whether the signature beside the file is good, and whose it is.

        konsil study show study.yaml
      """)

  @Argument(help: ArgumentHelp("The study.", valueName: "file"))
  var file: String

  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try StudyTools.show(file) }
}
