import ArgumentParser
import Console
import Federation
import Foundation
import Identity
import Logging
import SiteAgent

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "The real agent on a probing run; with --clear one whose masks are zero.")

  @Option var config: String
  @Flag(help: "The twin: the same in all, without masks.")
  var clear = false
  @OptionGroup var probe: ProbeRun

  func run() async throws {
    Heap.configure()
    let log = Logger(label: "konsil-bench", factory: { StreamLogHandler.standardError(label: $0) })
    let configuration = try SiteConfiguration.load(config)
    let folder = URL(fileURLWithPath: config).deletingLastPathComponent().deletingLastPathComponent().path
    let frame = try probe.frame(site: configuration.site, folder: folder)
    guard clear else {
      let daemon = try AgentDaemon(configuration, log: log)
      await daemon.agent.adopt(frame, ProbeComputation())
      return try await daemon.run()
    }
    let state = StateFolder(configuration.state)
    let keys = try SiteRun.Keys.load(identity: KeyFolder(configuration.identity), state: state)
    let agent = try ClearAgent(frame, keys: keys, state: state)
    await CoordinatorLink(
      agent: agent, route: { try configuration.route() }, software: AgentDaemon.software, log: log
    ).run()
  }
}
