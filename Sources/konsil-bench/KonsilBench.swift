import ArgumentParser

@main
struct KonsilBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "konsil-bench",
    abstract: "Measures what the federation's parts cost; scripts/bench calls it. It is not shipped.",
    subcommands: [
      MaskingCommand.self, CoordinatorCommand.self, AgentCommand.self, BareServerCommand.self,
      BareClientCommand.self, SitesCommand.self, BoostingCommand.self, QualityCommand.self,
    ])
}
