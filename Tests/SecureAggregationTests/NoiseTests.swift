import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("Noise in place of an answer")
struct NoiseTests {
  private static let length = 4000
  private static let query = Query(
    name: "rings", parameters: [],
    segments: RandomQueries.widths.map { .words("\($0.bits)", length: length, width: $0) }, isVerified: false)

  private static func key(_ byte: UInt8) -> SecretBytes {
    SecretBytes(copying: [UInt8](repeating: byte, count: 32))
  }

  private func noise(_ key: UInt8) throws -> [UInt64] {
    var answer = Contribution(noise: { 7 }, for: Self.query)
    try answer.drown(true, inNoiseOf: Self.key(key), for: Self.query)
    return answer.take()
  }

  @Test("is uniform in every ring and within it, and another for another key")
  func uniform() throws {
    let (noise, other) = (try noise(1), try noise(2))
    #expect(noise == (try self.noise(1)))
    for (place, width) in RandomQueries.widths.enumerated() {
      let range = place * Self.length..<(place + 1) * Self.length
      #expect(noise[range].allSatisfy { $0 <= width.mask })
      #expect(Uniformity.plausible.contains(Uniformity.chiSquare(Array(noise[range]), bits: width.bits)))
      let difference = zip(noise[range], other[range]).map { $0 &- $1 }
      #expect(Uniformity.plausible.contains(Uniformity.chiSquare(difference, bits: width.bits)))
    }
  }

  @Test("leaves an answer that is not withheld as it is")
  func leaves() throws {
    var random = SeededRandom(seed: 1)
    let words = (0..<Self.query.length).map { _ in random.next() }
    var rest = words[...]
    var answer = Contribution(noise: { rest.removeFirst() }, for: Self.query)
    let before = answer.withUnsafeElements { Array($0) }
    try answer.drown(false, inNoiseOf: Self.key(1), for: Self.query)
    #expect(answer.take() == before)
  }

  @Test("comes from 32 bytes of the words it is given")
  func random() {
    var word: UInt64 = 0
    let key = exposed(
      SecretBytes(random: {
        word += 1
        return word
      }))
    #expect(key.count == 32)
    #expect(stride(from: 0, to: 32, by: 8).map { key[$0] } == [1, 2, 3, 4])
  }
}
