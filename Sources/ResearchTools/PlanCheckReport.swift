import Boosting
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
  /// What the plan computes, in words.
  let facts: [PlanWords.Fact]
  /// The design columns after the intercept where the records support them all; the variables of trees and of a
  /// summary.
  let columns: [String]
  let filter: [ModelCondition]
  /// The most sums that may ever be asked.
  let mostSteps: Int
  let questions: [PlanOutline.Question]
  /// Sums, and numbers in them, that a run takes where the records have some of everything.
  let steps: Int
  let numbers: Int
  /// The most numbers that those sums can hold in all.
  let mostNumbers: Int
  let rows: Int?
  /// `numbers` and `mostNumbers` for each row; absent where the rows are unknown.
  let numbersPerRow: Double?
  let mostNumbersPerRow: Double?

  init(_ file: PlanFile, plan: Plan, study: StudyFile, outline: PlanOutline, rows: Int?) {
    self.file = file.path
    self.plan = plan.name
    digest = file.digest.hexadecimal
    self.study = study.study.name
    isTemplate = plan.studyDigest == nil
    signature = SignatureState(of: file.path, label: .plan, parties: study.study.researchers)
    sites = plan.sites
    algorithm = plan.algorithm.name
    switch plan.algorithm {
    case .logistic(let specification): (outcome, columns) = (specification.outcome, outline.columns)
    case .boosting(let specification): (outcome, columns) = (specification.outcome, specification.predictors)
    case .summary(let specification): (outcome, columns) = (specification.outcome, specification.variables)
    }
    facts = outline.facts
    filter = plan.filter.conditions.map(ModelCondition.init)
    mostSteps = plan.mostSteps
    questions = outline.questions
    steps = outline.steps
    numbers = outline.numbers
    mostNumbers = outline.mostNumbers(mostSteps: plan.mostSteps)
    self.rows = rows
    let (numbers, mostNumbers) = (numbers, mostNumbers)
    numbersPerRow = rows.map { Double(numbers) / Double($0) }
    mostNumbersPerRow = rows.map { Double(mostNumbers) / Double($0) }
  }

  package var text: String {
    let facts = TextLines.facts(
      [
        ("plan", "\(plan), which fits the study \(study)"), ("file", file), ("digest", digest),
        ("state", state), ("signature", signature.words),
        ("sites", "\(sites.count): \(sites.joined(separator: ", "))"),
      ] + self.facts.map { ($0.name, $0.words) } + columnFacts
        + [("rows", filter.words.map { "where \($0)" } ?? "all")])
    return facts + "\nAsked of every site, masked; the coordinator sees the sums over all sites:\n"
      + questionTable + "\n" + TextLines.wrapped(total, width: TextTable.width).map { $0 + "\n" }.joined()
  }

  /// A summary has none beyond its variables.
  private var columnFacts: [(name: String, value: String)] {
    algorithm == "logistic"
      ? [("columns", "\(columns.count) besides the intercept: \(columns.joined(separator: ", "))")] : []
  }

  private var state: String {
    isTemplate
      ? "a template: it can be simulated, and submitted once “konsil plan new” completed it" : "complete"
  }

  private var questionTable: String {
    TextTable(
      columns: [
        .init(header: "query"), .init(header: "asked"), .init(header: "numbers", alignment: .right),
        .init(header: "of which", mayWrap: true),
      ],
      rows: questions.map { question in
        [
          question.query, question.times == 1 ? "once" : "about \(question.times) times",
          "\(question.numbers)",
          question.parts.map { "\($0.name) \($0.numbers)" }.joined(separator: ", "),
        ]
      }
    ).text
  }

  private var total: String {
    func perRow(_ numbers: Double?) -> String {
      numbers.map { ", \(NumberText.decimals($0, places: 1)) for each of \(rows ?? 0) rows" } ?? ""
    }
    return
      "A run on records that have some of everything takes about \(steps) sums of \(numbers) numbers in all"
      + "\(perRow(numbersPerRow)). The plan allows at most \(mostSteps) sums of \(mostNumbers) numbers"
      + "\(perRow(mostNumbersPerRow))."
  }
}
