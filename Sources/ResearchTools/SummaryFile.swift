import Cohorts
import Federation
import Preprocessing
import SecureAggregation

/// The Table 1 of a cohort over the federation: the document `konsil: summary/1`. A count that is absent may not be
/// shown: few rows make it, or what others leave over for it.
package struct SummaryFile: ResultDocument {
  package static let format = "summary/1"

  package struct Count: Codable, Equatable, Sendable {
    package let rows: Int?
    /// Those of them with outcome 1.
    package let events: Int?
  }

  package struct Level: Codable, Equatable, Sendable {
    package let name: String
    /// The dictionary's levels that it is made of.
    package let levels: [String]
    package let count: Count
  }

  /// The value below which a share of the rows lies, and the interval that it surely lies in.
  package struct Quantile: Codable, Equatable, Sendable {
    package let share: Double
    package let value: Double?
    package let lower: Double
    package let upper: Double
  }

  /// Of a continuous variable or a count.
  package struct Moments: Codable, Equatable, Sendable {
    package let mean: Double
    package let deviation: Double?
    package let quantiles: [Quantile]
    /// Whether at each site the rows with a value stand for those without.
    package let completed: Bool
  }

  package struct Entry: Codable, Equatable, Sendable {
    package let variable: ModelVariable
    /// Rows with a value.
    package let present: Count
    package let missing: Count
    package let notApplicable: Count
    package let number: Moments?
    package let levels: [Level]

    enum CodingKeys: String, CodingKey {
      case variable, present, missing, number, levels
      case notApplicable = "not_applicable"
    }
  }

  package struct Note: Codable, Equatable, Sendable {
    package let kind: SummaryNote.Kind
    package let subject: String
    package let detail: String
  }

  /// `summary/1`.
  package let konsil: String
  package let simulated: Bool
  package let study: ModelFile.Origin
  package let plan: ModelFile.Origin
  /// 32 hexadecimal digits; absent for a simulation.
  package let run: String?
  package let outcome: ModelFile.OutcomeEntry
  package let filter: [ModelCondition]
  package let rows: Int
  package let events: Int?
  package let sites: Int
  /// Least rows of a count that is shown.
  package let leastCount: Int
  package let variables: [Entry]
  package let notes: [Note]

  enum CodingKeys: String, CodingKey {
    case konsil, simulated, study, plan, run, outcome, filter, rows, events, sites, variables, notes
    case leastCount = "least_count"
  }

  /// - Parameters: as for a model file.
  /// - Throws: a complaint when the summary is not of this plan and study.
  package init(
    _ summary: SummaryModel, plan: Plan, planDigest: Digest?, study: Study, studyDigest: Digest?,
    run: String?, simulated: Bool
  ) throws(Complaint) {
    guard let outcome = study.dictionary.outcome(named: summary.outcome) else {
      throw Complaint(
        .badInput, code: "model-of-another-plan", "the summary is not of this plan and study",
        advice: "give the study and plan that the run was made with")
    }
    konsil = Self.format
    self.simulated = simulated
    self.study = ModelFile.Origin(name: study.name, digest: studyDigest)
    self.plan = ModelFile.Origin(name: plan.name, digest: planDigest)
    self.run = run
    self.outcome = ModelFile.OutcomeEntry(name: outcome.name, label: outcome.label)
    filter = plan.filter.conditions.map(ModelCondition.init)
    rows = summary.rows
    events = summary.events
    sites = summary.sites
    leastCount = summary.leastCount
    variables = summary.variables.map(Entry.init)
    notes = summary.notes.map { Note(kind: $0.kind, subject: $0.subject, detail: $0.detail) }
  }

  package var flaw: (key: String, what: String)? {
    if konsil != Self.format { return ("konsil", "is not “\(Self.format)”") }
    if rows < 1 { return ("rows", "is not a positive number") }
    if let events, !(0...rows).contains(events) { return ("events", "is not between 0 and the rows") }
    for (index, entry) in variables.enumerated() {
      let key = "variables[\(index + 1)]"
      guard entry.variable.variable != nil else {
        return ("\(key).variable", "has a range or levels that do not fit its type")
      }
      let counts = [entry.present, entry.missing, entry.notApplicable] + entry.levels.map(\.count)
      guard counts.allSatisfy({ (0...rows).contains($0.rows ?? 0) && (0...rows).contains($0.events ?? 0) })
      else { return (key, "counts more than the rows") }
    }
    return nil
  }
}

extension SummaryFile.Entry {
  fileprivate init(_ summary: SummaryVariable) {
    variable = ModelVariable(summary.variable)
    present = SummaryFile.Count(summary.present)
    missing = SummaryFile.Count(summary.missing)
    notApplicable = SummaryFile.Count(summary.notApplicable)
    levels = summary.levels.map { .init(name: $0.name, levels: $0.levels, count: .init($0.count)) }
    number = summary.number.map { number in
      SummaryFile.Moments(
        mean: number.mean, deviation: number.deviation,
        quantiles: number.quantiles.map {
          .init(share: $0.share, value: $0.value, lower: $0.lower, upper: $0.upper)
        }, completed: number.isCompleted)
    }
  }
}

extension SummaryFile.Count {
  fileprivate init(_ count: SummaryCount) { self.init(rows: count.rows, events: count.events) }
}
