import Crypto

/// A SHA-256 digest (FIPS 180-4).
package struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
  package static let byteCount = 32
  /// In place, for a digest is compared more often than it is written.
  private let words: Words

  private struct Words: Hashable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    var fourth: UInt64 = 0
  }

  package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  /// The digest of `message`.
  package init(of message: [UInt8]) { self.init(SHA256.hash(data: message)) }

  /// The digest of `message` followed by secret bytes.
  init(of message: [UInt8], then secret: borrowing SecretBytes) {
    var hash = SHA256()
    hash.update(data: message)
    secret.withUnsafeBytes { hash.update(bufferPointer: $0) }
    self.init(hash.finalize())
  }

  init(_ digest: SHA256.Digest) { self = digest.withUnsafeBytes { Digest(memory: $0) } }

  /// - Parameter memory: at least 32 bytes, of which the first are taken.
  init(memory: UnsafeRawBufferPointer) {
    var words = Words()
    withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: .init(rebasing: memory[..<Self.byteCount])) }
    self.words = words
  }

  /// A digest that came from outside; nil unless it has 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self = bytes.withUnsafeBytes { Digest(memory: $0) }
  }

  /// A digest from 64 hexadecimal digits of either case; nil for anything else.
  package init?(hexadecimal text: String) {
    guard let bytes = [UInt8](hexadecimal: text) else { return nil }
    self.init(bytes: bytes)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(hexadecimal: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 digest")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hexadecimal)
  }

  package var hexadecimal: String { bytes.hexadecimal }
  /// Enough digits to tell digests apart in a table.
  package var short: String { String(hexadecimal.prefix(12)) }
  package var description: String { hexadecimal }
}

extension [UInt8] {
  /// Two lower-case digits a byte.
  package var hexadecimal: String {
    String(unsafeUninitializedCapacity: 2 * count) { text in
      for (index, byte) in enumerated() {
        text[2 * index] = Self.digit(byte >> 4)
        text[2 * index + 1] = Self.digit(byte & 15)
      }
      return 2 * count
    }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }

  /// nil unless `text` is an even number of hexadecimal digits.
  package init?(hexadecimal text: String) {
    let nibbles = text.utf8.map { character -> UInt8? in
      switch character {
      case 0x30...0x39: character - 0x30
      case 0x41...0x46: character - 0x41 + 10
      case 0x61...0x66: character - 0x61 + 10
      default: nil
      }
    }
    guard nibbles.count.isMultiple(of: 2), !nibbles.contains(nil) else { return nil }
    self = stride(from: 0, to: nibbles.count, by: 2).compactMap { index in
      nibbles[index].flatMap { high in nibbles[index + 1].map { high << 4 | $0 } }
    }
  }
}
