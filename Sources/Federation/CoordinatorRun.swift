import Boosting
import Queries
import SecureAggregation

/// What the coordinator must do next, in order: a step is saved before what follows from it is sent, but for the next
/// query (`mayAskFirst`).
package enum CoordinatorAction: Sendable {
  /// Offer the plan to a site that has just come.
  case offer(site: String)
  case send(MessageToSite, site: String)
  /// Save the steps, all or none, in place of the first and what came after it; after a restart the program takes the
  /// saved sums again.
  case save([StepRecord])
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
    /// Every vector is there; the shares of the sites' own masks are waited for.
    case opening(StepRequest, Summation, [SignedContribution], Opening)
    case over(RunOutcome)
  }

  package let run: String
  package let plan: Digest
  package let roster: Roster
  package let mostSteps: Int
  /// nil under `membership: fixed`.
  package let tolerance: Tolerance?
  let atStart: PlanProgram
  package internal(set) var program: PlanProgram
  /// Every step so far, void ones included.
  package internal(set) var history: [StepRecord]
  package internal(set) var epoch: Int
  package internal(set) var standings: [String: SiteStanding]
  var phase = Phase.gathering
  /// The sites that are still in, in the roster's order.
  package internal(set) var members: [String]
  /// The first step that is asked in the epoch.
  var firstOfEpoch: Int?
  /// Those of the members that were in the epoch's set-up.
  var epochMembers: [String] = []
  /// Those that hold the epoch's secrets and are connected.
  var live: Set<String> = []
  /// Steps given up because of a share that one of two sites made wrong, or said so.
  var burned = 0
  /// Steps that are asked again because their sums are gone or a site lacks one, as they were; they stand again if that
  /// fails.
  var rewound: [StepRecord] = []
  /// The attempts before this one of the step that is asked: a vector may still come that was on its way.
  var earlierAttempts: Set<Digest> = []
  /// Sites that refuse the attempt that is asked, for they answered its step otherwise before a restart.
  var refusing: Set<String> = []
  /// How many steps each site has refused since the last one that was added up, or the restart.
  var refusals: [String: Int] = [:]
  /// Sites whose shares of the sum opened last were on their way when there were enough: that is no fault.
  var mayStillOpen: Set<String> = []
  /// The last verified step's vectors: a site that was away when they went out gets them again.
  var lastVerified: Verified?
  var basisMemo = BasisMemo()
  /// What sites have followed and answered in this epoch, as far as the step of this number.
  var followed = FollowedQueries()
  var followedThrough = 0
  /// The threads that the program may use.
  package var workers = Workers.one

  struct Verified: Sendable {
    let epoch: Int
    let step: Int
    let contributions: [SignedContribution]
    let secrets: [[UInt8]]

    var message: MessageToSite {
      .contributions(epoch: epoch, step: step, contributions, secrets: secrets)
    }
  }

  /// - Parameters:
  ///   - program: as it is before any sum.
  ///   - history: the steps saved so far, when a run is taken up again.
  ///   - epoch: the last epoch saved for this plan.
  ///   - tolerance: the plan's; nil under `membership: fixed`.
  package init(
    run: String, plan: Digest, roster: Roster, mostSteps: Int, program: PlanProgram,
    history: [StepRecord] = [], epoch: Int = 0, tolerance: Tolerance? = nil
  ) throws(AnalysisError) {
    self.run = run
    self.plan = plan
    self.roster = roster
    self.mostSteps = mostSteps
    self.tolerance = tolerance
    members = history.last?.sites ?? roster.sites
    atStart = program
    guard history.indices.allSatisfy({ history[$0].step == $0 + 1 }) else {
      throw AnalysisError(
        .inconsistentSum, "the saved steps have a gap", advice: "submit the plan again")
    }
    self.history = Self.kept(history)
    let gone = history[self.history.count...]
    // Where a site is lost with the last step, it may only have been asked (`saveLoss`).
    let isLoss = gone.last.map { $0.isForgotten && $0.sites != history.dropLast().last?.sites } ?? false
    rewound = Array(isLoss ? gone.dropLast() : gone)
    self.program = try Self.replay(self.history, on: program)
    self.epoch = epoch
    standings = Dictionary(uniqueKeysWithValues: roster.sites.map { ($0, .away) })
  }

  /// The steps before the first whose sum is neither kept nor in a finished round.
  static func kept(_ history: [StepRecord]) -> [StepRecord] {
    Array(history.prefix((firstForgotten(history)?.step ?? .max) - 1))
  }

  /// The first step that would have to be asked again after a restart.
  static func firstForgotten(_ history: [StepRecord]) -> StepRecord? {
    afterLastRound(history).first(where: \.isForgotten)
  }

  static func afterLastRound(_ history: [StepRecord]) -> ArraySlice<StepRecord> {
    history[((history.lastIndex { $0.round != nil } ?? -1) + 1)...]
  }

  static func replay(
    _ history: [StepRecord], on program: PlanProgram
  ) throws(AnalysisError) -> PlanProgram {
    var program = program
    var isWithinRound = false
    for record in history where record.sum != nil || record.isForgotten {
      if !isWithinRound {
        guard case .ask(let query) = program.next(), query == record.query, record.sum?.fits(query) != false
        else {
          throw AnalysisError(
            .inconsistentSum, "saved step \(record.step) is not one of this program",
            advice: "submit the plan again")
        }
      }
      if let sum = record.sum { try program.absorb(sum) }
      if let round = record.round { try program.resume(after: round) }
      isWithinRound = record.isForgotten && record.round == nil
    }
    return program
  }

  /// What the saved steps led to, where none is left to ask.
  package var foundModel: PlanModel? {
    if case .finished(let model) = program.next() { model.naming(lostSites) } else { nil }
  }

  /// How the run ended; nil while it goes on.
  package var outcome: RunOutcome? { if case .over(let outcome) = phase { outcome } else { nil } }

  /// Whether the run waits for sites to come or to accept.
  package var isGathering: Bool { if case .gathering = phase { true } else { false } }

  /// The last verified step.
  var verifiedThrough: Int { Self.lastVerified(history) }

  /// The last verified step that every site of this epoch has added: those before the last one, which all
  /// have answered on that ground.
  private var verifiedBeforeLast: Int { Self.lastVerified(history.dropLast()) }

  private static func lastVerified(_ history: some BidirectionalCollection<StepRecord>) -> Int {
    history.last { $0.query.isVerified && $0.sum != nil }?.step ?? 0
  }

  /// A site has connected.
  ///
  /// - Parameter liveEpoch: the epoch of this run whose secrets it still holds.
  package mutating func joined(_ site: String, liveEpoch: Int?) -> [CoordinatorAction] {
    guard roster.index(of: site) != nil else { return [] }
    if case .over(let outcome) = phase { return [.send(.ended(outcome), site: site)] }
    guard members.contains(site) else { return [.send(.ended(Self.leftOut), site: site)] }
    let isLive = liveEpoch == epoch && epochMembers.contains(site)
    switch phase {
    case .step(let request, let sum, _) where isLive:
      return rejoined(site, hasAnswered: sum.has(site)) + (sum.has(site) ? [] : resend(request, to: site))
    case .step(_, let sum, _) where tolerance != nil && sum.has(site):
      // What it sent is enough; it takes part in the next epoch, which begins after this step.
      standings[site] = .asked
      return [.offer(site: site)]
    case .opening(let request, _, _, let opening) where isLive:
      return rejoined(site, hasAnswered: true)
        + (opening.has(site) ? [] : shares(request, opening, to: site))
    case .opening:
      // The sum can open without it; it takes part in the next epoch, which begins after this step.
      standings[site] = .asked
      return [.offer(site: site)]
    case .gathering, .keys, .ciphertexts, .step, .over:
      standings[site] = .asked
      phase = .gathering
      return (tolerance != nil && isLive ? verifiedAgain(to: site) : []) + [.offer(site: site)]
    }
  }

  /// The last verified step's vectors, for a site that still knows what it sent in it and may have missed them.
  private func verifiedAgain(to site: String) -> [CoordinatorAction] {
    lastVerified.map { $0.epoch == epoch ? [.send($0.message, site: site)] : [] } ?? []
  }

  private mutating func rejoined(_ site: String, hasAnswered: Bool) -> [CoordinatorAction] {
    live.insert(site)
    standings[site] = .ready(
      SiteReadiness(highestEpoch: epoch, verifiedThrough: hasAnswered ? verifiedThrough : verifiedBeforeLast))
    return []
  }

  private func resend(_ request: StepRequest, to site: String) -> [CoordinatorAction] {
    if request.step == firstOfEpoch { return earlierSteps(to: [site]) + [.send(.step(request), site: site)] }
    let verified = lastVerified.flatMap {
      $0.epoch == epoch && $0.step == request.step - 1 ? $0.message : nil
    }
    return ([verified, .step(request)] as [MessageToSite?]).compactMap(\.self).map { .send($0, site: site) }
  }

  /// A site's connection has gone; under `membership: fixed` the run waits for it.
  package mutating func left(_ site: String) -> [CoordinatorAction] {
    guard outcome == nil, members.contains(site) else { return [] }
    standings[site] = .away
    live.remove(site)
    mayStillOpen.remove(site)
    switch phase {
    case .keys, .ciphertexts: phase = .gathering
    case .step where tolerance != nil:
      return goOnWithout(site) + attempting { run throws in try run.openEpochIfAllReady() }
    case .opening: return attempting { run throws in try run.openIfPossible() }
    case .gathering, .step, .over: break
    }
    return [.note(site: site, "left; the run waits for it")]
  }

  /// Those who are away have been waited for long enough: under `membership: tolerant` the run goes on without
  /// them, if enough are left. Before all sites have been there once it waits for each of them.
  package mutating func patienceIsOver() -> [CoordinatorAction] {
    guard let tolerance, epoch > 0, case .gathering = phase else { return [] }
    let gone = members.filter { standings[$0] == .away }
    let left = members.filter { standings[$0] != .away }
    guard !gone.isEmpty, left.count >= tolerance.threshold else { return [] }
    members = left
    let notes = gone.map { CoordinatorAction.note(site: $0, "did not come back; the run goes on without it") }
    return notes + attempting { run throws in try run.openEpochIfAllReady() }
  }

  static let leftOut = RunOutcome.failed(
    RunFailure(
      code: "left-out", message: "the run went on without this site",
      advice: "under membership: tolerant a lost site does not come in again; the next plan asks it anew"))

  package mutating func cancel() -> [CoordinatorAction] {
    outcome == nil ? end(.cancelled, nil) : []
  }

  /// Takes one message of a site. A message that does not fit is noted and dropped.
  package mutating func receive(
    _ message: MessageToCoordinator, from site: String
  ) -> [CoordinatorAction] {
    guard outcome == nil, members.contains(site) else { return [] }
    return attempting { run throws in
      do throws {
        return switch message {
        case .answer(let answer): try run.take(answer, site)
        case .setupKey(let epoch, let key): try run.take(key, epoch, site)
        case .ciphertexts(let epoch, let ciphertexts): try run.take(ciphertexts, epoch, site)
        case .contribution(let epoch, let step, let contribution):
          try run.take(contribution, epoch, step, site)
        case .opening(let epoch, let step, let answer): try run.take(answer, epoch, step, site)
        case .refusal(let refusal): try run.refused(refusal, site)
        }
      } catch let fault as ProtocolFault where run.isFatal(fault) && fault.site == site {
        return try [.note(site: site, "sent what does not fit: \(fault.detail)")] + run.leaveOut(site)
      } catch let fault as ProtocolFault {
        return [.note(site: site, "dropped a message: \(fault.detail)")]
      }
    }
  }

  /// What an event leads to; an analysis or a library that cannot go on ends the run.
  private mutating func attempting(
    _ event: (inout CoordinatorRun) throws -> [CoordinatorAction]
  ) -> [CoordinatorAction] {
    do {
      return try event(&self)
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

  private mutating func refused(_ refusal: Refusal, _ site: String) throws -> [CoordinatorAction] {
    if let attempt = refusal.attempt, mayGiveUp(refusal.rule) {
      return try cannotRepeat(attempt, refusal.rule, site)
    }
    return end(
      .failed(
        RunFailure(
          code: refusal.rule, message: "\(site) refused: \(refusal.detail)", advice: advice(on: refusal, site)
        )
      ), nil)
  }

  private func advice(on refusal: Refusal, _ site: String) -> String {
    // The void put this query where another stood, and who refused did nothing wrong.
    guard refusal.rule == SiteRun.anotherQuery, let last = history.last, last.isVoid else {
      return "ask \(site)'s administrator; the site's own journal and log say more"
    }
    return "step \(last.step) was void: see which site's journal says why; submit the plan under another name"
  }

  mutating func end(_ outcome: RunOutcome, _ model: PlanModel?) -> [CoordinatorAction] {
    phase = .over(outcome)
    lastVerified = nil
    return [.ended(outcome, model?.naming(lostSites))] + members.map { .send(.ended(outcome), site: $0) }
  }
}
