import Queries

/// Answers every query with the same numbers at once: a step's time is not the computation's.
struct ProbeComputation: SiteComputation {
  func check(_ query: Query) {}

  mutating func contribution(to query: Query) -> Contribution? {
    guard query.segments.allSatisfy(\.isWords) else {
      return Contribution(query.segments.map { [Double](repeating: 0.25, count: $0.length) }, for: query)
    }
    let capacity = query.length + Contribution.spareCapacity
    let elements = [UInt64](unsafeUninitializedCapacity: capacity) { elements, count in
      for index in 0..<query.length { elements.initializeElement(at: index, to: UInt64(index)) }
      count = query.length
    }
    return Contribution(elements: elements, for: query)
  }

  mutating func absorb(_ sum: QuerySum) {}
}
