import ArgumentParser
import COpenSSL
import SecureAggregation

struct MaskingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "masking",
    abstract: "Masks generated and added, against AES alone, and digests: bytes a second on one core.")

  @Option(parsing: .upToNextOption, help: "Elements of the vector.")
  var lengths: [Int]
  @Option var masks = 10
  @Option(help: "Each is of both sides by turns.")
  var repeats = 11

  /// Bytes that each measurement goes through.
  private static let bytes = 400_000_000

  func run() throws {
    let clock = ContinuousClock()
    let results = try lengths.map { length in
      var rates: (masked: [Double], cipher: [Double]) = ([], [])
      let rounds = max(1, Self.bytes / (8 * length * masks))
      let count = Double(8 * length * masks * rounds)
      for _ in 0..<repeats {
        let masked = try clock.measure { try mask(length, rounds) }
        rates.masked.append(count / (masked / .seconds(1)))
        let cipher = try clock.measure { try encrypt(8 * length * masks * rounds) }
        rates.cipher.append(count / (cipher / .seconds(1)))
      }
      return "{\"length\": \(length), \"masked\": \(rates.masked), \"cipher\": \(rates.cipher)}"
    }
    let digest = DigestRates(repeats: repeats).json
    print("{\"masks\": \(masks), \"lengths\": [\(results.joined(separator: ", "))], \"digest\": \(digest)}")
  }

  /// As in a step: a key for each mask from its root and the step's name, then all masks in one pass.
  private func mask(_ length: Int, _ rounds: Int) throws {
    var vector = [UInt64](repeating: 0, count: length)
    let roots = (0..<masks).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 32) }
    for round in 0..<rounds {
      let name = Digest(of: [UInt8(truncatingIfNeeded: round), UInt8(truncatingIfNeeded: round >> 8)])
      var keys = MaskKeys()
      for (index, root) in roots.enumerated() {
        keys.append(
          try KeySchedule.maskKey(root: SecretBytes(copying: root), attempt: name),
          adds: index.isMultiple(of: 2))
      }
      try keys.addMasks(to: &vector)
    }
    guard vector.contains(where: { $0 != 0 }) else { throw BenchFault("no mask was added") }
  }

  /// AES-256 in counter mode over blocks of 16 KiB, as fast as the library does it.
  private func encrypt(_ bytes: Int) throws {
    let block = 16 << 10
    guard let context = EVP_CIPHER_CTX_new() else { throw BenchFault("no cipher") }
    defer { EVP_CIPHER_CTX_free(context) }
    let key = [UInt8](repeating: 7, count: 32)
    let iv = [UInt8](repeating: 0, count: 16)
    let zeros = [UInt8](repeating: 0, count: block)
    var out = zeros
    guard EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nil, key, iv) == 1 else {
      throw BenchFault("no cipher")
    }
    var written: Int32 = 0
    for _ in 0..<(bytes / block) {
      guard EVP_EncryptUpdate(context, &out, &written, zeros, Int32(block)) == 1 else {
        throw BenchFault("the cipher failed")
      }
    }
  }
}
