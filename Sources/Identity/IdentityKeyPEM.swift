import Foundation
import Queries
import SecureAggregation

/// An Ed25519 private key as PEM PKCS#8 (RFC 8410): 48 bytes of DER, of which the last 32 are the
/// key and the others never change, so 64 base64 digits on one line.
enum IdentityKeyPEM {
  static let expected = "an Ed25519 private key as PEM (PRIVATE KEY, PKCS#8)"

  private static let header = Array("-----BEGIN PRIVATE KEY-----\n".utf8)
  private static let footer = Array("\n-----END PRIVATE KEY-----".utf8)
  /// SEQUENCE { version 0, AlgorithmIdentifier { 1.3.101.112 }, OCTET STRING { OCTET STRING } }
  private static let prefix: [UInt8] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]

  /// - Parameter seed: the 32 secret bytes.
  static func encode(seed: [UInt8]) -> [UInt8] {
    header + Array(Data(prefix + seed).base64EncodedString().utf8) + footer + [0x0a]
  }

  /// - Returns: nil for anything but such a key. What was decoded on the way is wiped.
  static func decode(_ pem: borrowing FileBytes) -> SigningKey? {
    pem.withBytes { text in
      let end = header.count + 64
      guard text.count >= end + footer.count,
        text.prefix(header.count).elementsEqual(header),
        text[end...].prefix(footer.count).elementsEqual(footer),
        text[(end + footer.count)...].allSatisfy({ $0 == 0x0a })
      else { return nil }
      var der = [UInt8](repeating: 0, count: 48)
      defer { wipe(&der) }
      guard decodeBase64(text[header.count..<end], into: &der),
        der.prefix(prefix.count).elementsEqual(prefix)
      else { return nil }
      var seed = Array(der.dropFirst(prefix.count))
      defer { wipe(&seed) }
      return SigningKey(seed: seed)
    }
  }

  /// Base64 without padding; Foundation's decoder would leave copies of the key behind.
  private static func decodeBase64(
    _ digits: Slice<UnsafeRawBufferPointer>, into output: inout [UInt8]
  ) -> Bool {
    var bits: UInt32 = 0
    var index = 0
    for (position, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case 0x41...0x5a: value = digit - 0x41
      case 0x61...0x7a: value = digit - 0x61 + 26
      case 0x30...0x39: value = digit - 0x30 + 52
      case 0x2b: value = 62
      case 0x2f: value = 63
      default: return false
      }
      bits = bits << 6 | UInt32(value)
      guard position % 4 == 3 else { continue }
      for shift in [16, 8, 0] as [UInt32] {
        output[index] = UInt8(truncatingIfNeeded: bits >> shift)
        index += 1
      }
      bits = 0
    }
    return index == output.count
  }
}
