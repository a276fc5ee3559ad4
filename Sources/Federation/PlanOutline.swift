import Boosting
import Preprocessing
import Queries
import Regression

/// What a plan computes, in words, and what its program will ask of the sites, found by rehearsing it on imagined
/// records that have some of everything everywhere. Real records that have less are asked for less.
package struct PlanOutline: Encodable, Equatable, Sendable {
  package struct Part: Encodable, Equatable, Sendable {
    package let name: String
    package let numbers: Int
    /// What a site's numbers are, in words.
    package let meaning: String
  }

  package struct Question: Encodable, Equatable, Sendable {
    package let query: String
    /// How many numbers each site answers with at most, and so how many sums are seen.
    package let numbers: Int
    package let parts: [Part]
    /// Whether the sites add the answers themselves.
    package let isVerified: Bool
    /// How often it was asked in the rehearsal; what is iterated may be asked a few times more or less.
    package let times: Int
  }

  package let facts: [PlanWords.Fact]
  package let questions: [Question]
  /// Design columns of a logistic regression, in the order of the coefficients; empty for a summary.
  package let columns: [String]
  /// Sums and numbers in them that the rehearsal took.
  package let steps: Int
  package let numbers: Int

  /// - Parameter plan: one without problems in `study`.
  /// - Throws: `AnalysisError` when no records at all could give a result under the plan.
  package init(_ plan: Plan, study: Study) throws(AnalysisError) {
    let rehearsal = try Rehearsal(plan, study: study)
    let names = rehearsal.queries.map(\.name).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    facts = PlanWords.facts(of: plan, study: study)
    let rounds = if case .boosting(let specification) = plan.algorithm { specification.rounds } else { 1 }
    let rehearsed = min(rounds, Rehearsal.mostRounds)
    func times(_ count: Int) -> Int { (count * rounds + rehearsed - 1) / rehearsed }
    questions = names.compactMap { name in
      Question(rehearsal.queries.filter { $0.name == name }, times: times)
    }
    columns = if case .logistic(let model)? = rehearsal.model { model.columns.map(\.name) } else { [] }
    let (ofTrees, others) = (
      rehearsal.queries.filter(\.isOfTrees), rehearsal.queries.filter { !$0.isOfTrees }
    )
    steps = others.count + times(ofTrees.count)
    numbers = others.reduce(0) { $0 + $1.length } + times(ofTrees.reduce(0) { $0 + $1.length })
  }

  /// The greatest numbers that can be released before the step budget is used up: the verified sums, and for all
  /// other steps the longest.
  package func mostNumbers(mostSteps: Int) -> Int {
    let greatest = questions.map(\.numbers).max() ?? 0
    let verified = questions.filter(\.isVerified)
    let verifiedSteps = verified.reduce(0) { $0 + $1.times }
    guard verifiedSteps <= mostSteps else { return greatest * mostSteps }
    return verified.reduce(0) { $0 + $1.times * $1.numbers } + (mostSteps - verifiedSteps) * greatest
  }
}

extension PlanOutline.Question {
  /// - Parameters:
  ///   - queries: of one name; nil for none.
  ///   - times: how often those of trees are asked in all rounds, of how often in the rehearsal.
  fileprivate init?(_ queries: [Query], times: (Int) -> Int) {
    guard let longest = queries.max(by: { $0.length < $1.length }) else { return nil }
    query = longest.name
    numbers = longest.length
    parts = longest.segments.map {
      PlanOutline.Part(
        name: $0.name, numbers: $0.length, meaning: SegmentMeanings.words($0.name, in: longest.name))
    }
    isVerified = longest.isVerified
    self.times = longest.isOfTrees ? times(queries.count) : queries.count
  }
}

extension Query {
  /// Whether it is asked anew in each round of trees.
  fileprivate var isOfTrees: Bool { name == BoostingProgram.nameOfRounds }
}
