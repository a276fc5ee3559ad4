import Console
import Federation
import Foundation
import Identity
import Logging
import SecureAggregation
import ServiceLifecycle

/// The agent as a service: what `konsil-agent run` starts.
package struct AgentDaemon: Service {
  package static let software = "konsil-agent/0.1"

  package let agent: Agent
  private let link: CoordinatorLink

  /// - Parameter configuration: with its paths resolved.
  /// - Throws: what is wrong with keys, certificate, state folder or journal.
  package init(_ configuration: SiteConfiguration, log: Logger) throws {
    let identity = KeyFolder(configuration.identity)
    _ = try configuration.route()
    let keys = try SiteRun.Keys.load(identity: identity, state: StateFolder(configuration.state))
    agent = try Agent(configuration, keys: keys, log: log, now: Instant.system)
    link = CoordinatorLink(
      agent: agent, route: configuration.route, software: Self.software, log: log)
  }

  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await cancelWhenGracefulShutdown { await link.run() } }
      group.addTask {
        await cancelWhenGracefulShutdown {
          // The link looks for a failure only when it has tried to connect.
          while !Task.isCancelled, await agent.failure == nil {
            await agent.lookForDecisions()
            try? await Task.sleep(for: .milliseconds(500))
          }
        }
      }
      await group.next()
      group.cancelAll()
    }
    if let failure = await agent.failure { throw failure }
  }

  private func cancelWhenGracefulShutdown(_ body: @escaping @Sendable () async -> Void) async {
    await ServiceLifecycle.cancelWhenGracefulShutdown { await body() }
  }
}

extension SiteConfiguration {
  /// How the site's agent reaches its coordinator, from the configuration's files.
  package func route() throws -> CoordinatorRoute {
    let route = try CoordinatorRoute(coordinator, folder: KeyFolder(identity))
    guard route.tls.name == PeerName(role: .site, name: site) else {
      throw Complaint(
        .refused, code: "wrong-certificate",
        "the certificate is for \(route.tls.name), the configuration is for the site “\(site)”",
        advice: "give this site's certificate, or correct `site:`")
    }
    return route
  }
}
