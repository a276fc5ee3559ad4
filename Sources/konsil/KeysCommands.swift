import ArgumentParser
import Console
import ResearchTools

struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make and show your own keys.",
    subcommands: [KeysNewCommand.self, KeysShowCommand.self])
}

struct KeysNewCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make an identity key, a TLS key and a certificate request.",
    discussion: """
      The keys are made on this machine and readable by this account alone; nothing
      that is there is overwritten. The command says what to do with each file.

        konsil keys new --name anna --out keys/anna
      """)

  @Option(
    help: ArgumentHelp(
      "Your name in studies and certificates: 1 to 63 of a-z, 0-9 and '-', a letter first.",
      valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp("The folder to make the keys in.", valueName: "folder"))
  var out: String

  @Flag(help: "Only the identity key: enough for a study's owner, who connects to nobody.")
  var identityOnly = false

  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try KeyTools.new(name: name, folder: out, identityOnly: identityOnly)
  }
}

struct KeysShowCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the name and fingerprint of a key.",
    discussion: """
      Two people compare fingerprints by telephone or in person before they trust
      each other's keys.

        konsil keys show keys/anna
        konsil keys show luxembourg.pub
      """)

  @Argument(
    help: ArgumentHelp("A folder of keys, or a public key file.", valueName: "folder-or-file"))
  var path: String

  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try KeyTools.show(path) }
}
