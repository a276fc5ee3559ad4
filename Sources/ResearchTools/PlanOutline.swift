import Federation
import Queries

/// What a plan's program will ask of the sites, found by running it on sums at their bounds.
struct PlanOutline: Encodable, Equatable {
  struct Part: Encodable, Equatable {
    let name: String
    let numbers: Int
  }

  struct Question: Encodable, Equatable {
    let query: String
    /// How many numbers each site answers with, and so how many sums are seen.
    let numbers: Int
    let parts: [Part]
    /// Whether the sites add the answers themselves.
    let isVerified: Bool
    /// Whether it is asked until the model is found.
    let repeats: Bool
  }

  let questions: [Question]

  /// - Parameter plan: one without problems in `study`.
  /// - Throws: `AnalysisError` when no records at all could satisfy the study's limits.
  init(_ plan: Plan, study: Study) throws(AnalysisError) {
    var program = try PlanProgram(plan, study: study)
    var questions: [Question] = []
    while case .ask(let query) = program.next(), questions.last?.repeats != true {
      questions.append(Question(query))
      if query.isVerified, let sum = Self.sumAtBounds(of: query) { try program.absorb(sum) }
    }
    self.questions = questions
  }

  /// The greatest numbers that can be released before the step budget is used up.
  func mostNumbers(mostSteps: Int) -> Int {
    let greatest = questions.map(\.numbers).max() ?? 0
    let before = questions.filter { !$0.repeats }
    guard before.count <= mostSteps else { return greatest * mostSteps }
    return before.reduce(0) { $0 + $1.numbers } + (mostSteps - before.count) * greatest
  }

  /// Every element at its bound but the events, of which there must be less than rows.
  private static func sumAtBounds(of query: Query) -> QuerySum? {
    let elements = query.segments.flatMap { segment in
      let value = segment.name == "events" ? (segment.bound / 2).rounded() : segment.bound
      return Array(repeating: segment.scale.encode(value) ?? 0, count: segment.length)
    }
    return QuerySum(elements: elements, for: query)
  }
}

extension PlanOutline.Question {
  fileprivate init(_ query: Query) {
    self.query = query.name
    numbers = query.length
    parts = query.segments.map { PlanOutline.Part(name: $0.name, numbers: $0.length) }
    isVerified = query.isVerified
    // What later rules rest on is asked once and verified; the rest is iterated.
    repeats = !query.isVerified
  }
}
