import Queries
import SecureAggregation

/// A secret that a test knows without holding its bytes: every byte is stored altered, so that looking for the
/// secret in memory does not find the test.
package struct MaskedSecret: Decodable, Sendable {
  private static let alteration: UInt8 = 0x5a
  private let altered: [UInt8]

  package var count: Int { altered.count }

  /// From hexadecimal digits, in JSON.
  package init(from decoder: any Decoder) throws {
    let digits = Array(try decoder.singleValueContainer().decode(String.self).utf8)
    guard digits.count.isMultiple(of: 2), !digits.isEmpty else { throw FixtureError() }
    func nibble(_ digit: UInt8) throws -> UInt8 {
      switch digit {
      case 0x30...0x39: digit - 0x30
      case 0x61...0x66: digit - 0x61 + 10
      default: throw FixtureError()
      }
    }
    altered = try stride(from: 0, to: digits.count, by: 2).map {
      try (nibble(digits[$0]) << 4 ^ Self.alteration) ^ nibble(digits[$0 + 1])
    }
  }

  package init(random: inout SeededRandom, count: Int) { altered = random.bytes(count) }

  /// Of the words, which are wiped: the array should have no other owner.
  package init(wiping words: inout [UInt64]) {
    altered = words.withUnsafeBytes { bytes in bytes.map { $0 ^ Self.alteration } }
    wipe(&words)
  }

  private init(altered: [UInt8]) { self.altered = altered }

  /// The secret with every byte combined with `pad` by exclusive or, as HMAC does with a key.
  package func padded(with pad: UInt8) -> MaskedSecret { MaskedSecret(altered: altered.map { $0 ^ pad }) }

  /// Writes the secret to `place`, which has room for it.
  package func reveal(at place: UnsafeMutableRawPointer) {
    for (offset, byte) in altered.enumerated() {
      place.storeBytes(of: byte ^ Self.alteration, toByteOffset: offset, as: UInt8.self)
    }
  }

  package func secretBytes() -> SecretBytes {
    var secret = SecretBytes(count: count)
    secret.withUnsafeMutableBytes { bytes in
      if let place = bytes.baseAddress { reveal(at: place) }
    }
    return secret
  }

  /// The secret as a vector of words.
  ///
  /// - Parameter spare: room behind them; as many as aggregation appends, unless it is told.
  package func words(spare: Int = Contribution.spareCapacity) -> [UInt64] {
    let words = count / MemoryLayout<UInt64>.size
    return [UInt64](unsafeUninitializedCapacity: words + spare) { elements, initialized in
      if let place = elements.baseAddress { reveal(at: place) }
      initialized = words
    }
  }

  /// Lends the secret as an array, and overwrites that array afterwards.
  package func withRevealed<Result: ~Copyable>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { if let place = $0.baseAddress { reveal(at: place) } }
    defer { bytes.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
    return try body(bytes)
  }
}
