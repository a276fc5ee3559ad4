import Cohorts
import Federation
import Queries
import SecureAggregation

/// The whole federation in one process: the real program, site computation and masking, with throw-away
/// identities and a queue in place of the network.
package final class SimulatedFederation {
  /// One message on its way.
  package enum Envelope {
    case offer(String)
    case toSite(MessageToSite, String)
    case toCoordinator(MessageToCoordinator, String)
  }

  package let sites: [InProcessSite]
  package private(set) var coordinator: CoordinatorRun
  /// What is on its way, oldest first. A test may reorder, drop or alter it.
  package var queue: [Envelope] = []
  package private(set) var notes: [String] = []
  package private(set) var outcome: RunOutcome?
  package private(set) var model: PlanModel?
  /// Steps as the coordinator saved them, by number.
  package private(set) var saved: [Int: StepRecord] = [:]
  /// The last step, if it is being saved while its sites have the next query.
  package private(set) var lateSave: Int?
  /// Sites without a connection: nothing reaches them.
  private var away: Set<String> = []
  private let roster: Roster
  private let atStart: PlanProgram
  private let mostSteps: Int
  private let tolerance: Tolerance?
  private let planDigest: Digest

  /// - Parameters:
  ///   - plan: a plan without problems in `study`, template or not.
  ///   - cohorts: each site's records.
  /// - Throws: `SimulationFault` when a site's cohort lacks a variable; what the roster and program throw.
  package init(plan: Plan, study: Study, cohorts: [String: Cohort]) throws {
    var generator = SystemRandomNumberGenerator()
    func bytes() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) } }
    let planDigest = Digest(of: bytes())
    let run = Digest(of: bytes()).hexadecimal.prefix(32)
    var sites: [InProcessSite] = []
    for name in plan.sites {
      guard let cohort = cohorts[name] else {
        throw SimulationFault(site: name, detail: "no records are given for it")
      }
      guard let computation = plan.computation(study: study, site: name, cohort: cohort, leastRows: 0),
        let signer = SigningKey(seed: bytes()), let digests = DigestKey(bytes: bytes())
      else {
        throw SimulationFault(site: name, detail: "its records lack a variable of the plan")
      }
      let subject = PlanOnSnapshot(plan: planDigest, snapshot: Digest(of: bytes()))
      sites.append(
        InProcessSite(name: name, signer: signer, digests: digests, computation: computation) { roster in
          SiteRun.Frame(
            run: String(run), site: name, roster: roster, subject: subject, mostSteps: plan.mostSteps,
            tolerance: plan.tolerance, blocks: plan.blocks)
        })
    }
    self.sites = sites
    self.planDigest = planDigest
    roster = try Roster(sites.map { .init(site: $0.name, key: $0.signer.identity) })
    atStart = try PlanProgram(plan, study: study)
    mostSteps = plan.mostSteps
    tolerance = plan.tolerance
    coordinator = try CoordinatorRun(
      run: String(run), plan: planDigest, roster: roster, mostSteps: mostSteps, program: atStart,
      tolerance: tolerance)
    for site in sites {
      site.start(roster)
      perform(coordinator.joined(site.name, liveEpoch: nil))
    }
  }

  /// Delivers messages until none is left.
  ///
  /// - Returns: how the run ended; nil when it waits for a site.
  @discardableResult
  package func run(onStep: (StepRecord) -> Void = { _ in }) -> RunOutcome? {
    var reported = saved.count
    while deliverNext() {
      while reported < saved.count {
        reported += 1
        if let record = saved[reported] { onStep(record) }
      }
    }
    return outcome
  }

  /// Delivers the oldest message; false when there is none.
  package func deliverNext() -> Bool {
    guard !queue.isEmpty else { return false }
    switch queue.removeFirst() {
    case .offer(let name):
      guard let site = site(name) else { return true }
      queue.append(.toCoordinator(.answer(.accepted(site.readiness)), name))
    case .toSite(let message, let name):
      guard let site = site(name) else { return true }
      queue += site.receive(message).map { .toCoordinator($0, name) }
    case .toCoordinator(let message, let name):
      perform(coordinator.receive(message, from: name))
    }
    return true
  }

  package func site(_ name: String) -> InProcessSite? { sites.first { $0.name == name } }

  /// A site's connection goes; what was on its way to and from it is lost.
  package func disconnect(_ name: String) {
    queue.removeAll { envelope in
      switch envelope {
      case .offer(name), .toSite(_, name), .toCoordinator(_, name): true
      default: false
      }
    }
    away.insert(name)
    perform(coordinator.left(name))
  }

  /// A site's connection comes back; `restarted` when its process has begun anew.
  package func connect(_ name: String, restarted: Bool) {
    guard let site = site(name) else { return }
    away.remove(name)
    if restarted { site.start(roster) }
    perform(coordinator.joined(name, liveEpoch: site.liveEpoch))
  }

  /// The coordinator's process begins anew from what was saved; the connections that there were come back. A run that is
  /// over is not taken up.
  ///
  /// - Parameters:
  ///   - unsaved: whether the machine failed before a sum that was being saved was on the disk.
  ///   - lost: a site that does not come back.
  package func restartCoordinator(unsaved: Bool = false, losing lost: String? = nil) throws {
    guard outcome == nil else { return }
    queue = []
    if unsaved, let step = lateSave { saved[step] = nil }
    if let lost { away.insert(lost) }
    coordinator = try CoordinatorRun(
      run: coordinator.run, plan: planDigest, roster: roster, mostSteps: mostSteps, program: atStart,
      history: saved.keys.sorted().compactMap { saved[$0] }, epoch: coordinator.epoch, tolerance: tolerance)
    for site in sites where !away.contains(site.name) {
      perform(coordinator.joined(site.name, liveEpoch: site.liveEpoch))
    }
  }

  /// Those who are away have been waited for long enough.
  package func patienceIsOver() { perform(coordinator.patienceIsOver()) }

  private func perform(_ actions: [CoordinatorAction]) {
    lateSave = nil
    var hasAsked = false
    for action in actions {
      switch action {
      case .offer(let name):
        if !away.contains(name) { queue.append(.offer(name)) }
      case .send(let message, let name):
        hasAsked = true
        if !away.contains(name) { queue.append(.toSite(message, name)) }
      case .save(let records):
        for record in records {
          saved = saved.filter { $0.key < record.step }
          saved[record.step] = record
        }
        if hasAsked { lateSave = records.last?.step }
      case .saveEpoch: break
      case .note(let site, let text): notes.append((site.map { "\($0): " } ?? "") + text)
      case .ended(let outcome, let model):
        self.outcome = outcome
        self.model = model
      }
    }
  }
}

/// Why a simulation cannot begin.
package struct SimulationFault: Error, Hashable, Sendable {
  package let site: String
  package let detail: String
}
