import Coordinator
import Federation
import Foundation
import Identity
import KonsilTesting
import Logging
import SecureAggregation
import SiteAgent
import Store
import SwiftProtobuf
import Testing
import Wire

/// The real coordinator's board and the real agents in one process, joined by the bytes of their streams: what TLS
/// hides on the wire is seen here.
struct Twin {
  /// What one connection carries either way.
  struct Connection {
    let session: Int
    let fromSite: AsyncStream<Agent.Outgoing>
    let toSite: AsyncStream<CoordinatorEvent>
  }

  let board: RunBoard
  let agents: [(site: String, agent: Agent)]
  let recording: Recording
  private let database: String
  /// To be closed before another opens the same file.
  let store: SQLiteRunStore

  /// - Parameters:
  ///   - federation: whose folder has the keys, documents and records; none of its processes is needed.
  ///   - approval: every site's policy.
  init(_ federation: FederationProcesses, approval: Policy.Approval = .auto) throws {
    let recording = Recording()
    let log = Logger(label: "twin") { _ in RecordingLog(recording) }
    database = Self.database(federation)
    store = try SQLiteRunStore(path: database)
    board = try RunBoard(store, log: log, now: { Twin.now() })
    agents = try federation.sites.map { site in
      let state = StateFolder(federation("\(site)/state"))
      _ = try AcceptedStudies(state).accept(
        federation("study.yaml"), owner: try federation.owner())
      let keys = try SiteRun.Keys.load(
        identity: KeyFolder(federation("\(site)/identity")), state: state)
      let configuration = SiteConfiguration(
        site: site,
        coordinator: Endpoint(
          host: "localhost", port: 1, authority: "", proxy: nil, groups: Endpoint.defaultGroups),
        identity: federation("\(site)/identity"), state: state.path,
        records: [federation.materials.study: RecordsSource(file: federation("\(site)/records.csv"))],
        policy: Policy(
          studies: ["ibd"], algorithms: ["logistic"], researchers: ["ada"], leastSites: 3,
          leastRows: 50, approval: approval))
      return (site, try Agent(configuration, keys: keys, log: log, now: { Twin.now() }))
    }
    self.recording = recording
  }

  static func database(_ federation: FederationProcesses) -> String { federation("twin.sqlite") }

  private static func now() -> Instant {
    Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }

  /// A signed plan with the order to run it, as the researcher's tools hand it in.
  static func submission(
    _ federation: FederationProcesses, run: String = String(repeating: "5a", count: 16),
    plan file: String = "plan.yaml"
  ) throws -> Submission {
    let study = try SignedFile(contentsOf: federation("study.yaml"), label: .study)
    let plan = try SignedFile(contentsOf: federation(file), label: .plan)
    let ada = try KeyFolder(federation("ada")).signingKey()
    return Submission(
      study: SignedStudy(
        text: study.bytes, owner: study.signature.key, signature: study.signature.signature),
      offer: RunOffer(
        run: run, plan: plan.bytes, researcher: ada.identity,
        planSignature: plan.signature.signature,
        runSignature: try ada.sign(
          .run, RunOffer.statement(run: run, plan: Digest(of: plan.bytes)))))
  }

  /// A site's agent dials.
  func connect(_ site: String, _ agent: Agent) async throws -> Connection {
    let (live, fromSite) = await agent.connected()
    let hello = SiteEvent.hello(version: WireProtocol.version, software: "twin", live: live)
    var assembler = FromSiteAssembler(pendingLimit: 0)
    var told: [String: Int]?
    for frame in try FromSiteFramer.frames(hello) {
      let bytes: [UInt8] = try frame.serializedBytes()
      recording.sent(bytes, by: site)
      let event = try assembler.accept(try Konsil_V1_FromSite(serializedBytes: bytes))
      if case .hello(_, _, let live)? = event { told = live }
    }
    let (session, toSite) = await board.siteConnected(
      site, live: try #require(told), certificateExpires: nil)
    return Connection(session: session, fromSite: fromSite, toSite: toSite)
  }

  /// Runs a plan to its end, or to where it stops, and records everything on the way.
  func train(_ submission: Submission) async throws -> RunSummary {
    let run = submission.offer.run
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (site, agent) in agents {
        let connection = try await connect(site, agent)
        group.addTask { try await carry(connection.fromSite, of: site, connection.session) }
        group.addTask { try await carry(connection.toSite, to: agent) }
      }
      _ = try await board.submit(submission, by: "ada")
      try await wait(until: "the run is over", told: recording.logLines.suffix(20).joined(separator: "\n")) {
        try await board.detail(run).summary.state.isOver
          || recording.logLines.contains { $0.contains("the run stops until a restart") }
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    return try await board.detail(run).summary
  }

  private func carry(
    _ messages: AsyncStream<Agent.Outgoing>, of site: String, _ session: Int
  ) async throws {
    var assembler = FromSiteAssembler(pendingLimit: 64 << 20)
    for await next in messages {
      for frame in try FromSiteFramer.frames(.message(run: next.run, next.message)) {
        let bytes: [UInt8] = try frame.serializedBytes()
        recording.sent(bytes, by: site)
        let parsed = try Konsil_V1_FromSite(serializedBytes: bytes)
        guard case .message(let run, let message)? = try assembler.accept(parsed) else { continue }
        await board.receive(message, run: run, from: site, session: session)
        for file in [database, database + "-wal"] {
          if let data = FileManager.default.contents(atPath: file) { recording.stored(data) }
        }
      }
    }
  }

  /// Until the stream ends.
  func carry(_ events: AsyncStream<CoordinatorEvent>, to agent: Agent) async throws {
    var assembler = ToSiteAssembler(pendingLimit: 64 << 20)
    for await event in events {
      for frame in try ToSiteFramer.frames(event) {
        let parsed = try Konsil_V1_ToSite(serializedBytes: frame.serializedBytes() as [UInt8])
        if let event = try assembler.accept(parsed) { await agent.receive(event) }
      }
    }
  }
}
