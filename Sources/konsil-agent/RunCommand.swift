import ArgumentParser
import Console
import Federation
import Foundation
import Logging
import ServiceLifecycle
import SiteAgent
import UnixSignals

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the agent until it is told to stop.",
    discussion: """
      Logs to standard error. It dials the coordinator for ever, with longer and longer
      pauses, and says in one line why it cannot connect.
      """)

  @OptionGroup var site: ConfigurationOptions

  func run() async throws {
    Heap.configure()
    let status = await CommandOutput.serve {
      let configuration = try SiteConfiguration.load(site.config)
      let lock = try StateLock(StateFolder(configuration.state))
      let log = Logger(label: "konsil-agent", factory: { StreamLogHandler.standardError(label: $0) })
      let daemon = try AgentDaemon(configuration, log: log)
      let group = ServiceGroup(
        configuration: .init(
          services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
          gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
      try await group.run()
      _ = consume lock
    }
    if status != 0 { throw ExitCode(status) }
  }
}

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look whether this site can take part.",
    discussion: """
      Keys and permissions, certificate dates, name resolution and proxy, TLS version
      and group, and the records against each accepted study's dictionary. Exit status
      1 when something is bad.
      """)

  @OptionGroup var site: ConfigurationOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let path = site.config
    var isGood = true
    let status = await CommandOutput.deliver(asJSON: output.json) {
      let check = await AgentCheck.run(try SiteConfiguration.load(path), now: Date())
      isGood = check.isGood
      return check
    }
    if status != 0 || !isGood { throw ExitCode(status == 0 ? ExitStatus.runFailed.rawValue : status) }
  }
}
