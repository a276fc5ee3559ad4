import Queries

extension Contribution {
  /// Uniform noise in place of an answer: the stream of a fresh key, so that it costs no more than a mask.
  ///
  /// - Parameter key: 32 random bytes, used for nothing else.
  package init(
    noiseOf key: borrowing SecretBytes, for query: Query
  ) throws(LibcryptoFailure) {
    var elements: [UInt64] = []
    elements.reserveCapacity(query.length + Self.spareCapacity)
    elements.append(contentsOf: repeatElement(0, count: query.length))
    var generator = try MaskGenerator(key: key)
    try generator.add(to: &elements)
    guard let noise = Contribution(elements: elements, for: query) else { throw LibcryptoFailure() }
    self = noise
  }
}

extension SecretBytes {
  /// As many bytes as a key has, of words from `random`.
  package init(random: () -> UInt64) {
    self.init(count: KeySchedule.keyByteCount)
    withUnsafeMutableBytes { bytes in
      for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<UInt64>.size) {
        bytes.storeBytes(of: random(), toByteOffset: offset, as: UInt64.self)
      }
    }
  }
}
