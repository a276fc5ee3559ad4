import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Synchronization
import Testing

@Suite("The word that says whether some site withheld")
struct WithheldWordTests {
  private static let query = Query(
    name: "ones", parameters: [], segments: [.counts("ones", length: 2, bound: 4)], isVerified: false)

  /// Noise that says given words, and how many of them were taken.
  private final class Script: Sendable {
    private let words: Mutex<[UInt64]>

    init(_ words: [UInt64]) { self.words = Mutex(words) }

    var left: Int { words.withLock(\.count) }
    @Sendable func next() -> UInt64 { words.withLock { $0.isEmpty ? 1 : $0.removeFirst() } }
  }

  private func bench(
    withholding: Set<Int>, noise: [Int: @Sendable () -> UInt64] = [:]
  ) throws -> Bench {
    let bench = try Bench(SmallStudy.drawn(sites: 4), noise: noise) { index, _ in
      ConstantComputation(value: withholding.contains(index) ? nil : 1)
    }
    try bench.setUp()
    return bench
  }

  /// What the coordinator sees: the word's sum over all sites.
  private func word(_ bench: Bench) throws -> UInt64 {
    let sum = MaskedSum.elements(try bench.answers(bench.request(Self.query)))
    bench.passStep()
    return sum[Self.query.length]
  }

  @Test("is never 0 where one withheld: a site draws again")
  func drawnAgain() throws {
    // Four words are the key of the noise that drowns the numbers.
    let script = Script([1, 2, 3, 4, 0, 0, 7])
    let bench = try bench(withholding: [2], noise: [2: script.next])
    #expect(try word(bench) == 7)
    #expect(script.left == 0)
  }

  @Test("is the sites' own noise, each step another")
  func fresh() throws {
    let bench = try bench(withholding: [1, 2])
    let noise = [1, 2].map(SeededNoise.init(site:))
    func own() -> UInt64 {
      noise.reduce(0) { sum, noise in
        for _ in 1...4 { _ = noise.next() }
        return sum &+ noise.next()
      }
    }
    for _ in 1...5 { #expect(try word(bench) == own()) }
  }

  @Test(
    "is uniform, so that it does not tell how many withheld, nor who",
    arguments: [[0], [3], [0, 1], [1, 2, 3], [0, 1, 2, 3]])
  func uniform(sites: [Int]) throws {
    var words: [UInt64] = []
    for seed in 0..<UInt64(8) {
      let noise = (0..<4).map { ($0, SeededNoise(seed: seed << 8 | UInt64($0)).next) }
      let bench = try bench(withholding: Set(sites), noise: Dictionary(uniqueKeysWithValues: noise))
      for _ in 1...50 { words.append(try word(bench)) }
    }
    #expect(Bits.lookUniform(words))
    #expect(Set(words).count == words.count)
  }

  @Test("is 0 where none withheld")
  func none() throws {
    let bench = try bench(withholding: [])
    for _ in 1...5 { #expect(try word(bench) == 0) }
  }
}
