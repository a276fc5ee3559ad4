import Cohorts
import Connectors
import Console
import Federation
import Preprocessing

/// A model's probabilities for the rows of a file.
package enum Prediction {
  private static let mostRows = 1 << 30

  /// - Parameters:
  ///   - input: a CSV file with the model's variables; the record key is kept where it has one.
  ///   - intercept: of the hospital that the patients are of, where the model has none; nil otherwise.
  ///   - findings: what that hospital's agent learnt in the run, with its intercept and recalibration; nil without.
  ///   - out: where the probabilities go, readable by this account alone; nil for the report itself.
  package static func run(
    _ model: ModelFile, input: String, intercept: Double? = nil, findings: String? = nil, out: String?,
    force: Bool
  ) throws -> PredictionReport {
    let known = try findings.map { path throws(Complaint) in try SiteKnowledge.read(path, of: model) }
    let intercept = try model.intercept(given: intercept ?? known?.intercept)
    if let out { try LocalFiles.requireAbsent([out], force: force) }
    try LocalFiles.requireReadable(input)
    let wanted = model.predictors
    let key =
      try RecordsHeader.names(of: input, wanted: wanted.map(\.name)).contains(model.recordKey)
      ? model.recordKey : nil
    // A patient may have any number of rows here: nothing is counted.
    let records = try CohortReader(
      columns: wanted, of: model.dictionary, recordKey: key, mostRows: mostRows,
      mostRowsPerPatient: mostRows
    ).read(file: input)
    let keys = key == nil ? nil : records.keys
    let probabilities = try model.probabilities(
      records.cohort, intercept: intercept, recalibration: known?.recalibration)
    let predictions = probabilities.enumerated().map {
      PredictionReport.Row(
        row: $0 + 1, key: keys?[$0], probability: $1.probability,
        filled: model.missing == .meanAndIndicator ? $1.filled : nil)
    }
    let table = csv(predictions, key: key, model)
    if let out { try LocalFiles.write(table, to: out, force: force, mode: 0o600) }
    return PredictionReport(
      model, recalibration: known?.recalibration, predictions: predictions, table: table, out: out)
  }

  private static func csv(
    _ rows: [PredictionReport.Row], key: String?, _ model: ModelFile
  ) -> String {
    let isFilling = model.missing == .meanAndIndicator
    let header = [key ?? "row", "probability"] + (isFilling ? ["filled"] : [])
    let lines =
      [header]
      + rows.map {
        [$0.key ?? "\($0.row)", $0.probability.map { "\($0)" } ?? ""] + ($0.filled.map { ["\($0)"] } ?? [])
      }
    guard model.simulated else { return lines.map(CSVWriter.row).joined() }
    return lines.enumerated().map { CSVWriter.row([$0 == 0 ? "simulated" : "true"] + $1) }.joined()
  }
}

extension ModelFile {
  /// The model's intercept, or the one that was given for it.
  fileprivate func intercept(given: Double?) throws(Complaint) -> Double {
    switch (intercept, given) {
    case (let own?, nil): return own.coefficient
    case (nil, let given?): return given
    case (nil, nil):
      throw Complaint(
        .usage, code: "no-intercept", "the model has no intercept: each site keeps its own",
        advice: "give that of the hospital whose patients these are: --intercept NUMBER or --findings FILE")
    case (.some, .some):
      throw Complaint(
        .usage, code: "intercept-given-twice", "the model has an intercept of its own",
        advice: "leave --intercept out")
    }
  }
}

/// Probabilities, or where they were written.
package struct PredictionReport: Report {
  struct Row: Encodable, Equatable {
    /// Counted from 1, without the header.
    let row: Int
    /// The record's key, where the file has one.
    let key: String?
    /// nil where a variable is missing that has no mean to count as.
    let probability: Double?
    /// Columns whose missing value counted as the mean; nil where the model has no such means.
    let filled: Int?

    enum CodingKeys: String, CodingKey {
      case row, key, probability, filled
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(row, forKey: .row)
      try container.encodeIfPresent(key, forKey: .key)
      // Written as null where there is none, so that no row looks cut off.
      try container.encode(probability, forKey: .probability)
      try container.encodeIfPresent(filled, forKey: .filled)
    }
  }

  /// Whether a simulated federation fitted the model.
  let simulated: Bool
  let outcome: String
  let rows: Int
  /// Rows without a probability.
  let missing: Int
  /// Rows in which a mean stands for a missing value; absent where the model has no such means.
  let filled: Int?
  /// Which rows the model was fitted on; that these are such rows is not checked.
  let filter: [ModelCondition]
  /// The hospital's own line through the model's log odds; absent where none was given.
  let recalibration: SiteKnowledge.Recalibration?
  let out: String?
  /// Absent where they were written to a file.
  let predictions: [Row]?
  private let table: String
  private let hasUnseenLevels: Bool

  enum CodingKeys: String, CodingKey {
    case simulated, outcome, rows, missing, filled, filter, recalibration, out, predictions
  }

  init(
    _ model: ModelFile, recalibration: SiteKnowledge.Recalibration?, predictions: [Row], table: String,
    out: String?
  ) {
    self.recalibration = recalibration
    hasUnseenLevels = model.variables.contains { $0.unseen != nil }
    simulated = model.simulated
    outcome = model.outcome.name
    rows = predictions.count
    missing = predictions.count { $0.probability == nil }
    filled =
      model.missing == .meanAndIndicator ? predictions.count { $0.filled ?? 0 > 0 } : nil
    filter = model.filter
    self.out = out
    self.predictions = out == nil ? predictions : nil
    self.table = table
  }

  /// The table itself where no file was asked for, so that it can be redirected.
  package var text: String { out == nil ? table : summary.map { $0 + "\n" }.joined() }

  package var notes: [String] { out == nil ? summary : [] }

  private var summary: [String] {
    let unseen = hasUnseenLevels ? " or has a level that no row of the model had" : ""
    var lines = ["\(rows) rows, \(missing) without a probability because a variable is missing\(unseen)"]
    if let filled { lines.append("\(filled) rows have the mean in place of a missing value") }
    if let line = recalibration {
      lines.append(
        "recalibrated for the hospital: logit(p) = \(NumberText.significant(line.intercept, digits: 4)) + "
          + "\(NumberText.significant(line.slope, digits: 4)) × logit(the model's p)")
    }
    if simulated { lines.append("the model is of a simulated federation") }
    if let words = filter.words {
      lines.append("the model was fitted on rows where \(words); that is not checked here")
    }
    if let out { lines.append("wrote \(out)") }
    return lines
  }
}
