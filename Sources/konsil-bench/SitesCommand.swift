import ArgumentParser
import Federation
import Queries
import SecureAggregation
import SwiftProtobuf
import Wire

struct SitesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sites",
    abstract: "Steps of a federation in this process: seconds and bytes of the wire, by site, as it grows.")

  @OptionGroup var probe: ProbeRun
  @Option(help: "So many sites are lost in the second step, before they send.")
  var lost = 0

  func run() throws {
    let federation = try CountedFederation(probe)
    let setup = try federation.deliver()
    var steps: [String] = []
    var left = probe.sites.count
    for step in 1...probe.steps {
      if step == 2, lost > 0 {
        federation.lose(lost)
        left -= lost
      }
      let cost = try federation.deliver()
      steps.append(cost.json(sites: left))
    }
    print(
      "{\"setup\": \(setup.json(sites: probe.sites.count)), \"steps\": [\(steps.joined(separator: ", "))]}")
  }
}

/// What a stretch of a run took.
struct Cost {
  var atSites = Duration.zero
  var atCoordinator = Duration.zero
  var bytesUp = 0
  var bytesDown = 0

  /// Of one site, of `sites`, and of the coordinator.
  func json(sites: Int) -> String {
    """
    {"site_seconds": \(atSites / .seconds(sites)), "coordinator_seconds": \(atCoordinator / .seconds(1)), \
    "site_bytes_up": \(Double(bytesUp) / Double(sites)), "site_bytes_down": \(Double(bytesDown) / Double(sites))}
    """
  }
}

/// A federation whose messages are counted as the wire's. Nothing is sent or written.
final class CountedFederation {
  private final class Site {
    var run: SiteRun
    var journal = Journal()
    init(_ run: consuming SiteRun) { self.run = run }
  }

  private enum Message {
    case toSite(MessageToSite, String)
    case toCoordinator(MessageToCoordinator, String)
  }

  private let run: String
  private let sites: [String: Site]
  private var coordinator: CoordinatorRun
  private var queue: [Message] = []
  /// Requests of the next step; what was asked is delivered when the next stretch begins.
  private var asked: [Message] = []
  private var cost = Cost()
  private let clock = ContinuousClock()

  init(_ probe: ProbeRun) throws {
    func key(_ index: Int, _ use: UInt8) -> [UInt8] {
      [use, UInt8(truncatingIfNeeded: index)] + [UInt8](repeating: 9, count: 30)
    }
    let signers = try probe.sites.indices.map { index in
      guard let signer = SigningKey(seed: key(index, 1)) else { throw BenchFault("no key") }
      return signer
    }
    let roster = try Roster(zip(probe.sites, signers).map { .init(site: $0, key: $1.identity) })
    let offer = try probe.submission().offer
    run = offer.run
    var sites: [String: Site] = [:]
    for (index, name) in probe.sites.enumerated() {
      guard let digests = DigestKey(bytes: key(index, 2)) else { throw BenchFault("no key") }
      let frame = SiteRun.Frame(
        run: offer.run, site: name, roster: roster,
        subject: PlanOnSnapshot(plan: offer.planDigest, snapshot: Digest(of: key(index, 3))),
        mostSteps: probe.steps + 1, tolerance: probe.tolerance)
      sites[name] = Site(
        SiteRun(
          frame, computation: ProbeComputation(),
          keys: SiteRun.Keys(
            signer: signers[index], digests: digests, encapsulation: .system,
            noise: { UInt64.random(in: .min ... .max) })))
    }
    self.sites = sites
    coordinator = try CoordinatorRun(
      run: offer.run, plan: offer.planDigest, roster: roster, mostSteps: probe.steps + 1,
      program: .probe(probe.program()), tolerance: probe.tolerance)
    for name in probe.sites { perform(coordinator.joined(name, liveEpoch: nil)) }
  }

  /// Delivers all that is on its way, up to the next step's requests.
  func deliver() throws -> Cost {
    cost = Cost()
    queue += asked
    asked = []
    var next = 0
    while next < queue.count {
      switch queue[next] {
      case .toSite(let message, let name): try receive(message, name)
      case .toCoordinator(let message, let name):
        cost.bytesUp += try size(.message(run: run, message))
        let began = clock.now
        let actions = coordinator.receive(message, from: name)
        cost.atCoordinator += clock.now - began
        perform(actions)
      }
      next += 1
    }
    queue = []
    guard coordinator.outcome == nil, !asked.isEmpty else {
      throw BenchFault("the run stopped: \(coordinator.waiting)")
    }
    return cost
  }

  /// The last sites go while the step's requests are on their way.
  func lose(_ count: Int) {
    let gone = coordinator.roster.sites.suffix(count)
    asked.removeAll { if case .toSite(_, let name) = $0 { gone.contains(name) } else { false } }
    // Their leaving makes the coordinator ask anew; the old requests were on their way to the others.
    queue = asked
    asked = []
    for name in gone { perform(coordinator.left(name)) }
    asked = queue + asked
    queue = []
  }

  private func receive(_ message: MessageToSite, _ name: String) throws {
    guard let site = sites[name] else { return }
    cost.bytesDown += try size(.message(run: run, message))
    let began = clock.now
    let actions = site.run.receive(message, journal: &site.journal)
    cost.atSites += clock.now - began
    for action in actions {
      switch action {
      case .send(let answer): queue.append(.toCoordinator(answer, name))
      case .note(let refusal): throw BenchFault("\(name): \(refusal.detail)")
      case .write, .ended: break
      }
    }
  }

  private func perform(_ actions: [CoordinatorAction]) {
    for action in actions {
      switch action {
      case .offer(let name):
        guard let site = sites[name] else { continue }
        queue.append(.toCoordinator(.answer(.accepted(site.run.readiness(site.journal))), name))
      case .send(.step(let request), let name): asked.append(.toSite(.step(request), name))
      case .send(let message, let name): queue.append(.toSite(message, name))
      case .save, .saveEpoch, .note, .ended: break
      }
    }
  }

  private func size(_ event: CoordinatorEvent) throws -> Int {
    try ToSiteFramer.frames(event).reduce(0) { try $0 + ($1.serializedBytes() as [UInt8]).count }
  }

  private func size(_ event: SiteEvent) throws -> Int {
    try FromSiteFramer.frames(event).reduce(0) { try $0 + ($1.serializedBytes() as [UInt8]).count }
  }
}
