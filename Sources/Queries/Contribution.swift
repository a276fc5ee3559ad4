/// A site's answer to a query: one ring element for each element of its segments, in their order.
/// It cannot be copied: masks are added into its own memory, so nothing of it stays behind.
package struct Contribution: ~Copyable, Sendable {
  /// Room for what aggregation appends, so that appending does not move the elements: `withheld`, and the checks of
  /// all eight rings.
  package static let spareCapacity = 25

  package private(set) var elements: [UInt64]

  /// Rounds a site's reals to the query's scales.
  ///
  /// - Parameter values: one array for each segment.
  /// - Returns: nil when a value is not finite or beyond its segment's bound, when a length differs, or when a
  ///   segment is of words.
  package init?(_ values: [[Double]], for query: Query) {
    guard values.count == query.segments.count else { return nil }
    var elements: [UInt64] = []
    elements.reserveCapacity(query.length + Self.spareCapacity)
    for (segment, values) in zip(query.segments, values) {
      guard values.count == segment.length, !segment.isWords else { return nil }
      for value in values {
        guard value.magnitude <= segment.bound,
          let element = segment.scale.encode(value, width: segment.width)
        else { return nil }
        elements.append(element)
      }
    }
    self.elements = elements
  }

  /// Ring elements that the computation made itself, cut to their rings. Give the array up to this call, with
  /// `spareCapacity` to spare, and nothing is copied.
  ///
  /// - Returns: nil unless there is one element for each of the query's.
  package init?(elements: consuming [UInt64], for query: Query) {
    guard elements.count == query.length else { return nil }
    self.elements = elements
    // Two owners would make the cut copy them all.
    elements = []
    query.cutToRings(&self.elements)
  }

  /// One zero for each of the query's elements.
  package init(zerosFor query: Query) {
    elements = []
    elements.reserveCapacity(query.length + Self.spareCapacity)
    elements.append(contentsOf: repeatElement(0, count: query.length))
  }

  /// Gives up the elements' storage to the caller.
  package consuming func take() -> [UInt64] { elements }

  /// Changes the elements where they stand.
  package mutating func update<Failure: Error>(
    _ body: (inout [UInt64]) throws(Failure) -> Void
  ) throws(Failure) {
    try body(&elements)
  }
}

extension Query {
  /// Takes each element of a vector that begins with the query's modulo its segment's 2^w.
  package func cutToRings(_ elements: inout [UInt64]) {
    var start = 0
    for segment in segments {
      defer { start += segment.length }
      guard segment.width != .full else { continue }
      let mask = segment.width.mask
      for index in start..<start + segment.length { elements[index] &= mask }
    }
  }
}
