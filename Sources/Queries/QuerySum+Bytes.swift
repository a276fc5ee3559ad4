extension QuerySum {
  /// Eight bytes an element in the query's order, least significant first: of a real its bit pattern, of a word the
  /// word.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(
      8 * (values.reduce(0) { $0 + $1.count } + words.reduce(0) { $0 + $1.count }))
    for (values, words) in zip(values, words) {
      for value in values { bytes.append(littleEndian: value.bitPattern) }
      for word in words { bytes.append(littleEndian: word) }
    }
    return bytes
  }

  /// - Returns: nil unless the bytes are those of a sum that fits the query.
  package init?(bytes: [UInt8], for query: Query) {
    guard bytes.count == 8 * query.length else { return nil }
    var values: [[Double]] = []
    var words: [[UInt64]] = []
    var start = 0
    for segment in query.segments {
      let part = (0..<segment.length).map { bytes.littleEndian(at: start + 8 * $0) }
      start += 8 * segment.length
      values.append(segment.isWords ? [] : part.map(Double.init(bitPattern:)))
      words.append(segment.isWords ? part : [])
    }
    self.init(values: values, words: words)
    guard fits(query) else { return nil }
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian word: UInt64) {
    Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate func littleEndian(at index: Int) -> UInt64 {
    withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: index, as: UInt64.self)) }
  }
}
