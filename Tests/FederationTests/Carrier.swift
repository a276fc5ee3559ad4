import Federation
import KonsilTesting
import Queries
import SecureAggregation

/// Carries messages between a coordinator and a bench's sites, honestly.
struct Carrier {
  /// Whose messages to the coordinator go before all others.
  var urgent: String?
  private(set) var coordinator: CoordinatorRun
  private(set) var outcome: RunOutcome?
  private(set) var model: PlanModel?
  private(set) var saved: [StepRecord] = []
  private(set) var notes: [String] = []
  /// What the coordinator wanted each time it saved a step.
  private(set) var savings: [[CoordinatorAction]] = []
  private let bench: Bench
  private var queue: [Delivery] = []

  private enum Delivery {
    case toSite(MessageToSite, String)
    case toCoordinator(MessageToCoordinator, String)
  }

  init(_ bench: Bench, epoch: Int = 0) throws {
    self.bench = bench
    coordinator = try CoordinatorRun(
      run: bench.run, plan: bench.plan, roster: bench.roster, mostSteps: bench.study.plan.mostSteps,
      program: PlanProgram(bench.study.plan, study: bench.study.study), epoch: epoch,
      tolerance: bench.tolerance)
    for site in bench.names { perform(coordinator.joined(site, liveEpoch: nil)) }
  }

  private var nextPlace: Int {
    queue.firstIndex { if case .toCoordinator(_, let name) = $0 { name == urgent } else { false } } ?? 0
  }

  /// Delivers until nothing is on its way.
  ///
  /// - Parameters:
  ///   - altering: what becomes of a message to the site of this index; nil when it is lost.
  ///   - forging: what the site of this index sends in place of what its agent does.
  @discardableResult
  mutating func run(
    altering: (MessageToSite, Int) -> MessageToSite? = { message, _ in message },
    forging: (MessageToCoordinator, Int) -> [MessageToCoordinator] = { message, _ in [message] }
  ) -> RunOutcome? {
    while !queue.isEmpty {
      switch queue.remove(at: nextPlace) {
      case .toSite(let message, let name):
        guard let site = bench.sites.first(where: { $0.name == name }),
          let message = altering(message, site.index)
        else { continue }
        queue += site.tell(message).sent.flatMap { forging($0, site.index) }.map { .toCoordinator($0, name) }
      case .toCoordinator(let message, let name): perform(coordinator.receive(message, from: name))
      }
    }
    return outcome
  }

  mutating func left(_ site: String) { perform(coordinator.left(site)) }
  mutating func patienceIsOver() { perform(coordinator.patienceIsOver()) }

  mutating func receive(_ message: MessageToCoordinator, from site: String) {
    perform(coordinator.receive(message, from: site))
  }

  private mutating func perform(_ actions: [CoordinatorAction]) {
    if actions.contains(where: { if case .save = $0 { true } else { false } }) { savings.append(actions) }
    for action in actions {
      switch action {
      case .offer(let name):
        guard let site = bench.sites.first(where: { $0.name == name }) else { continue }
        queue.append(.toCoordinator(.answer(.accepted(site.readiness)), name))
      case .send(let message, let name): queue.append(.toSite(message, name))
      case .save(let records): saved = saved.filter { $0.step < records[0].step } + records
      case .saveEpoch: break
      case .note(let site, let text): notes.append((site.map { "\($0): " } ?? "") + text)
      case .ended(let outcome, let model): (self.outcome, self.model) = (outcome, model)
      }
    }
  }
}
