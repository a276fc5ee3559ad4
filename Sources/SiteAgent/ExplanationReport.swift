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
  package let columns: [String]
  package let queries: [PlanOutline.Question]
  package let mostSteps: Int
  package let mostNumbers: Int
  /// Rows in the site's records; nil when it has none for the study.
  package let rows: Int?
  package let mostNumbersPerRow: Double?

  /// - Parameter records: the file with the site's records; nil when there is none.
  init(plan: Plan, digest: Digest, study: Study, records: String?) throws {
    if let problem = plan.problems(in: study).first { throw problem }
    let outline = try PlanOutline(plan, study: study)
    self.plan = plan.name
    self.digest = digest.hexadecimal
    self.study = study.name
    sites = plan.sites
    switch plan.algorithm {
    case .logistic(let specification):
      outcome = specification.outcome
      columns = DesignSpecification(
        dictionary: study.dictionary, outcome: specification.outcome,
        predictors: specification.predictors
      ).columns.map(\.name)
    }
    queries = outline.questions
    mostSteps = plan.mostSteps
    let most = outline.mostNumbers(mostSteps: plan.mostSteps)
    mostNumbers = most
    let (variables, outcomeVariable) = plan.variables(in: study)
    let reader = CohortReader(
      columns: variables + (outcomeVariable.map { [$0.variable] } ?? []),
      recordKey: study.recordKey, mostRows: study.limits.mostRowsPerSite)
    var rows: Int?
    if let records {
      do throws(RecordsError) {
        rows = try reader.read(file: records).cohort.rowCount
      } catch {
        throw Complaint(.badInput, code: "records", "\(error)")
      }
    }
    self.rows = rows
    mostNumbersPerRow = rows.map { Double(most) / Double(max($0, 1)) }
  }

  package var text: String {
    TextLines.facts([
      ("plan", plan), ("digest", digest), ("study", study),
      ("sites", "\(sites.count): \(sites.joined(separator: ", "))"), ("outcome", outcome),
      ("columns", columns.joined(separator: ", ")),
    ])
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
              index == 0 ? (query.repeats ? "repeatedly" : "once, sum verified here") : "",
              "\(part.numbers)", part.meaning,
            ]
          }
        }
      ).text
        + """

        Besides: a public key and ciphertexts at each set-up, and with each vector one number that says
        whether some site withheld, one that checks the masks, and a signature.
        At most \(mostSteps) sums, \(mostNumbers) numbers in all\(perRow).

        """
  }

  private var perRow: String {
    guard let rows, let mostNumbersPerRow else { return "; this site has no records for the study yet" }
    let tenths = (mostNumbersPerRow * 10).rounded() / 10
    return "; this site has \(rows) rows: \(tenths) numbers a row"
  }
}
