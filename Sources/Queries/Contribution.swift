/// A site's answer to a query: one ring element for each element of its segments, in their order.
/// It cannot be copied: masks are added into its own memory, so nothing of it stays behind. What is refused or
/// not sent is wiped when it goes.
package struct Contribution: ~Copyable, Sendable {
  /// Room for what aggregation appends, so that appending does not move the elements: `withheld`, and the checks of
  /// all eight rings.
  package static let spareCapacity = 25

  /// No other array shares their storage, so that wiping it changes nothing else.
  private var elements: [UInt64]

  /// Rounds a site's reals to the query's scales.
  ///
  /// - Parameter values: one array for each segment.
  /// - Returns: nil when a value is not finite or beyond its segment's bound, when a length differs, or when a
  ///   segment is of words.
  package init?(_ values: [[Double]], for query: Query) {
    elements = []
    guard values.count == query.segments.count else { return nil }
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
  }

  /// Ring elements that the computation made itself, cut to their rings. Give the array up to this call, with
  /// `spareCapacity` to spare, and nothing is copied; without it they move here, and are wiped where they were.
  ///
  /// - Returns: nil unless there is one element for each of the query's.
  package init?(elements: consuming [UInt64], for query: Query) {
    let capacity = query.length + Self.spareCapacity
    self.elements = []
    guard elements.count == query.length else {
      wipe(&elements)
      return nil
    }
    if elements.capacity < capacity {
      self.elements.reserveCapacity(capacity)
      self.elements += elements
      wipe(&elements)
    } else {
      self.elements = elements
      // Two owners would make the cut copy them all.
      elements = []
      // A copy only if the caller has kept another owner.
      self.elements.reserveCapacity(capacity)
    }
    query.cutToRings(&self.elements)
  }

  /// One zero for each of the query's elements.
  package init(zerosFor query: Query) {
    elements = []
    elements.reserveCapacity(query.length + Self.spareCapacity)
    elements.append(contentsOf: repeatElement(0, count: query.length))
  }

  deinit {
    elements.withUnsafeBytes { wipe($0) }
  }

  /// Gives up the elements' storage to the caller, who wipes it if it does not leave.
  package consuming func take() -> [UInt64] {
    let given = elements
    elements = []
    return given
  }

  /// Number of elements.
  package var count: Int { elements.count }

  /// Lends the elements for reading.
  package func withUnsafeElements<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt64>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try elements.withUnsafeBufferPointer(body)
  }

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
