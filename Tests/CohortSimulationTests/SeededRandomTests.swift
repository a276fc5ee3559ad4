import CohortSimulation
import Testing

@Suite struct SeededRandomTests {
  /// From the generators' published definitions, written out in Python:
  ///
  ///     M = (1 << 64) - 1; rot = lambda x, k: ((x << k) | (x >> (64 - k))) & M
  ///     def xoshiro(s):
  ///         r = rot(s[1] * 5 & M, 7) * 9 & M; t = s[1] << 17 & M
  ///         s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rot(s[3], 45)
  ///         return r
  ///     def splitmix(s):
  ///         s[0] = s[0] + 0x9e3779b97f4a7c15 & M; z = s[0]
  ///         z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & M; z = (z ^ z >> 27) * 0x94d049bb133111eb & M
  ///         return z ^ z >> 31
  ///     s = [1, 2, 3, 4]; print([xoshiro(s) for _ in range(4)])
  ///     s = [1234567]; print([splitmix(s) for _ in range(3)])
  @Test func theGeneratorsAreThePublishedOnes() {
    var xoshiro = SeededRandom(state: (1, 2, 3, 4))
    #expect((0..<4).map { _ in xoshiro.next() } == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
    var splitMix = SplitMix64(state: 1_234_567)
    #expect(
      (0..<3).map { _ in splitMix.next() }
        == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func aSeedAndAPurposeDetermineAStream() {
    func first(_ seed: UInt64, _ purpose: String) -> UInt64 {
      var random = SeededRandom(seed: seed, purpose: purpose)
      return random.next()
    }
    #expect(first(1, "a") == first(1, "a"))
    let streams = [first(1, "a"), first(1, "b"), first(2, "a"), first(1, ""), first(0, "a")]
    #expect(Set(streams).count == streams.count)
  }

  @Test func uniformAndNormalNumbersHaveTheirMoments() {
    let count = 200_000
    var random = SeededRandom(seed: 7, purpose: "moments")
    let uniform = (0..<count).map { _ in random.uniform() }
    #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
    // Five standard errors: 1/sqrt(12 n) and, for the square of a normal number, sqrt(2/n).
    #expect(abs(mean(uniform) - 0.5) < 5 * 0.00065)
    let normal = (0..<count).map { _ in random.normal() }
    #expect(abs(mean(normal)) < 5 * 0.0023)
    #expect(abs(mean(normal.map { $0 * $0 }) - 1) < 5 * 0.0032)
    #expect(abs(mean(normal.map { $0 > 1.959964 ? 1 : 0 }) - 0.025) < 5 * 0.00035)
  }
}
