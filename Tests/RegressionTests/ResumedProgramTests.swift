import Evaluation
import KonsilTesting
import Queries
import Regression
import Testing

@Suite("A program that is saved after every step")
struct ResumedProgramTests {
  @Test("ends with the same model, bit for bit", arguments: ProgramPlan.all)
  func program(plan: ProgramPlan) throws {
    var whole = try plan.federation(seed: 1)
    let model = try whole.fit()
    var resumed = try plan.federation(seed: 1)
    while true {
      resumed.resume(try SavedProgram(resumed.program).program())
      guard try resumed.step() else { break }
    }
    #expect(resumed.steps.map(\.query) == whole.steps.map(\.query))
    let same = try #require(resumed.model)
    // As text, so that not-a-number equals itself.
    #expect("\(same)" == "\(model)")
    #expect(model.validation == nil || model.validation?.crossValidated.auc.isNaN == false)
    #expect((plan.specification.validation == nil) == (model.validation == nil))
  }

  @Test("meets sites that were started anew, and they answer as they did", arguments: ProgramPlan.all)
  func sites(plan: ProgramPlan) throws {
    var federation = try plan.federation(seed: 2)
    while let query = federation.query {
      for site in [0, 2] {
        var again = try federation.restarted(site)
        try again.check(query)
        #expect(again.answer(query) == federation.sites[site].answered(query), "\(query.name)")
      }
      _ = try federation.step()
    }
  }
}

extension LogisticComputation {
  fileprivate func answered(_ query: Query) -> [[Double]]? {
    var copy = self
    return copy.answer(query)
  }
}
