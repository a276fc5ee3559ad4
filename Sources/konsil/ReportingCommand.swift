import ArgumentParser
import ResearchTools

/// A command that does its work and reports it, as text or as JSON.
protocol ReportingCommand: AsyncParsableCommand {
  var output: OutputOptions { get }

  func report() async throws -> any Report
}

extension ReportingCommand {
  mutating func run() async throws {
    let command = self
    let status = await CommandOutput.deliver(asJSON: output.json) { try await command.report() }
    if status != 0 { throw ExitCode(status) }
  }
}

struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false
}

struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Overwrite files that are there already.")
  var force = false
}
