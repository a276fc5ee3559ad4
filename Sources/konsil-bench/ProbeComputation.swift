import Queries

/// Answers every query with the same numbers at once: a step's time is not the computation's.
struct ProbeComputation: SiteComputation {
  func check(_ query: Query) {}

  mutating func contribution(to query: Query) -> Contribution? {
    guard query.segments.allSatisfy(\.isWords) else {
      return Contribution(query.segments.map { [Double](repeating: 0.25, count: $0.length) }, for: query)
    }
    var elements: [UInt64] = []
    elements.reserveCapacity(query.length + Contribution.spareCapacity)
    for index in 0..<query.length { elements.append(UInt64(index)) }
    return Contribution(elements: elements, for: query)
  }

  mutating func absorb(_ sum: QuerySum) {}
}
