import Federation
import Queries
import SecureAggregation
import SiteAgent
import Wire

/// An agent whose masks are zero, under `membership: fixed`: set-up, check elements, signatures and journal are as an
/// agent's are. What a step takes longer with masks is what masking costs.
actor ClearAgent: LinkedAgent {
  private let frame: SiteRun.Frame
  private let keys: SiteRun.Keys
  private let journalFile: JournalFile
  private var journal: Journal
  /// Takes the set-up, and never a step.
  private let box: Box
  private var computation = ProbeComputation()
  private var outbox: AsyncStream<Agent.Outgoing>.Continuation?
  private(set) var failure: Complaint?

  private final class Box {
    var run: SiteRun
    init(_ run: consuming SiteRun) { self.run = run }
  }

  init(_ frame: SiteRun.Frame, keys: SiteRun.Keys, state: StateFolder) throws {
    self.frame = frame
    self.keys = keys
    let (file, records) = try JournalFile.open(state.journal)
    journalFile = file
    journal = try Journal(replaying: records)
    box = Box(SiteRun(frame, computation: computation, keys: keys))
  }

  func connected() -> (live: [String: Int], outgoing: AsyncStream<Agent.Outgoing>) {
    let (stream, continuation) = AsyncStream<Agent.Outgoing>.makeStream()
    outbox = continuation
    return ([:], stream)
  }

  func disconnected() { outbox?.finish() }

  func takeWelcome() -> Bool { true }

  func takesLong(_ event: CoordinatorEvent) -> Bool { false }

  func receive(_ event: CoordinatorEvent) {
    do {
      switch event {
      case .welcome: break
      case .offer: send(.answer(.accepted(box.run.readiness(journal))))
      case .message(_, .step(let request)): try answer(request)
      case .message(_, let message):
        for action in box.run.receive(message, journal: &journal) {
          switch action {
          case .write(let record): try journalFile.append(record)
          case .send(let message): send(message)
          case .note, .ended: break
          }
        }
      }
    } catch {
      failure = Complaint(error)
      disconnected()
    }
  }

  private func send(_ message: MessageToCoordinator) {
    outbox?.yield(Agent.Outgoing(run: frame.run, message: message))
  }

  private func answer(_ request: StepRequest) throws {
    guard let setup = box.run.setup else { throw BenchFault("a step comes after set-up") }
    let attempt = Attempt(
      setup: setup, step: request.step, number: request.attempt, query: request.query, sites: request.sites,
      basis: Attempt.basis(of: []))
    let name = attempt.digest
    guard var contribution = computation.contribution(to: request.query) else {
      throw BenchFault("the probe does not answer")
    }
    try contribution.drown(false, inNoiseOf: SecretBytes(random: keys.noise), for: request.query)
    let digest = try keys.digests.digest(of: contribution)
    var vector = contribution.take()
    vector.append(0)
    vector += try MaskCheck.values(vector[...], of: request.query, attempt: name)
    let signed = try SignedContribution.signed(
      by: keys.signer, site: frame.site, attempt: name, layout: attempt.layout, vector: vector)
    let record = journal.append(
      .step(
        StepEntry(
          subject: frame.subject, run: frame.run, epoch: request.epoch, step: request.step,
          query: request.query.name, queryDigest: Attempt.digest(of: request.query),
          segments: request.query.segments.map { .init(name: $0.name, length: $0.length) },
          attempt: request.attempt, sites: request.sites, contribution: digest, withheld: nil)))
    try journalFile.append(record)
    send(.contribution(epoch: request.epoch, step: request.step, signed))
  }
}
