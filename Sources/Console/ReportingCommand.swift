import ArgumentParser

/// A command that does its work and reports it, as text or as JSON.
package protocol ReportingCommand: AsyncParsableCommand {
  var output: OutputOptions { get }

  func report() async throws -> any Report
}

extension ReportingCommand {
  package mutating func run() async throws {
    let command = self
    let status = await CommandOutput.deliver(asJSON: output.json) { try await command.report() }
    if status != 0 { throw ExitCode(status) }
  }
}

package struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  package var json = false

  package init() {}
}

package struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Overwrite files that are there already.")
  package var force = false

  package init() {}
}
