import Boosting
import Cohorts
import Connectors
import Console
import Federation
import Preprocessing
import Regression
import SecureAggregation

/// What a plan would make leave this site, before the first byte does.
package struct ExplanationReport: Report {
  package let plan: String
  package let digest: String
  package let study: String
  package let sites: [String]
  package let outcome: String
  /// What the plan computes, in words.
  package let facts: [PlanWords.Fact]
  /// The design columns after the intercept; the variables of trees and of a summary.
  package let columns: [String]
  package let queries: [PlanOutline.Question]
  /// Sums, and numbers in them, that a run takes where the records have some of everything.
  package let steps: Int
  package let numbers: Int
  package let mostSteps: Int
  package let mostNumbers: Int
  /// Rows in the site's records; nil when it has none for the study.
  package let rows: Int?
  package let mostNumbersPerRow: Double?

  /// - Parameters:
  ///   - snapshot: the file with the frozen records; nil when there is none.
  ///   - source: the site's own file, for a site without a snapshot; nil when there is none.
  init(plan: Plan, digest: Digest, study: Study, snapshot: String?, source: RecordsSource?) throws {
    if let problem = plan.problems(in: study).first { throw problem }
    let outline = try PlanOutline(plan, study: study)
    self.plan = plan.name
    self.digest = digest.hexadecimal
    self.study = study.name
    sites = plan.sites
    switch plan.algorithm {
    case .logistic(let specification):
      (outcome, columns) = (specification.outcome, outline.columns)
    case .boosting(let specification): (outcome, columns) = (specification.outcome, specification.predictors)
    case .summary(let specification): (outcome, columns) = (specification.outcome, specification.variables)
    }
    facts = outline.facts
    steps = outline.steps
    numbers = outline.numbers
    queries = outline.questions
    mostSteps = plan.mostSteps
    let most = outline.mostNumbers(mostSteps: plan.mostSteps)
    mostNumbers = most
    var rows: Int?
    do throws(RecordsError) {
      if let snapshot {
        rows = try CohortReader(plan, study: study).read(file: snapshot).cohort.rowCount
      } else if let source {
        let reading = try CohortReader(study, source: source).inspect(file: source.file)
        if let refusal = reading.refusal { throw refusal }
        rows = reading.report.rows
      }
    } catch {
      throw Complaint(error)
    }
    self.rows = rows
    mostNumbersPerRow = rows.map { Double(most) / Double(max($0, 1)) }
  }

  package var text: String {
    TextLines.facts(
      [
        ("plan", plan), ("digest", digest), ("study", study),
        ("sites", "\(sites.count): \(sites.joined(separator: ", "))"),
      ] + facts.map { ($0.name, $0.words) } + [("columns", columns.joined(separator: ", "))])
        + """

        What would leave this site, a vector of whole numbers a step, masked so that the coordinator sees
        only the sum over all \(sites.count) sites:


        """
      + TextTable(
        columns: [
          .init(header: "query"), .init(header: "asked"), .init(header: "numbers", alignment: .right),
          .init(header: "what they are", mayWrap: true),
        ],
        rows: queries.flatMap { query in
          query.parts.enumerated().map { index, part in
            [
              index == 0 ? query.query : "",
              index == 0 ? query.asked : "",
              "\(part.numbers)", part.meaning,
            ]
          }
        }
      ).text
        + """

        Besides: a public key and ciphertexts at each set-up, and with each vector one number that says
        whether some site withheld, one that checks the masks, and a signature.
        A run like this takes about \(steps) sums, \(numbers) numbers\(perRow).
        The plan allows at most \(mostSteps) sums, \(mostNumbers) numbers\(mostPerRow).

        """
  }

  private var perRow: String {
    guard let rows else { return "; this site has no records for the study yet" }
    return
      "; this site has \(rows) rows: \(Self.tenths(Double(numbers) / Double(max(rows, 1)))) numbers a row"
  }

  private var mostPerRow: String { mostNumbersPerRow.map { ", \(Self.tenths($0)) a row" } ?? "" }

  private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

extension PlanOutline.Question {
  /// Such as `once, sum verified here`.
  fileprivate var asked: String {
    (times == 1 ? "once" : "about \(times) times") + (isVerified ? ", sum verified here" : "")
  }
}
