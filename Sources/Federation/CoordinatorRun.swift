import Queries
import SecureAggregation

/// What the coordinator must do next, in order: a step is saved before what follows from it is sent.
package enum CoordinatorAction: Sendable {
  /// Offer the plan to a site that has just come.
  case offer(site: String)
  case send(MessageToSite, site: String)
  /// Save the step, and the program as it is after it.
  case save(StepRecord, PlanProgram)
  /// The epoch that now begins; saved before anyone hears of it.
  case saveEpoch(Int)
  /// For the log and the run's events.
  case note(site: String?, String)
  case ended(RunOutcome, PlanModel?)
}

/// The coordinator's side of one run: a value that takes the sites' messages and returns actions. It sees masked
/// vectors and their sums.
package struct CoordinatorRun: Sendable {
  /// Void sums running that end a run.
  static let mostVoids = 2

  enum Phase: Sendable {
    /// Until every site is ready.
    case gathering
    case keys([String: SignedSetupKey])
    case ciphertexts([SignedSetupKey], [String: SignedCiphertexts])
    case step(StepRequest, Summation, [SignedContribution])
    case over(RunOutcome)
  }

  package let run: String
  package let plan: Digest
  package let roster: Roster
  package let mostSteps: Int
  let atStart: PlanProgram
  package internal(set) var program: PlanProgram
  /// Every step so far, void ones included.
  package internal(set) var history: [StepRecord]
  package internal(set) var epoch: Int
  package internal(set) var standings: [String: SiteStanding]
  var phase = Phase.gathering
  /// The last verified step's vectors: a site that was away when they went out gets them again.
  var lastVerified: (epoch: Int, step: Int, contributions: [SignedContribution])?

  /// - Parameters:
  ///   - program: as it is before any sum.
  ///   - history: the steps saved so far, when a run is taken up again.
  ///   - epoch: the last epoch saved for this plan.
  package init(
    run: String, plan: Digest, roster: Roster, mostSteps: Int, program: PlanProgram,
    history: [StepRecord] = [], epoch: Int = 0
  ) throws(AnalysisError) {
    self.run = run
    self.plan = plan
    self.roster = roster
    self.mostSteps = mostSteps
    atStart = program
    guard history.indices.allSatisfy({ history[$0].step == $0 + 1 }) else {
      throw AnalysisError(
        .inconsistentSum, "the saved steps have a gap", advice: "submit the plan again")
    }
    self.history = history
    self.program = try Self.replay(history, on: program)
    self.epoch = epoch
    standings = Dictionary(uniqueKeysWithValues: roster.sites.map { ($0, .away) })
  }

  static func replay(
    _ history: [StepRecord], on program: PlanProgram
  ) throws(AnalysisError) -> PlanProgram {
    var program = program
    for record in history {
      guard let sum = record.sum else { continue }
      guard case .ask(let query) = program.next(), query == record.query, sum.fits(query) else {
        throw AnalysisError(
          .inconsistentSum, "saved step \(record.step) is not one of this program",
          advice: "submit the plan again")
      }
      try program.absorb(sum)
    }
    return program
  }

  /// How the run ended; nil while it goes on.
  package var outcome: RunOutcome? { if case .over(let outcome) = phase { outcome } else { nil } }

  /// Whether the run waits for sites to come or to accept.
  package var isGathering: Bool { if case .gathering = phase { true } else { false } }

  /// The last verified step that every site of this epoch has added: those before the last one, which all
  /// have answered on that ground.
  var verifiedBeforeLast: Int {
    history.dropLast().last { $0.query.isVerified && $0.sum != nil }?.step ?? 0
  }

  /// What the run waits for now, in the roster's order.
  package var waiting: [(site: String, reason: String)] {
    roster.sites.compactMap { site in reason(for: site).map { (site, $0) } }
  }

  private func reason(for site: String) -> String? {
    switch (phase, standings[site] ?? .away) {
    case (.over, _): nil
    case (_, .away): "not connected"
    case (.gathering, .asked): "checking the plan"
    case (.gathering, .waitingForApproval(let reasons)):
      "approval by its administrator: " + reasons.joined(separator: "; ")
    case (.keys(let keys), _): keys[site] == nil ? "its key for the set-up" : nil
    case (.ciphertexts(_, let lists), _): lists[site] == nil ? "its ciphertexts for the set-up" : nil
    case (.step(let request, let sum, _), _):
      sum.has(site) ? nil : "its answer to step \(request.step) (\(request.query.name))"
    case (.gathering, .ready): nil
    }
  }

  /// A site has connected.
  ///
  /// - Parameter liveEpoch: the epoch of this run whose secrets it still holds.
  package mutating func joined(_ site: String, liveEpoch: Int?) -> [CoordinatorAction] {
    guard roster.index(of: site) != nil else { return [] }
    if case .over(let outcome) = phase { return [.send(.ended(outcome), site: site)] }
    guard case .step(let request, let sum, _) = phase, liveEpoch == epoch else {
      standings[site] = .asked
      phase = .gathering
      return [.offer(site: site)]
    }
    standings[site] = .ready(SiteReadiness(highestEpoch: epoch, verifiedThrough: verifiedBeforeLast))
    guard !sum.has(site) else { return [] }
    var actions: [CoordinatorAction] = []
    if let lastVerified, lastVerified.epoch == epoch, lastVerified.step == request.step - 1 {
      actions.append(
        .send(
          .contributions(
            epoch: epoch, step: lastVerified.step, lastVerified.contributions), site: site))
    }
    return actions + [.send(.step(request), site: site)]
  }

  /// A site's connection has gone; the run waits for it.
  package mutating func left(_ site: String) -> [CoordinatorAction] {
    guard outcome == nil, standings[site] != nil else { return [] }
    standings[site] = .away
    switch phase {
    case .keys, .ciphertexts: phase = .gathering
    case .gathering, .step, .over: break
    }
    return [.note(site: site, "left; the run waits for it")]
  }

  package mutating func cancel() -> [CoordinatorAction] {
    outcome == nil ? end(.cancelled, nil) : []
  }

  /// Takes one message of a site. A message that does not fit is noted and dropped.
  package mutating func receive(
    _ message: MessageToCoordinator, from site: String
  ) -> [CoordinatorAction] {
    guard outcome == nil, roster.index(of: site) != nil else { return [] }
    do {
      return switch message {
      case .answer(let answer): try take(answer, site)
      case .setupKey(let epoch, let key): try take(key, epoch, site)
      case .ciphertexts(let epoch, let ciphertexts): try take(ciphertexts, epoch, site)
      case .contribution(let epoch, let step, let contribution): try take(contribution, epoch, step, site)
      case .refusal(let refusal): refused(refusal, site)
      }
    } catch let fault as ProtocolFault {
      return [.note(site: site, "dropped a message: \(fault.detail)")]
    } catch let error as AnalysisError {
      return end(
        .failed(
          RunFailure(code: error.code.rawValue, message: error.message, advice: error.advice)), nil)
    } catch {
      return end(
        .failed(
          RunFailure(
            code: "internal", message: "the coordinator could not go on: \(type(of: error))",
            advice: "report this as a fault of ours")), nil)
    }
  }

  private mutating func refused(_ refusal: Refusal, _ site: String) -> [CoordinatorAction] {
    end(
      .failed(
        RunFailure(
          code: refusal.rule, message: "\(site) refused: \(refusal.detail)",
          advice: "ask \(site)'s administrator; the site's own journal and log say more")), nil)
  }

  mutating func end(_ outcome: RunOutcome, _ model: PlanModel?) -> [CoordinatorAction] {
    phase = .over(outcome)
    lastVerified = nil
    return [.ended(outcome, model)] + roster.sites.map { .send(.ended(outcome), site: $0) }
  }
}
