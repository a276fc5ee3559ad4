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

  private func noise(_ key: UInt8) throws -> [UInt64] {
    let noise = try Contribution(
      noiseOf: SecretBytes(copying: [UInt8](repeating: key, count: 32)), for: Self.query)
    return noise.take()
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
