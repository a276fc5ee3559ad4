/// The sum of all sites' contributions to a query, segment by segment.
package struct QuerySum: Hashable, Sendable, Codable {
  /// The reals of each segment; none for a segment of words.
  package let values: [[Double]]
  /// The ring elements of each segment of words; none for one of reals.
  package let words: [[UInt64]]

  init(values: [[Double]], words: [[UInt64]]) {
    self.values = values
    self.words = words
  }

  /// - Returns: nil unless there is one element for each of the query's, within its segment's bound.
  package init?(elements: [UInt64], for query: Query) {
    guard elements.count == query.length else { return nil }
    var values: [[Double]] = []
    var words: [[UInt64]] = []
    var start = 0
    for segment in query.segments {
      let part = elements[start..<start + segment.length]
      start += segment.length
      let width = segment.width
      words.append(!segment.isWords ? [] : width == .full ? Array(part) : part.map(width.element))
      values.append(segment.isWords ? [] : part.map { segment.scale.decode($0, width: segment.width) })
    }
    self.values = values
    self.words = words
    guard fits(query) else { return nil }
  }

  package func encode(into encoder: inout CanonicalEncoder) {
    encoder.append(list: values) { $0.append(list: $1) }
    encoder.append(list: words) { $0.append(list: $1) }
  }

  /// Whether there is one finite value for each of the query's elements, within its segment's bound and
  /// what rounding at the sites may add, and one word of the ring for each element of words.
  package func fits(_ query: Query) -> Bool {
    guard values.count == query.segments.count, words.count == query.segments.count else { return false }
    return query.segments.indices.allSatisfy { index in
      let segment = query.segments[index]
      if segment.isWords {
        return values[index].isEmpty && words[index].count == segment.length
          && (segment.width == .full || words[index].reduce(0, |) <= segment.width.mask)
      }
      let most = segment.bound * (1 + 0x1p-20)
      return words[index].isEmpty && values[index].count == segment.length
        && values[index].allSatisfy { $0.magnitude <= most }
    }
  }
}
