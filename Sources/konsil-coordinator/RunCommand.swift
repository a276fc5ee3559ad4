import ArgumentParser
import Console
import Coordinator
import Federation
import Logging
import ServiceLifecycle
import UnixSignals

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the coordinator until it is told to stop.",
    discussion: """
      Logs to standard error. Every run that was going on is taken up again from what
      the database holds.
      """)

  @Option(help: ArgumentHelp("The coordinator's configuration.", valueName: "file"))
  var config = "coordinator.yaml"

  func run() async throws {
    Heap.configure()
    Heap.keepFreed()
    let status = await CommandOutput.serve {
      let log = Logger(label: "konsil-coordinator", factory: { StreamLogHandler.standardError(label: $0) })
      let daemon = try CoordinatorDaemon(try CoordinatorConfiguration.load(config), log: log)
      let group = ServiceGroup(
        configuration: .init(
          services: [.init(service: daemon)], gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
      try await group.run()
    }
    if status != 0 { throw ExitCode(status) }
  }
}
