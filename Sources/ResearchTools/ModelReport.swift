import Console
import Federation
import Preprocessing

/// What `konsil model show` says: where the model comes from, its fit, its coefficient table, what became of the
/// design, and its validation.
package struct ModelReport: Report {
  let simulated: Bool
  let algorithm: String
  let study: ModelFile.Origin
  let plan: ModelFile.Origin
  let run: String?
  let outcome: String
  let filter: [ModelCondition]
  let rows: Int
  let events: Int
  let sites: Int
  let newtonSteps: Int
  let logLikelihood: Double
  /// Absent under a penalty, with weights that stand for others and with several rows a patient.
  let aic: Double?
  let penalty: ModelFile.Penalty
  let effectiveDegrees: Double
  /// Whether a ridge penalty pulls the coefficients towards zero; the intervals are then not for tests.
  let shrunken: Bool
  /// Whether intervals and p-values are those of the profile likelihood.
  let profiled: Bool
  /// Whether the model has an intercept; else each site keeps its own.
  let commonIntercept: Bool
  let covarianceKind: ModelFile.Covariance.Kind
  let patients: Int?
  let missing: MissingRule
  let coefficients: [Estimate]
  let designNotes: [ModelFile.Note]
  let validation: ModelValidation?
  package let text: String

  enum CodingKeys: String, CodingKey {
    case simulated, algorithm, study, plan, run, outcome, filter, rows, events, sites, newtonSteps
    case logLikelihood, aic, penalty, effectiveDegrees, shrunken, profiled, commonIntercept, covarianceKind
    case patients, missing, coefficients, validation
    case designNotes = "notes"
  }

  package init(_ model: ModelFile) {
    simulated = model.simulated
    algorithm = model.algorithm
    study = model.study
    plan = model.plan
    run = model.run
    outcome = model.outcome.name
    filter = model.filter
    rows = model.rows
    events = model.events
    sites = model.sites
    newtonSteps = model.newtonSteps
    logLikelihood = model.logLikelihood
    aic = model.aic
    penalty = model.penalty
    effectiveDegrees = model.effectiveDegrees
    shrunken = model.isShrunken
    profiled = model.penalty.kind == .firth
    commonIntercept = model.intercept != nil
    covarianceKind = model.covariance.kind
    patients = model.covariance.patients
    missing = model.missing
    coefficients = model.estimates
    designNotes = model.notes
    validation = model.validation
    let parts = [
      ModelFacts.text(model), CoefficientTable.text(model), NotesTable.text(model.notes),
      model.validation.map(ValidationTables.text), Self.limits,
    ]
    text = parts.compactMap(\.self).joined(separator: "\n")
  }

  private static let limits =
    "Patients present at two hospitals are not detected in this version and count twice.\n"
}

/// What became of a design on its way to the model, as a table in plain text.
enum NotesTable {
  /// - Returns: nil where there is nothing to tell.
  static func text(_ notes: [ModelFile.Note]) -> String? {
    guard !notes.isEmpty else { return nil }
    return TextTable(
      columns: [.init(header: "note"), .init(header: "of", mayWrap: true), .init(header: "", mayWrap: true)],
      rows: grouped(notes).map { [words($0.kind), $0.subject, $0.detail] }
    ).text
  }

  /// Cells of which the same is said in one line, where the first of them stands.
  private static func grouped(_ notes: [ModelFile.Note]) -> [ModelFile.Note] {
    let cells = Dictionary(grouping: notes.filter { $0.kind == .fewInCell }, by: \.detail)
    var told: Set<String> = []
    return notes.compactMap { note in
      guard note.kind == .fewInCell, let same = cells[note.detail], same.count > 1 else { return note }
      guard told.insert(note.detail).inserted else { return nil }
      return ModelFile.Note(
        kind: .fewInCell, subject: "\(same.count) pairs",
        detail: "\(note.detail): \(same.map(\.subject).joined(separator: "; "))")
    }
  }

  private static func words(_ kind: DesignNote.Kind) -> String {
    switch kind {
    case .merged: "merged"
    case .leftOut: "left out"
    case .notMade: "not made"
    case .rowsLeftOut: "rows left out"
    case .fewInCell: "few in cell"
    case .siteLost: "site lost"
    case .method: "method"
    }
  }
}
