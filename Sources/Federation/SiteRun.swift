import Queries
import SecureAggregation

/// What a site must do next, in order: a record is on disk before what follows it leaves.
package enum SiteAction: Sendable {
  case write(JournalRecord)
  case send(MessageToCoordinator)
  /// For the log: a refusal with its reason.
  case note(Refusal)
  /// The run is over here; its secrets are wiped.
  case ended(RunOutcome)
}

/// A site's side of one run: a value that takes the coordinator's messages and returns actions. What
/// it enforces is listed in `docs/secure-aggregation.md`, "What a site checks before it answers".
package struct SiteRun: ~Copyable, Sendable {
  /// What a run is about, fixed when the site accepts its plan.
  package struct Frame: Sendable {
    package let run: String
    package let site: String
    package let roster: Roster
    package let subject: PlanOnSnapshot
    package let mostSteps: Int
    /// Numbers that may leave for each row over the federation, in all steps of the plan; nil for no cap.
    package let mostNumbersPerRow: Double?
    /// nil under `membership: fixed`.
    package let tolerance: Tolerance?
    /// Whether the site ends the run when a site was lost.
    package let endsAfterLoss: Bool
    /// Of a plan that is validated by groups of sites, the sites that its sums tell apart.
    package let blocks: [[String]]

    package init(
      run: String, site: String, roster: Roster, subject: PlanOnSnapshot, mostSteps: Int,
      mostNumbersPerRow: Double? = nil, tolerance: Tolerance? = nil, endsAfterLoss: Bool = false,
      blocks: [[String]] = []
    ) {
      self.run = run
      self.site = site
      self.roster = roster
      self.subject = subject
      self.mostSteps = mostSteps
      self.mostNumbersPerRow = mostNumbersPerRow
      self.tolerance = tolerance
      self.endsAfterLoss = endsAfterLoss
      self.blocks = blocks
    }
  }

  /// The secrets and the randomness that a run borrows.
  package struct Keys: Sendable {
    package let signer: SigningKey
    package let digests: DigestKey
    package let encapsulation: KeyEncapsulation
    package let noise: @Sendable () -> UInt64

    package init(
      signer: SigningKey, digests: DigestKey, encapsulation: KeyEncapsulation,
      noise: @escaping @Sendable () -> UInt64
    ) {
      self.signer = signer
      self.digests = digests
      self.encapsulation = encapsulation
      self.noise = noise
    }
  }

  /// A contribution as it was sent, kept until the next step is accepted.
  struct Sent: Sendable {
    let attempt: Attempt
    let name: Digest
    let contribution: SignedContribution
  }

  package let frame: Frame
  let keys: Keys
  let atStart: any SiteComputation
  var computation: any SiteComputation
  /// The last step whose sum, if it was verified, `computation` holds.
  var absorbedThrough = 0
  /// The epoch in which `computation` was last asked.
  var computationEpoch: Int?
  /// The last step that it followed in this epoch; 0 before any.
  var followedThrough = 0
  /// What it has followed and answered in this epoch.
  var followed = FollowedQueries()
  var basisMemo = BasisMemo()
  var epoch: Int?
  /// The sites of this epoch.
  var roster: Roster
  var keyPhase: SiteKeyPhase?
  var ciphertextPhase: SiteCiphertextPhase?
  var maskPhase: SiteMaskPhase?
  var sent: Sent?
  var isOver = false

  /// - Parameter computation: in its first state, on the snapshot of `frame.subject`.
  package init(_ frame: Frame, computation: any SiteComputation, keys: Keys) {
    self.frame = frame
    self.keys = keys
    roster = frame.roster
    atStart = computation
    self.computation = computation
  }

  /// The epoch whose secrets are in memory and usable; nil before set-up is done.
  package var liveEpoch: Int? { maskPhase == nil ? nil : epoch }

  /// `D` of the live epoch.
  package var setup: Digest? {
    switch maskPhase {
    case .some(let phase): phase.setup
    case .none: nil
    }
  }

  /// The last step of the live epoch that it answered, or refused as one to be given up.
  var lastStep: Int? {
    switch maskPhase {
    case .some(let phase): phase.lastStep
    case .none: nil
    }
  }

  /// What the site has learnt of its own records; it does not leave.
  package var findings: [SiteFinding] { computation.findings }

  /// How far the site is with the plan: what it answers when it accepts.
  package func readiness(_ journal: Journal) -> SiteReadiness {
    SiteReadiness(
      highestEpoch: journal.highestEpoch(frame.subject),
      verifiedThrough: journal.verifiedThrough(frame.subject))
  }

  /// Takes one message. A refusal leaves the journal as it was.
  package mutating func receive(_ message: MessageToSite, journal: inout Journal) -> [SiteAction] {
    guard !isOver else {
      return [.note(Refusal(rule: "run-over", detail: "the run has ended at this site"))]
    }
    do {
      // A line that no action writes may not be in the chain either.
      var next = journal
      let actions = try take(message, &next)
      journal = next
      return actions
    } catch let refusal as Refusal {
      return refuse(refusal)
    } catch let fault as ProtocolFault {
      let party = fault.site.map { "site \($0): " } ?? ""
      let refusal = Refusal(rule: fault.code.rawValue, detail: party + fault.detail)
      // A message of an epoch that is over may still have been on its way.
      return fault.code == .wrongEpoch ? [.note(refusal)] : refuse(refusal)
    } catch let refusal as QueryRefusal {
      return refuse(Refusal(rule: refusal.rule.rawValue, detail: refusal.detail))
    } catch let error as AnalysisError {
      return refuse(Refusal(rule: error.code.rawValue, detail: error.message))
    } catch {
      return refuse(Refusal(rule: "internal", detail: "the site could not go on: \(type(of: error))"))
    }
  }

  private mutating func take(_ message: MessageToSite, _ journal: inout Journal) throws -> [SiteAction] {
    switch message {
    case .openEpoch(let epoch, let sites): try open(epoch, sites, &journal)
    case .setupKeys(let epoch, let keys): try accept(keys, epoch, &journal)
    case .ciphertexts(let epoch, let deliveries): try accept(deliveries, epoch, journal)
    case .earlier(let epoch, let step, let query): try follow(query, epoch, step, journal)
    case .step(let request): try answer(request, &journal)
    case .shares(let epoch, let step, let attempt, let deliveries):
      try open(deliveries, epoch, step, attempt, journal)
    case .contributions(let epoch, let step, let contributions, let secrets):
      try verify(contributions, secrets, epoch, step, &journal)
    case .ended(let outcome): end(outcome)
    }
  }

  private func refuse(_ refusal: Refusal) -> [SiteAction] {
    [.note(refusal), .send(.refusal(refusal))]
  }

  /// Wipes everything secret and takes no further message.
  package mutating func end(_ outcome: RunOutcome) -> [SiteAction] {
    forgetSecrets()
    isOver = true
    return [.ended(outcome)]
  }

  mutating func forgetSecrets() {
    keyPhase = nil
    ciphertextPhase = nil
    maskPhase = nil
    sent = nil
  }
}
