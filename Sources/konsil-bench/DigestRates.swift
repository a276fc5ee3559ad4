import COpenSSL
import SecureAggregation

/// How fast a vector's digest is taken, in vector registers of each size that this processor has, and SHA-256 of the
/// same bytes by libcrypto.
struct DigestRates {
  private static let length = 100_000
  private static let rounds = 100

  /// Bytes a second by size of registers in bytes, and of `sha256`; a turn of each after the other.
  private(set) var rates: [String: [Double]] = [:]

  init(repeats: Int) {
    let vector = (0..<UInt64(Self.length)).map { $0 &* 0x9E37_79B9_7F4A_7C15 }
    for _ in 0..<repeats {
      for registers in [16, 32, 64] where registers <= VectorDigest.registerByteCount {
        add("\(registers)") { _ = VectorDigest.digest(of: vector, registerByteCount: registers) }
      }
      var out = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
      add("sha256") { vector.withUnsafeBytes { _ = SHA256($0.baseAddress, $0.count, &out) } }
    }
  }

  private mutating func add(_ name: String, _ digest: () -> Void) {
    let taken = ContinuousClock().measure { for _ in 0..<Self.rounds { digest() } }
    rates[name, default: []].append(Double(8 * Self.length * Self.rounds) / (taken / .seconds(1)))
  }

  /// As JSON.
  var json: String {
    "{\(rates.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", "))}"
  }
}
