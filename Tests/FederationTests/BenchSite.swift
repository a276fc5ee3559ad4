import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// One site of a `Bench`: its run, and its journal as it stands on a disk.
final class BenchSite {
  let index: Int
  let name: String
  let signer: SigningKey
  private(set) var journal = Journal()
  private(set) var records: [JournalRecord] = []
  private var run: SiteRun
  private var computation: any SiteComputation
  private let keys: SiteRun.Keys

  init(
    _ index: Int, _ study: SmallStudy, _ computation: any SiteComputation, _ frame: SiteRun.Frame,
    encapsulation: KeyEncapsulation = .system, noise: (@Sendable () -> UInt64)? = nil
  ) throws {
    self.index = index
    name = study.roster.sites[index]
    signer = study.signers[index]
    self.computation = computation
    keys = SiteRun.Keys(
      signer: signer, digests: try #require(DigestKey(bytes: Digest(of: [UInt8(index)]).bytes)),
      encapsulation: encapsulation, noise: noise ?? SeededNoise(site: index).next)
    run = SiteRun(frame, computation: computation, keys: keys)
  }

  /// Tells the site something, and keeps what it writes.
  func tell(_ message: MessageToSite) -> Told {
    var told = Told()
    for action in run.receive(message, journal: &journal) {
      switch action {
      case .write(let record):
        // A record is written before what follows it leaves.
        #expect(told.sent.isEmpty)
        records.append(record)
        told.written.append(record.event)
      case .send(let message):
        #expect(isWritten(message), "no line of the journal speaks of what leaves")
        told.sent.append(message)
      case .note(let refusal): told.notes.append(refusal)
      case .ended(let outcome): told.ended = outcome
      }
    }
    return told
  }

  /// Whether the journal has the line without which a message may not leave.
  private func isWritten(_ message: MessageToCoordinator) -> Bool {
    switch message {
    case .setupKey(let epoch, _), .ciphertexts(let epoch, _):
      records.contains { if case .epoch(_, _, epoch) = $0.event { true } else { false } }
    case .contribution(let epoch, let step, _), .opening(let epoch, let step, _):
      steps.contains { $0.epoch == epoch && $0.step == step }
    case .answer, .refusal: true
    }
  }

  var liveEpoch: Int? { run.liveEpoch }
  var readiness: SiteReadiness { run.readiness(journal) }

  /// The process begins anew, from the journal on the disk.
  func restart(frame: SiteRun.Frame? = nil, computation: (any SiteComputation)? = nil) throws {
    journal = try Journal(replaying: records)
    if let computation { self.computation = computation }
    let frame = frame ?? run.frame
    run = SiteRun(frame, computation: self.computation, keys: keys)
  }

  /// Lets another run of this site work on the same journal.
  func shareJournal(with other: BenchSite, _ body: () -> Void) {
    (other.journal, other.records) = (journal, records)
    body()
    (journal, records) = (other.journal, other.records)
  }

  /// What another run of this site has written.
  func takeJournal(of other: BenchSite) { (journal, records) = (other.journal, other.records) }

  func forgetIfLeftBehind() { run.forgetIfLeftBehind(journal) }

  /// The steps in the journal, in order.
  var steps: [StepEntry] {
    records.compactMap { record in if case .step(let entry) = record.event { entry } else { nil } }
  }
}

/// What a site did with a message.
struct Told: Equatable {
  var sent: [MessageToCoordinator] = []
  var notes: [Refusal] = []
  var written: [JournalEvent] = []
  var ended: RunOutcome?

  func only<Wanted>(
    _ wanted: (MessageToCoordinator) -> Wanted?, sourceLocation: SourceLocation
  ) throws -> Wanted {
    try #require(notes == [], sourceLocation: sourceLocation)
    try #require(sent.count == 1, sourceLocation: sourceLocation)
    return try #require(wanted(sent[0]), sourceLocation: sourceLocation)
  }

  func key(sourceLocation: SourceLocation = #_sourceLocation) throws -> SignedSetupKey {
    try only({ if case .setupKey(_, let key) = $0 { key } else { nil } }, sourceLocation: sourceLocation)
  }

  func ciphertexts(sourceLocation: SourceLocation = #_sourceLocation) throws -> SignedCiphertexts {
    try only({ if case .ciphertexts(_, let list) = $0 { list } else { nil } }, sourceLocation: sourceLocation)
  }

  func contribution(sourceLocation: SourceLocation = #_sourceLocation) throws -> SignedContribution {
    try only(
      { if case .contribution(_, _, let sent) = $0 { sent } else { nil } }, sourceLocation: sourceLocation)
  }
}

extension BenchSite {
  /// Expects that the site refuses the message under this rule, says so in its log, sends nothing else and writes
  /// nothing; where `isLate`, it does not even answer, for the message may have been on its way.
  @discardableResult
  func refuses(
    _ rule: String, _ detail: String? = nil, _ message: MessageToSite, isLate: Bool = false,
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) -> Refusal? {
    let before = (journal.mark, records.count)
    let told = tell(message)
    #expect(told.notes.map(\.rule) == [rule], comment, sourceLocation: sourceLocation)
    if let detail { #expect(told.notes.map(\.detail) == [detail], comment, sourceLocation: sourceLocation) }
    #expect(
      told.sent == (isLate ? [] : told.notes.map(MessageToCoordinator.refusal)), comment,
      sourceLocation: sourceLocation)
    #expect(told.written == [] && told.ended == nil, comment, sourceLocation: sourceLocation)
    #expect(before == (journal.mark, records.count), comment, sourceLocation: sourceLocation)
    return told.notes.first
  }
}
