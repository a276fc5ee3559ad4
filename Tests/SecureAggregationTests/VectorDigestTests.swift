import Crypto
import KonsilTesting
import SecureAggregation
import Testing

@Suite("A vector's digest")
struct VectorDigestTests {
  @Test(
    "is SHA-256 over the SHA-256 of its halves, by the processor's instructions in 16 and 32 registers as by libcrypto",
    arguments: Array(0...40) + [63, 64, 65, 127, 128, 129, 1000, 4097, 100_001])
  func halves(count: Int) {
    var random = SeededRandom(seed: UInt64(count) + 1)
    let vector = (0..<count).map { _ in random.next() }
    let middle = (count + 1) / 2
    let halves = [vector[..<middle], vector[middle...]].map { half in
      SHA256.hash(data: half.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
    }
    let expected = Array(SHA256.hash(data: halves.flatMap { Array($0) }))
    for registers in [0, 16, 32] where registers <= VectorDigest.registerCount {
      let digest = VectorDigest.digest(of: vector, registerCount: registers)
      #expect(digest.bytes == expected, "in \(registers) registers")
    }
  }
}
