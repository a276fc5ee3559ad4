import Federation
import KonsilTesting
import Queries
import Testing

@Suite("A plan's outline")
struct OutlineTests {
  @Test("lists the queries that a run asks, with their lengths, before anything is asked")
  func announced() throws {
    let study = try SmallStudy.drawn()
    let outline = try PlanOutline(study.plan, study: study.study)
    var carrier = try Carrier(Bench(study))
    #expect(carrier.run() == .finished)
    let asked = carrier.saved.map(\.query)
    #expect(outline.questions.map(\.query) == ["support", "counts", "moments", "spread", "newton"])
    for (question, query) in zip(outline.questions, asked) {
      #expect(question.query == query.name && question.numbers == query.length)
      #expect(question.isVerified == query.isVerified && (question.times == 1) == query.isVerified)
      #expect(question.parts.map(\.name) == query.segments.map(\.name))
      #expect(question.parts.map(\.numbers) == query.segments.map(\.length))
      // What a part is has been put in words.
      #expect(question.parts.allSatisfy { $0.meaning != $0.name })
    }
    #expect(
      asked.dropFirst(5).allSatisfy { $0.name == "newton" && $0.length == outline.questions[4].numbers })
  }

  @Test("of trees lists what a round asks, times the rounds, and what is asked once")
  func trees() throws {
    let study = try SmallStudy.drawn().growing(rounds: 7, depth: 2, isValidated: true)
    let outline = try PlanOutline(study.plan, study: study.study)
    var carrier = try Carrier(Bench(study))
    #expect(carrier.run() == .finished)
    let asked = carrier.saved.map(\.query)
    let names = asked.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    #expect(outline.questions.map(\.query) == names)
    for question in outline.questions {
      let queries = asked.filter { $0.name == question.query }
      #expect(queries.allSatisfy { $0.length <= question.numbers }, "\(question.query)")
      #expect(question.parts.allSatisfy { $0.meaning != $0.name }, "\(question.query)")
    }
    let rounds = asked.count { $0.name == "tree-histograms" }
    let told = outline.questions.first { $0.query == "tree-histograms" }
    #expect((7...2 * 7 + 1).contains(rounds) && told?.times ?? 0 >= rounds)
    #expect(outline.questions.first { $0.query == "importance" }?.times == 1)
  }

  @Test("bounds what a run can release within its budget")
  func mostNumbers() throws {
    let study = try SmallStudy.drawn()
    let outline = try PlanOutline(study.plan, study: study.study)
    // 3 + 4 + 2 + 2 verified numbers, and 1 + 3 + 6 a Newton step.
    #expect(outline.mostNumbers(mostSteps: 5) == 21)
    #expect(outline.mostNumbers(mostSteps: 60) == 11 + 56 * 10)
    #expect(outline.mostNumbers(mostSteps: 2) == 20)
  }
}
