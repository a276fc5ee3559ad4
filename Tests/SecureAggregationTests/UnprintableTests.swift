import KonsilTesting
import Queries
import SecureAggregation
import Testing

/// `SecretBytes`, `EncapsulationPrivateKey`, `Encapsulation` and the phases of a site cannot be copied, so the compiler refuses to
/// print them; what is left are the two keys that are references.
@Suite("Secrets cannot be printed")
struct UnprintableTests {
  private struct Holder {
    let signer: SigningKey
    let digests: DigestKey
  }

  /// Everything that Swift can make of a value in words.
  private func words(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    let children = Mirror(reflecting: value).children.map { "\($0.value)" }
    return ([dumped, "\(value)", String(reflecting: value), String(describing: value)] + children)
      .joined(separator: "\n")
  }

  private func leaks(_ text: String, _ secret: [UInt8]) -> Bool {
    (0...secret.count - 4).contains { start in
      let part = Array(secret[start..<start + 4])
      let decimal = part.map(String.init)
      return [
        part.hexadecimal, decimal.joined(separator: ", "), decimal.joined(separator: " "),
        decimal.joined(separator: "\n"),
      ].contains { text.lowercased().contains($0) }
    }
  }

  @Test("nor found by reflection", arguments: [UInt64(1), 2, 3])
  func keys(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let signing = random.bytes(32)
    let digesting = random.bytes(32)
    let signer = try #require(SigningKey(seed: signing))
    let digests = try #require(DigestKey(bytes: digesting))
    for value in [
      signer, digests, Holder(signer: signer, digests: digests), [signer], Optional(digests) as Any,
    ] {
      let text = words(value)
      #expect(!leaks(text, signing), "\(text)")
      #expect(!leaks(text, digesting), "\(text)")
    }
    #expect("\(signer)".contains(signer.identity.fingerprint.prefix(16)))
    // The search finds what is printed.
    #expect(leaks(words(signing), signing))
    #expect(leaks(signing.hexadecimal, signing))
  }
}
