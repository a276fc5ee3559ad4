import Evaluation
import KonsilTesting
import Testing

@Suite("Pairs of rows with and without the outcome")
struct ConcordanceTests {
  @Test("are counted as every pair one by one would be, equal scores as half", arguments: UInt64(1)...20)
  func pairs(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 0...60, using: &random)
    let scores = (0..<count).map { _ in Double(Int.random(in: -3...3, using: &random)) }
    let outcome = (0..<count).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    var twice = 0
    var comparable = 0
    for first in 0..<count where outcome[first] == 1 {
      for second in 0..<count where outcome[second] == 0 {
        comparable += 1
        if scores[first] > scores[second] {
          twice += 2
        } else if scores[first] == scores[second] {
          twice += 1
        }
      }
    }
    let pairs = Concordance(scores: scores, outcome: outcome)
    #expect(pairs.concordantTwice == twice, "seed \(seed)")
    #expect(pairs.comparable == comparable, "seed \(seed)")
  }
}
