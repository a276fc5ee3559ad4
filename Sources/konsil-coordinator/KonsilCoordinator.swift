import ArgumentParser

@main
struct KonsilCoordinator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "konsil-coordinator",
    abstract: "The coordinator: it asks queries of all sites and sees their sums alone.",
    discussion: """
        konsil-coordinator init --out authority --host konsil.example.org
        konsil-coordinator certificate issue --role site luxembourg.csr \\
          --authority authority --out luxembourg.pem
        konsil-coordinator run --config coordinator.yaml

      Exit statuses: 0 success, 64 the command line, 65 a document, 66 a file is not
      there, 69 the address or database is in use, 70 a fault of ours, 73 a file cannot
      be written, 77 forbidden by a certificate or permission.
      """,
    subcommands: [InitCommand.self, CertificateCommand.self, RunCommand.self])
}
