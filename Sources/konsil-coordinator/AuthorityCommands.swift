import ArgumentParser
import Console
import Coordinator

struct InitCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make root and issuing authority and the coordinator's certificate.",
    discussion: """
      Keys are readable by this account alone; nothing that is there is overwritten.
      Keep root.key away from this machine once the issuing authority is made.
      """)

  @Option(help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var out: String

  @Option(help: ArgumentHelp("The coordinator's name.", valueName: "name"))
  var name = "konsil"

  @Option(
    name: .customLong("host"), parsing: .singleValue,
    help: ArgumentHelp(
      "A name or address that sites dial; may be given again. This machine's own without it.",
      valueName: "host"))
  var hosts: [String] = []

  @OptionGroup var output: OutputOptions

  func report() throws -> any Report { try Authority.create(at: out, name: name, hosts: hosts) }
}

struct CertificateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate", abstract: "Certificates of sites and researchers.",
    subcommands: [CertificateIssueCommand.self])
}

struct CertificateIssueCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue", abstract: "Sign a certificate request.",
    discussion: """
      The request asks for a role and a name; the role must be the one you give.
      Compare the fingerprint that the site read to you before you sign.
      """)

  @Argument(help: ArgumentHelp("The request.", valueName: "file.csr"))
  var request: String

  @Option(help: ArgumentHelp("What the holder is: site or researcher.", valueName: "role"))
  var role: String

  @Option(help: ArgumentHelp("The folder that `init` made.", valueName: "folder"))
  var authority = "authority"

  @Option(
    help: ArgumentHelp(
      "Where to write the certificate; beside the request without it.", valueName: "file.pem"))
  var out: String?

  @Option(help: ArgumentHelp("Days that it is valid.", valueName: "days"))
  var days = 365

  @OptionGroup var output: OutputOptions

  func report() throws -> any Report {
    try Authority.issue(
      request: request, role: role, authority: authority, out: out ?? Authority.certificatePath(of: request),
      days: days)
  }
}
