import ArgumentParser
import Console
import SiteAgent

struct ConfigurationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The site's configuration.", valueName: "file"))
  var config = "site.yaml"
}

struct InitCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the site's identity key, TLS key and certificate request.",
    discussion: """
      The keys are made on this machine, readable by this account alone; nothing that
      is there is overwritten.
      """)

  @Option(
    help: ArgumentHelp("The site's name: 1 to 63 of a-z, 0-9 and '-', a letter first.", valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp("The folder to make the keys in.", valueName: "folder"))
  var out: String

  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try Administration.makeKeys(name: name, folder: out) }
}

struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "The studies that this site accepts.",
    subcommands: [StudyAcceptCommand.self])
}

struct StudyAcceptCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Accept a study that its owner signed.",
    discussion: """
      FILE.sig must be the owner's signature over exactly FILE. Ask the owner for the
      fingerprint by telephone or in person.
      """)

  @Argument(help: ArgumentHelp("The study.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("The fingerprint of the owner's key.", valueName: "fingerprint"))
  var owner: String

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Administration(configurationFile: site.config).acceptStudy(file, owner: owner)
  }
}

struct SnapshotCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Freeze a study's records as they are now.",
    discussion: """
      A study's plans all work on one frozen copy, so that no two sums differ in a
      patient who came between them. The first is taken by itself; after another one
      the study's next plan needs your approval in words.
      """)

  @Argument(help: ArgumentHelp("The study.", valueName: "name"))
  var study: String

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Administration(configurationFile: site.config).takeSnapshot(study)
  }
}
