import Queries

extension Contribution {
  /// Puts uniform noise in the place of every element, or leaves them, in the same time: which of both happened
  /// does not show.
  ///
  /// - Parameter key: 32 random bytes, used for nothing else.
  package mutating func drown(
    _ isWithheld: Bool, inNoiseOf key: borrowing SecretBytes, for query: Query
  ) throws(LibcryptoFailure) {
    var generator = try MaskGenerator(key: key)
    try update { elements throws(LibcryptoFailure) in
      try generator.replace(&elements, keeping: isWithheld ? 0 : .max)
      query.cutToRings(&elements)
    }
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
