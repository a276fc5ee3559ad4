import SecureAggregation

/// A journal's steps of one plan, in blocks: the journal is copied with every message that is tried, and what a copy
/// changes is one block and the list of them.
struct KeptSteps: Sendable {
  private static let perBlock = 32

  private final class Kept: Sendable {
    let entry: StepEntry
    /// The epoch in which the step was answered first.
    let since: Int

    init(_ entry: StepEntry, since: Int) {
      self.entry = entry
      self.since = since
    }
  }

  private struct Block {
    var kept: [Int: Kept] = [:]
    /// How many of its steps have each query.
    var counts: [Digest: Int] = [:]

    mutating func take(_ entry: StepEntry) {
      let before = kept[entry.step]
      if let before { counts[before.entry.queryDigest, default: 0] -= 1 }
      counts[entry.queryDigest, default: 0] += 1
      kept[entry.step] = Kept(entry, since: before?.since ?? entry.epoch)
    }
  }

  private var blocks: [Int: Block] = [:]
  /// 0 before the first.
  private(set) var highest = 0

  subscript(step: Int) -> StepEntry? { kept(step)?.entry }

  /// The epoch in which a step was answered first.
  func firstEpoch(of step: Int) -> Int? { kept(step)?.since }

  private func kept(_ step: Int) -> Kept? { blocks[step / Self.perBlock]?.kept[step] }

  /// In no particular order.
  var entries: some Sequence<StepEntry> { blocks.values.lazy.flatMap(\.kept.values).map(\.entry) }

  /// How many steps but one had this query.
  func count(of query: Digest, but step: Int) -> Int {
    let count = blocks.values.reduce(0) { $0 + $1.counts[query, default: 0] }
    return count - (self[step]?.queryDigest == query ? 1 : 0)
  }

  /// How many steps of a range had this query.
  func count(of query: Digest, in steps: Range<Int>) -> Int { steps.count { self[$0]?.queryDigest == query } }

  /// Takes a step, or the last word on one that was asked again.
  mutating func take(_ entry: StepEntry) {
    blocks[entry.step / Self.perBlock, default: Block()].take(entry)
    highest = max(highest, entry.step)
  }
}
