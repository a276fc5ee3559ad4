import Federation
import Queries
import SecureAggregation

/// A site in this process: its journal and its side of the run, under throw-away keys.
package final class InProcessSite {
  package let name: String
  package let signer: SigningKey
  package private(set) var journal = Journal()
  /// The journal's lines, as they stand on a disk.
  package private(set) var records: [JournalRecord] = []
  /// Everything the site noted in its log.
  package private(set) var notes: [Refusal] = []
  private let digests: DigestKey
  private let frame: (Roster) -> SiteRun.Frame
  private let computation: any SiteComputation
  private var run: SiteRun?

  init(
    name: String, signer: SigningKey, digests: DigestKey, computation: any SiteComputation,
    frame: @escaping (Roster) -> SiteRun.Frame
  ) {
    self.name = name
    self.signer = signer
    self.digests = digests
    self.computation = computation
    self.frame = frame
  }

  /// Begins the run anew, as after a start of the process: the journal stays, the secrets do not.
  package func start(_ roster: Roster) {
    run = SiteRun(
      frame(roster), computation: computation,
      keys: SiteRun.Keys(
        signer: signer, digests: digests, encapsulation: .system,
        noise: { UInt64.random(in: .min ... .max) }))
  }

  package var readiness: SiteReadiness {
    run?.readiness(journal) ?? SiteReadiness(highestEpoch: 0, verifiedThrough: 0)
  }

  package var liveEpoch: Int? { run?.liveEpoch }

  /// Takes one message and gives what the site sends back.
  package func receive(_ message: MessageToSite) -> [MessageToCoordinator] {
    guard let actions = run?.receive(message, journal: &journal) else { return [] }
    return actions.compactMap { action in
      switch action {
      case .send(let message): return message
      case .note(let refusal): notes.append(refusal)
      case .write(let record): records.append(record)
      case .ended: break
      }
      return nil
    }
  }
}
