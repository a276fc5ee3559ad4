import Queries

/// What a plan's program will ask of the sites, found by running it on sums at their bounds.
package struct PlanOutline: Encodable, Equatable, Sendable {
  package struct Part: Encodable, Equatable, Sendable {
    package let name: String
    package let numbers: Int
    /// What a site's numbers are, in words.
    package let meaning: String
  }

  package struct Question: Encodable, Equatable, Sendable {
    package let query: String
    /// How many numbers each site answers with, and so how many sums are seen.
    package let numbers: Int
    package let parts: [Part]
    /// Whether the sites add the answers themselves.
    package let isVerified: Bool
    /// Whether it is asked until the model is found.
    package let repeats: Bool
  }

  package let questions: [Question]

  /// - Parameter plan: one without problems in `study`.
  /// - Throws: `AnalysisError` when no records at all could satisfy the study's limits.
  package init(_ plan: Plan, study: Study) throws(AnalysisError) {
    var program = try PlanProgram(plan, study: study)
    var questions: [Question] = []
    while case .ask(let query) = program.next(), questions.last?.repeats != true {
      questions.append(Question(query))
      if query.isVerified, let sum = Self.sumAtBounds(of: query) { try program.absorb(sum) }
    }
    self.questions = questions
  }

  /// The greatest numbers that can be released before the step budget is used up.
  package func mostNumbers(mostSteps: Int) -> Int {
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
    parts = query.segments.map {
      PlanOutline.Part(
        name: $0.name, numbers: $0.length, meaning: Self.meaning(of: $0.name, in: query.name))
    }
    isVerified = query.isVerified
    // What later rules rest on is asked once and verified; the rest is iterated.
    repeats = !query.isVerified
  }

  private static func meaning(of segment: String, in query: String) -> String {
    switch (query, segment) {
    case ("support", "sites-where-it-varies"):
      "for each column, each reference level and the outcome, 1 if it varies here"
    case ("moments", "rows"): "complete rows here"
    case ("moments", "events"): "those of them with outcome 1"
    case ("moments", "sums"): "for each column, the sum of its values, scaled by its range to 0...1"
    case ("spread", "squares"):
      "for each column, the sum of squared distances from the mean of all sites, so scaled"
    case ("refinement", "sums"): "for each column of a wide range, the sum of its standardised values"
    case ("refinement", "squares"): "for each column of a wide range, the sum of their squares"
    case ("newton", "log-likelihood"): "the log-likelihood of this site's rows"
    case ("newton", "gradient"): "for the intercept and each column, the likelihood's first derivative"
    case ("newton", "hessian"): "for each pair of them, the likelihood's second derivative"
    default: segment
    }
  }
}
