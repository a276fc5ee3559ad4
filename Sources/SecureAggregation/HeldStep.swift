import Queries

/// A step under `membership: tolerant` that a site has begun: its contribution stays until the step is answered or
/// left, so that it can be asked over fewer sites when one is lost.
struct HeldStep: ~Copyable, Sendable {
  /// 0 before the first.
  let step: Int
  let query: Digest?
  /// The contribution and `withheld`.
  private(set) var elements: [UInt64]
  /// The attempt that was sent last; another's shares are not answered.
  private(set) var sent: Sent?
  /// The site's share of the secret of that attempt; the secret itself is gone.
  private(set) var ownShare = SecretBytes(count: 0)
  /// The attempt whose shares were answered, and how: nothing else is sent for the step then.
  private(set) var answered: (attempt: Digest, answer: OpeningAnswer)?

  struct Sent: Sendable {
    let attempt: Attempt
    let name: Digest
    let dealing: Dealing
  }

  /// No step at all.
  init() {
    step = 0
    query = nil
    elements = []
  }

  init(_ contribution: consuming Contribution, step: Int, query: Query, withheld: UInt64) {
    self.step = step
    self.query = Attempt.digest(of: query)
    elements = contribution.take()
    elements.append(withheld)
  }

  deinit {
    elements.withUnsafeBytes { wipe($0) }
  }

  mutating func note(_ sent: Sent, ownShare: consuming SecretBytes) {
    self.sent = sent
    self.ownShare = ownShare
  }

  /// Wipes what would unmask the step's vectors.
  mutating func close(_ attempt: Digest, _ answer: OpeningAnswer) {
    answered = (attempt, answer)
    wipe(&elements)
    ownShare = SecretBytes(count: 0)
  }
}
