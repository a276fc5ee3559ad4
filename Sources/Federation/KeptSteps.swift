import SecureAggregation

/// A journal's steps of one plan. The journal is copied with every message that is tried: what a copy changes are a
/// few dozen references, and a count for each query.
struct KeptSteps: Sendable {
  private static let perBlock = 64

  private final class Kept: Sendable {
    let entry: StepEntry
    /// The epoch in which the step was answered first.
    let since: Int

    init(_ entry: StepEntry, since: Int) {
      self.entry = entry
      self.since = since
    }
  }

  private var blocks: [Int: [Int: Kept]] = [:]
  /// How many steps have each query.
  private var counts: [Digest: Int] = [:]
  /// 0 before the first.
  private(set) var highest = 0

  subscript(step: Int) -> StepEntry? { kept(step)?.entry }

  /// The epoch in which a step was answered first.
  func firstEpoch(of step: Int) -> Int? { kept(step)?.since }

  private func kept(_ step: Int) -> Kept? { blocks[step / Self.perBlock]?[step] }

  /// In no particular order.
  var entries: some Sequence<StepEntry> { blocks.values.lazy.flatMap(\.values).map(\.entry) }

  /// How many steps but one had this query.
  func count(of query: Digest, but step: Int) -> Int {
    counts[query, default: 0] - (self[step]?.queryDigest == query ? 1 : 0)
  }

  /// How many steps of a range had this query.
  func count(of query: Digest, in steps: Range<Int>) -> Int { steps.count { self[$0]?.queryDigest == query } }

  /// Takes a step, or the last word on one that was asked again.
  mutating func take(_ entry: StepEntry) {
    let before = kept(entry.step)
    if let before { counts[before.entry.queryDigest, default: 0] -= 1 }
    counts[entry.queryDigest, default: 0] += 1
    blocks[entry.step / Self.perBlock, default: [:]][entry.step] = Kept(
      entry, since: before?.since ?? entry.epoch)
    highest = max(highest, entry.step)
  }
}
