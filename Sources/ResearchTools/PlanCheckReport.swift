import Cohorts
import Console
import Federation
import Preprocessing
import Regression
import SecureAggregation

/// A plan that fits its study, and what it would ask.
package struct PlanCheckReport: Report {
  let file: String
  let plan: String
  /// SHA-256 of the plan's bytes.
  let digest: String
  let study: String
  /// Whether it names no study's digest, so that it can be simulated and not submitted.
  let isTemplate: Bool
  let signature: SignatureState
  let sites: [String]
  let algorithm: String
  let outcome: String
  /// The design columns after the intercept.
  let columns: [String]
  let lambda: Double
  let filter: [ModelCondition]
  /// The most sums that may ever be asked.
  let mostSteps: Int
  let questions: [PlanOutline.Question]
  /// The most numbers that those sums can hold in all.
  let mostNumbers: Int
  let rows: Int?
  /// `mostNumbers` for each row; absent where the rows are unknown.
  let mostNumbersPerRow: Double?

  init(_ file: PlanFile, plan: Plan, study: StudyFile, outline: PlanOutline, rows: Int?) {
    let specification =
      switch plan.algorithm {
      case .logistic(let specification): specification
      }
    self.file = file.path
    self.plan = plan.name
    digest = file.digest.hexadecimal
    self.study = study.study.name
    isTemplate = plan.studyDigest == nil
    signature = SignatureState(of: file.path, label: .plan, parties: study.study.researchers)
    sites = plan.sites
    algorithm = plan.algorithm.name
    outcome = specification.outcome
    columns =
      DesignSpecification(
        dictionary: study.study.dictionary, outcome: specification.outcome,
        predictors: specification.predictors
      ).columns.map(\.name)
    lambda = specification.penalty.lambda
    filter = plan.filter.conditions.map(ModelCondition.init)
    mostSteps = plan.mostSteps
    questions = outline.questions
    mostNumbers = outline.mostNumbers(mostSteps: plan.mostSteps)
    self.rows = rows
    mostNumbersPerRow = rows.map { Double(outline.mostNumbers(mostSteps: plan.mostSteps)) / Double($0) }
  }

  package var text: String {
    let facts = TextLines.facts([
      ("plan", "\(plan), which fits the study \(study)"), ("file", file), ("digest", digest),
      ("state", state), ("signature", signature.words),
      ("sites", "\(sites.count): \(sites.joined(separator: ", "))"),
      ("model", "\(algorithm) regression of \(outcome), \(penalty)"),
      ("columns", "\(columns.count) and the intercept: \(columns.joined(separator: ", "))"),
      ("rows", filter.words.map { "where \($0)" } ?? "all that miss none of the variables"),
    ])
    return facts + "\nAsked of every site, masked; the coordinator sees the sums over all sites:\n"
      + questionTable + "\n" + TextLines.wrapped(total, width: TextTable.width).map { $0 + "\n" }.joined()
  }

  private var state: String {
    isTemplate
      ? "a template: it can be simulated, and submitted once “konsil plan new” completed it" : "complete"
  }

  private var penalty: String {
    lambda > 0 ? "ridge penalty λ = \(NumberText.shortest(lambda))" : "no penalty"
  }

  private var questionTable: String {
    TextTable(
      columns: [
        .init(header: "query"), .init(header: "asked"), .init(header: "numbers", alignment: .right),
        .init(header: "of which", mayWrap: true),
      ],
      rows: questions.map { question in
        [
          question.query, question.repeats ? "each Newton step" : "once", "\(question.numbers)",
          question.parts.map { "\($0.name) \($0.numbers)" }.joined(separator: ", "),
        ]
      }
    ).text
  }

  private var total: String {
    let perRow = mostNumbersPerRow.map {
      ", \(NumberText.decimals($0, places: 2)) for each of \(rows ?? 0) rows"
    }
    return "At most \(mostSteps) sums of \(mostNumbers) numbers in all\(perRow ?? ""). A range of over 2^12 "
      + "standard deviations costs one more verified query, “refinement”, within the same number of sums."
  }
}
