import Boosting
import Federation
import Foundation
import Queries
import SecureAggregation

/// Sites and coordinator of one run under fixed membership, in this process. Nothing is sent or written.
final class MaskedFederation: @unchecked Sendable {
  /// A site's part; one thread at a time works on it.
  private final class Site: @unchecked Sendable {
    let name: String
    var run: SiteRun
    var journal = Journal()
    var inbox: [MessageToSite] = []
    var outbox: [MessageToCoordinator] = []
    var fault: String?

    init(_ name: String, _ run: consuming SiteRun) {
      self.name = name
      self.run = run
    }

    func work() {
      let messages = inbox
      inbox = []
      for message in messages {
        for action in run.receive(message, journal: &journal) {
          switch action {
          case .send(let answer): outbox.append(answer)
          case .note(let refusal): fault = "\(name): \(refusal.detail)"
          case .write, .ended: break
          }
        }
      }
    }
  }

  /// Held by who works on the coordinator.
  private let lock = NSLock()
  private let sites: [Site]
  private let places: [String: Int]
  private let workers: Workers
  private var coordinator: CoordinatorRun
  private var model: PlanModel?
  private(set) var steps = 0
  /// Of all masked vectors that went to the coordinator, packed as on the wire.
  private(set) var bytes = 0

  init(
    _ names: [String], program: PlanProgram, mostSteps: Int, computations: [any SiteComputation],
    workers: Workers
  ) throws {
    func key(_ index: Int, _ use: UInt8) -> [UInt8] {
      [use, UInt8(truncatingIfNeeded: index)] + [UInt8](repeating: 9, count: 30)
    }
    let signers = try names.indices.map { index in
      guard let signer = SigningKey(seed: key(index, 1)) else { throw BenchFault("no key") }
      return signer
    }
    let roster = try Roster(zip(names, signers).map { .init(site: $0, key: $1.identity) })
    let plan = Digest(of: Array("boosting".utf8))
    let run = String(plan.hexadecimal.prefix(32))
    sites = try names.indices.map { index in
      guard let digests = DigestKey(bytes: key(index, 2)) else { throw BenchFault("no key") }
      let frame = SiteRun.Frame(
        run: run, site: names[index], roster: roster,
        subject: PlanOnSnapshot(plan: plan, snapshot: Digest(of: key(index, 3))), mostSteps: mostSteps)
      return Site(
        names[index],
        SiteRun(
          frame, computation: computations[index],
          keys: SiteRun.Keys(
            signer: signers[index], digests: digests, encapsulation: .system,
            noise: { UInt64.random(in: .min ... .max) })))
    }
    places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    self.workers = workers
    coordinator = try CoordinatorRun(
      run: run, plan: plan, roster: roster, mostSteps: mostSteps, program: program)
    coordinator.workers = workers
    for name in names { perform(coordinator.joined(name, liveEpoch: nil)) }
  }

  /// Until the run has ended.
  func run() throws -> PlanModel {
    while coordinator.outcome == nil {
      let waiting = sites
      guard waiting.contains(where: { !$0.inbox.isEmpty || !$0.outbox.isEmpty }) else {
        throw BenchFault("the run stopped: \(coordinator.waiting)")
      }
      // The coordinator takes a vector while other sites still make theirs. What it sends next follows from the last
      // one, when none is at work.
      workers(waiting.count) { place in
        waiting[place].work()
        lock.withLock { deliver(from: waiting[place]) }
      }
      if let fault = sites.lazy.compactMap(\.fault).first { throw BenchFault(fault) }
    }
    guard let model else { throw BenchFault("\(coordinator.outcome.debugDescription)") }
    return model
  }

  private func deliver(from site: Site) {
    let messages = site.outbox
    site.outbox = []
    for message in messages {
      if case .contribution(_, _, let contribution) = message { bytes += contribution.layout.byteCount }
      perform(coordinator.receive(message, from: site.name))
    }
  }

  private func perform(_ actions: [CoordinatorAction]) {
    for action in actions {
      switch action {
      case .offer(let name):
        guard let site = site(name) else { continue }
        site.outbox.append(.answer(.accepted(site.run.readiness(site.journal))))
      case .send(let message, let name): site(name)?.inbox.append(message)
      case .save: steps += 1
      case .ended(_, let found): model = found
      case .saveEpoch, .note: break
      }
    }
  }

  private func site(_ name: String) -> Site? { places[name].map { sites[$0] } }
}
