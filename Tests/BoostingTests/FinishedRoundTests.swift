import Boosting
import Foundation
import KonsilTesting
import Queries
import Testing

@Suite("Trees whose sums are gone")
struct FinishedRoundTests {
  @Test(
    "go on after any finished round, as it stands in a file, to the same model",
    arguments: [
      "levels", "leaves", "classes", "validated", "stopped early", "explained", "linear", "with statistics",
    ])
  func resumed(kind: String) throws {
    let table = try BoostingTable.drawn(rows: 400, seed: 5).split(3, seed: 1)
    var plan = InvarianceTests.specification(kind == "classes" ? .softmax : .logistic)
    switch kind {
    case "leaves":
      plan.grow = .leaves
      plan.maxLeaves = 6
    case "validated": plan.validation = .folds(3, repeats: 1, seed: 2)
    case "stopped early":
      plan.validation = .folds(3, repeats: 1, seed: 2)
      plan.earlyStoppingRounds = 2
    case "explained": plan.importance = true
    case "linear": plan.leaves = .linear
    case "with statistics": plan.releaseStatistics = true
    default: break
    }
    var federation = try BoostingFederation(table, plan)
    var resumed = BoostingProgram(federation.frame)
    var rounds = 0
    while try federation.step() {
      if rounds == 0, let step = federation.steps.last, step.query.isVerified {
        try resumed.absorb(step.sum)
      }
      guard let round = federation.program.finishedRound else { continue }
      rounds += 1
      let stored = try JSONEncoder().encode(round)
      try resumed.resume(after: JSONDecoder().decode(FinishedRound.self, from: stored))
      var (whole, other) = (federation, federation)
      other.resume(resumed)
      #expect(other.query == federation.query)
      #expect(try other.train() == whole.train(), "after \(rounds) rounds")
    }
    #expect(rounds >= 3)
  }
}
