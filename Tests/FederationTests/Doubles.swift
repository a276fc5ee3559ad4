import KonsilTesting
import Queries
import Synchronization

/// A site's own computation with other answers.
struct AlteredComputation: SiteComputation {
  var own: any SiteComputation
  let alter: @Sendable (Query, [[Double]]?) -> [[Double]]?

  func check(_ query: Query) throws(QueryRefusal) { try own.check(query) }
  mutating func answer(_ query: Query) -> [[Double]]? { alter(query, own.answer(query)) }
  mutating func absorb(_ sum: QuerySum) throws(AnalysisError) { try own.absorb(sum) }
}

/// A computation that answers any query with one value everywhere.
struct ConstantComputation: SiteComputation {
  let value: Double?

  func check(_ query: Query) throws(QueryRefusal) {}
  func answer(_ query: Query) -> [[Double]]? {
    value.map { value in query.segments.map { Array(repeating: value, count: $0.length) } }
  }
  func absorb(_ sum: QuerySum) throws(AnalysisError) {}
}

/// A computation that answers any query with ring elements of its own making, or with zeros.
struct WordsComputation: SiteComputation {
  let make: @Sendable (Query) -> [UInt64]?

  func check(_ query: Query) throws(QueryRefusal) {}
  func contribution(to query: Query) -> Contribution? {
    guard let words = make(query) else { return Contribution(zerosFor: query) }
    return Contribution(elements: words, for: query)
  }
  func absorb(_ sum: QuerySum) throws(AnalysisError) {}
}

/// Counts from 1 how often it was asked.
final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

/// The noise of a site that a seed determines.
final class SeededNoise: Sendable {
  private let random: Mutex<SeededRandom>

  init(seed: UInt64) { random = Mutex(SeededRandom(seed: seed)) }

  convenience init(site: Int) { self.init(seed: UInt64(site) + 100) }

  @Sendable func next() -> UInt64 { random.withLock { $0.next() } }
}
