import Federation
import Foundation
import Testing

/// `--help` is how most people meet the program.
@Suite(.needsKonsil)
struct HelpTests {
  private struct Dump: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    struct Argument: Decodable {
      let kind: String
      let abstract: String?
      let valueName: String?
      let preferredName: Name?
    }

    struct Command: Decodable {
      let commandName: String
      let abstract: String?
      let discussion: String?
      let arguments: [Argument]?
      let subcommands: [Command]?

      /// Every command without subcommands, with the words that lead to it.
      func leaves(_ path: [String] = []) -> [(path: [String], command: Command)] {
        let own = (subcommands ?? []).filter { $0.commandName != "help" }
        return own.isEmpty
          ? [(path, self)] : own.flatMap { $0.leaves(path + [$0.commandName]) }
      }
    }

    let command: Command
  }

  private static func commands() throws -> [(path: [String], command: Dump.Command)] {
    let dump = try KonsilProcess.succeed("--experimental-dump-help", "--json", in: Workspace())
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command.leaves()
  }

  @Test func everyCommandOfTheResearcherIsThere() throws {
    let paths = try Self.commands().map { $0.path.joined(separator: " ") }
    let promised = [
      "keys new", "keys show", "study new", "study sign", "study show", "plan new", "plan check",
      "plan sign", "simulate", "cohort simulate", "model show", "model export", "model plot", "predict",
      "run submit", "run list", "run show", "run watch", "run cancel", "run why", "site list",
    ]
    #expect(promised.filter { !paths.contains($0) } == [])
  }

  @Test func everyCommandExplainsItselfItsOptionsAndGivesAnExample() throws {
    let workspace = try Workspace()
    for (path, command) in try Self.commands() {
      let name = path.joined(separator: " ")
      let help = try KonsilProcess.run(path + ["--help"], in: workspace)
      #expect(help.status == 0 && help.errors.isEmpty, "\(name)")
      #expect(command.abstract?.isEmpty == false, "\(name)")
      #expect(help.output.contains("\n  konsil \(name)"), "\(name) has no example")
      for argument in command.arguments ?? [] {
        let label = argument.preferredName.map { "--\($0.name)" } ?? "<\(argument.valueName ?? "?")>"
        #expect(help.output.contains("  \(label)") || help.output.contains(", \(label)"), "\(name) \(label)")
        #expect(argument.abstract?.isEmpty == false, "\(name) \(label) is not explained")
      }
      #expect(help.output.contains("--json"), "\(name)")
      for line in help.output.components(separatedBy: "USAGE")[0].split(separator: "\n") {
        #expect(line.count <= 80, "\(name): \(line)")
      }
    }
  }

  @Test func theExamplesOfAllCommandsKeepTheirLines() throws {
    let workspace = try Workspace()
    for (path, command) in try Self.commands() {
      let help = try KonsilProcess.run(path + ["--help"], in: workspace).output
      for line in (command.discussion ?? "").split(separator: "\n") {
        #expect(help.contains("\n\(line)\n"), "\(path) breaks “\(line)”")
      }
    }
  }

  @Test func everyExitStatusIsDocumented() throws {
    let help = try KonsilProcess.succeed("--help", in: Workspace()).output
    let statuses = help.split(separator: "\n").compactMap { line in
      line.hasPrefix("  ") ? line.split(separator: " ").first.flatMap { Int32($0) } : nil
    }
    #expect(statuses == ExitStatus.allCases.map(\.rawValue).sorted())
  }
}
