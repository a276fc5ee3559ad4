import ArgumentParser
import Console
import Federation
import ResearchTools

struct RemoteOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The researcher's configuration.", valueName: "file"))
  var config = "researcher.yaml"

  func coordinator() throws -> RemoteCoordinator { try RemoteCoordinator(configurationFile: config) }
}

struct RunArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The run's id, or its first digits.", valueName: "run"))
  var run: String
}

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Submit plans and follow their runs.",
    subcommands: [
      RunSubmitCommand.self, RunListCommand.self, RunShowCommand.self, RunWatchCommand.self,
      RunWhyCommand.self, RunCancelCommand.self,
    ])
}

struct RunSubmitCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Hand in a signed plan.",
    discussion: """
      Plan and study must be signed; the order to run is signed with your own key.

        konsil run submit plan.yaml --study study.yaml --watch
      """)

  @Argument(help: ArgumentHelp("The plan; its signature is FILE.sig.", valueName: "file"))
  var plan: String

  @Option(help: ArgumentHelp("The study; its signature is FILE.sig.", valueName: "file"))
  var study: String

  @Flag(help: "Follow the run and show its model.")
  var watch = false

  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report {
    let coordinator = try remote.coordinator()
    let run = try await coordinator.submit(plan: plan, study: study)
    guard watch else { return SubmittedReport(run: run) }
    return try await coordinator.watchToResult(run.run, progress: CommandOutput.tell)
  }
}

struct RunListCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all runs, newest first.",
    discussion: """
      Shows the state of each run and the masked sums it has taken so far.

        konsil run list
      """)

  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { try await remote.coordinator().runs() }
}

struct RunShowCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run, its steps and whom it waits for.",
    discussion: """
      A finished run's model is shown by “konsil model show”.

        konsil run show 3f9a
      """)

  @OptionGroup var subject: RunArgument
  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { try await remote.coordinator().show(subject.run) }
}

struct RunWatchCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a run to its end and show its model.",
    discussion: """
      Progress goes to standard error. Stopping the command does not stop the run.

        konsil run watch 3f9a
      """)

  @OptionGroup var subject: RunArgument
  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report {
    try await remote.coordinator().watchToResult(subject.run, progress: CommandOutput.tell)
  }
}

struct RunWhyCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Say whom a run waits for, why and since when.",
    discussion: """
      A run needs all of its sites at every step; here it says which one it lacks.

        konsil run why 3f9a
      """)

  @OptionGroup var subject: RunArgument
  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { try await remote.coordinator().why(subject.run) }
}

struct RunCancelCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel a run of yours.",
    discussion: """
      The steps that were taken stay counted against the plan's budget.

        konsil run cancel 3f9a
      """)

  @OptionGroup var subject: RunArgument
  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { try await remote.coordinator().cancel(subject.run) }
}

struct SiteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "site", abstract: "The sites of the federation.", subcommands: [SiteListCommand.self])
}

struct SiteListCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sites that the coordinator knows.",
    discussion: """
      Shows which sites are connected, since when, and until when their certificates
      are valid.

        konsil site list
      """)

  @OptionGroup var remote: RemoteOptions
  @OptionGroup var output: OutputOptions

  func report() async throws -> any Report { try await remote.coordinator().sites() }
}
