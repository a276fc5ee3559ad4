/// The keys of all masks of one vector, which are added in one pass: stretch by stretch, each long enough to hide the
/// keying and short enough to stay in cache, every mask's part of it.
package struct MaskKeys: ~Copyable {
  /// 62.5 KiB, which the second-level cache keeps, and a whole number of what the wide instructions make at once.
  private static let stretchWords = 8000

  private var keys: [MaskKey] = []

  package init() {}

  private final class MaskKey {
    let key: SecretBytes
    let adds: Bool

    init(_ key: consuming SecretBytes, adds: Bool) {
      self.key = key
      self.adds = adds
    }
  }

  /// - Parameter adds: whether the mask is added; else it is subtracted.
  package mutating func append(_ key: consuming SecretBytes, adds: Bool) {
    keys.append(MaskKey(key, adds: adds))
  }

  package consuming func addMasks(to vector: inout [UInt64]) throws(LibcryptoFailure) {
    guard let first = keys.first else { return }
    var generator = try MaskGenerator(key: first.key)
    var start = 0
    while start < vector.count {
      let range = start..<min(start + Self.stretchWords, vector.count)
      for key in keys {
        try generator.start(key.key, atWord: start)
        if key.adds {
          try generator.add(to: &vector, range)
        } else {
          try generator.subtract(from: &vector, range)
        }
      }
      start = range.upperBound
    }
  }
}
