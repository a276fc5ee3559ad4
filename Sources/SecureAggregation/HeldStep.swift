import Queries

/// A step under `membership: tolerant` that a site has begun. What gives its contribution back stays until the step is
/// answered or left, so that it can be asked over fewer sites when one is lost.
struct HeldStep: ~Copyable, Sendable {
  /// 0 before the first.
  let step: Int
  let query: Digest?
  /// The contribution and `withheld` until an attempt is sent; then its `y`, in the memory of what was sent.
  private var vector: [UInt64]
  /// The attempt that was sent last; another's shares are not answered.
  private(set) var sent: Sent?
  /// The key of the site's own mask in that attempt, and its share of the secret; the secret itself is gone.
  private(set) var ownMask = SecretBytes(count: 0)
  var ownShare = SecretBytes(count: 0)
  /// The attempt whose shares were answered, and how: nothing else is sent for the step then.
  private(set) var answered: (attempt: Digest, answer: OpeningAnswer)?

  struct Sent: Sendable {
    let attempt: Attempt
    let name: Digest
  }

  /// No step at all.
  init() {
    step = 0
    query = nil
    vector = []
  }

  init(_ contribution: consuming Contribution, step: Int, query: Query, withheld: UInt64) {
    self.step = step
    self.query = Attempt.digest(of: query)
    vector = contribution.take()
    vector.append(withheld)
  }

  deinit {
    guard sent == nil else { return }
    vector.withUnsafeBytes { wipe($0) }
  }

  /// Gives up the vector that an attempt is made of.
  mutating func takeVector() -> [UInt64] {
    let taken = vector
    vector = []
    return taken
  }

  mutating func note(_ sent: Sent, _ vector: [UInt64], ownMask: consuming SecretBytes) {
    self.sent = sent
    self.vector = vector
    self.ownMask = ownMask
  }

  /// Wipes what would unmask the step's vectors.
  mutating func close(_ attempt: Digest, _ answer: OpeningAnswer) {
    answered = (attempt, answer)
    vector = []
    ownMask = SecretBytes(count: 0)
    ownShare = SecretBytes(count: 0)
  }
}
