import Foundation
import Synchronization

/// A federation of real processes on loopback in a folder of its own: a coordinator, agents, and the researcher's
/// tools. It stops what it started, and nothing else.
package final class FederationProcesses: Sendable {
  package let path: String
  package let materials: FederationMaterials
  private let orphans: OrphanGuard
  private let running = Mutex<[String: RunningProgram]>([:])
  private let counter = Mutex(0)
  private let listening = Mutex<Int?>(nil)

  private init(_ materials: FederationMaterials) throws {
    self.materials = materials
    path = FileManager.default.temporaryDirectory.path + "/konsil-processes-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path + "/logs", withIntermediateDirectories: true)
    orphans = try OrphanGuard(folder: path)
  }

  deinit {
    orphans.dismiss()
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Makes a federation's keys, documents and records, lets a test use it, and stops every process of it, however the
  /// test ends.
  package static func run(
    _ materials: FederationMaterials, _ body: (FederationProcesses) async throws -> Void
  ) async throws {
    let federation = try FederationProcesses(materials)
    do {
      try await federation.make()
      try await body(federation)
    } catch {
      await federation.stopAll()
      throw error
    }
    await federation.stopAll()
  }

  package var sites: [String] { materials.sites }

  /// The whole path of a file in the federation's folder.
  package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  package func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: self(name)))
  }

  package func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: self(name)))
  }

  package func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  // Commands

  /// Runs a command in the federation's folder to its end.
  package func call(_ program: Program, _ arguments: [String]) async throws -> ProgramResult {
    try await start(program, arguments).result()
  }

  /// Runs a command that must succeed.
  @discardableResult
  package func succeed(_ program: Program, _ arguments: [String]) async throws -> ProgramResult {
    let result = try await call(program, arguments)
    guard result.status == 0 else {
      throw WaitFailure(description: "\(program.rawValue) \(arguments.joined(separator: " ")): \(result)")
    }
    return result
  }

  /// A command of the researcher's, by the researcher's configuration.
  package func konsil(_ arguments: String...) async throws -> ProgramResult {
    try await call(.konsil, arguments + ["--config", "researcher.yaml"])
  }

  /// A command of a site's administrator.
  package func administrator(_ site: String, _ arguments: String...) async throws -> ProgramResult {
    try await call(.agent, arguments + ["--config", "\(site)/site.yaml"])
  }

  private func start(_ program: Program, _ arguments: [String]) throws -> RunningProgram {
    let number = counter.withLock { number in
      number += 1
      return number
    }
    let started = try RunningProgram(
      program, arguments, in: path, output: self("logs/\(number)-\(program.rawValue)"))
    try orphans.watch(started.id)
    return started
  }

  // The coordinator

  /// The coordinator's port; it stays when the coordinator is started again.
  package var port: Int { listening.withLock { $0 ?? 0 } }

  package var coordinator: RunningProgram? { running.withLock { $0["coordinator"] } }

  /// - Parameter patience: seconds that a tolerant run waits for a site; nil for the default.
  package func startCoordinator(patience: Int? = nil) async throws {
    try write(
      """
      konsil: coordinator-config/1
      listen: {host: 127.0.0.1, port: \(port)}
      identity: authority
      database: konsil.sqlite
      \(patience.map { "patience: \($0)" } ?? "")

      """, to: "coordinator.yaml")
    let program = try start(.coordinator, ["run", "--config", "coordinator.yaml"])
    running.withLock { $0["coordinator"] = program }
    try await wait(until: "the coordinator listens", told: program.tail) {
      guard program.isRunning else { throw WaitFailure(description: program.tail) }
      return Self.port(in: program.log) != nil
    }
    listening.withLock { $0 = Self.port(in: program.log) }
    try write(
      """
      konsil: researcher-config/1
      researcher: ada
      coordinator: {host: localhost, port: \(port), authority: authority/root.pem}
      identity: ada

      """, to: "researcher.yaml")
  }

  private static func port(in log: String) -> Int? {
    log.split(separator: "\n").first { $0.hasSuffix("listening") }?
      .split(separator: " ").first { $0.hasPrefix("port=") }.flatMap { Int($0.dropFirst(5)) }
  }

  // The agents

  package func agent(_ site: String) -> RunningProgram? { running.withLock { $0[site] } }

  /// Writes a site's configuration.
  package func configure(_ site: String, _ options: SiteOptions = SiteOptions()) throws {
    let proxy = options.proxyPort.map { ", proxy: {host: 127.0.0.1, port: \($0)}" } ?? ""
    try write(
      """
      konsil: site-config/1
      site: \(site)
      coordinator: {host: localhost, port: \(port), authority: ../authority/root.pem\(proxy)}
      identity: \(options.identity)
      state: state
      records: {\(materials.study): records.csv}
      \(options.policy)

      """, to: "\(site)/site.yaml")
  }

  package func startAgent(_ site: String) throws {
    let program = try start(.agent, ["run", "--config", "\(site)/site.yaml"])
    running.withLock { $0[site] = program }
  }

  /// Configures sites, lets them accept the study, and starts their agents.
  package func startAgents(_ sites: [String]? = nil, _ options: SiteOptions = SiteOptions()) async throws {
    for site in sites ?? self.sites {
      try configure(site, options)
      try await acceptStudy(site)
      try startAgent(site)
    }
  }

  package func acceptStudy(_ site: String) async throws {
    try await succeed(
      .agent,
      [
        "study", "accept", "study.yaml", "--owner", try owner(), "--config", "\(site)/site.yaml",
      ])
  }

  /// Waits until the coordinator says that these sites are connected.
  package func waitForSites(_ sites: [String]) async throws {
    try await wait(
      until: "\(sites) are connected",
      told: sites.compactMap { agent($0)?.tail }.joined(separator: "\n")
    ) {
      let log = coordinator?.log ?? ""
      return sites.allSatisfy { log.contains("site=\($0) [Coordinator] site connected") }
    }
  }

  /// Every log of every process so far.
  package var allLogs: String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: self("logs"))) ?? []
    return names.sorted().compactMap { try? text("logs/\($0)") }.joined(separator: "\n")
  }

  private func stopAll() async {
    let programs = running.withLock { running in
      defer { running = [:] }
      return Array(running.values)
    }
    for program in programs { await program.stop() }
  }
}

/// What a test may set in a site's configuration.
package struct SiteOptions: Sendable {
  /// The `policy` entry; empty for a site without one.
  package var policy: String
  package var proxyPort: Int?
  /// The folder of keys, from the site's own.
  package var identity = "identity"

  package init(policy: String = SiteOptions.policy(), proxyPort: Int? = nil) {
    self.policy = policy
    self.proxyPort = proxyPort
  }

  package static func policy(
    studies: String = "ibd, heart", algorithms: String = "logistic", researchers: String = "ada",
    leastSites: Int = 3, approval: String = "auto"
  ) -> String {
    """
    policy:
      studies: [\(studies)]
      algorithms: [\(algorithms)]
      researchers: [\(researchers)]
      least_sites: \(leastSites)
      least_rows: 50
      approval: \(approval)
    """
  }
}
