import Boosting
import Cohorts
import Connectors
import Console
import Federation

/// What a model of trees predicts for the rows of a file.
package enum TreePrediction {
  private static let mostRows = 1 << 30

  /// - Parameters:
  ///   - input: a CSV file with the model's variables; the record key is kept where it has one.
  ///   - out: where the predictions go, readable by this account alone; nil for the report itself.
  package static func run(
    _ model: TreeModelFile, input: String, out: String?, force: Bool
  ) throws -> TreePredictionReport {
    if let out { try LocalFiles.requireAbsent([out], force: force) }
    try LocalFiles.requireReadable(input)
    let wanted = model.variables.compactMap(\.variable)
    let key =
      try RecordsHeader.names(of: input, wanted: wanted.map(\.name)).contains(model.recordKey)
      ? model.recordKey : nil
    // A patient may have any number of rows here: nothing is counted.
    let records = try CohortReader(
      columns: wanted, recordKey: key, mostRows: mostRows, mostRowsPerPatient: mostRows
    ).read(file: input)
    let keys = key == nil ? nil : records.keys
    let rows = try model.predictions(records.cohort).enumerated().map {
      TreePredictionReport.Row(row: $0 + 1, key: keys?[$0], predictions: $1)
    }
    let table = csv(rows, key: key, model)
    if let out { try LocalFiles.write(table, to: out, force: force, mode: 0o600) }
    return TreePredictionReport(model, rows: rows, table: table, out: out)
  }

  private static func csv(_ rows: [TreePredictionReport.Row], key: String?, _ model: TreeModelFile) -> String
  {
    let header = [key ?? "row"] + model.predictionNames
    let lines =
      [header]
      + rows.map { row in
        [row.key ?? "\(row.row)"]
          + (row.predictions?.map { "\($0)" } ?? model.predictionNames.map { _ in "" })
      }
    guard model.simulated else { return lines.map(CSVWriter.row).joined() }
    return lines.enumerated().map { CSVWriter.row([$0 == 0 ? "simulated" : "true"] + $1) }.joined()
  }
}

extension TreeModelFile {
  /// What each prediction of a row is, as a column's name.
  package var predictionNames: [String] {
    switch objective.kind {
    case .logistic: ["probability"]
    case .softmax: (objective.classes ?? []).map { "probability of \($0)" }
    case .squaredError: ["prediction"]
    case .poisson: ["expected"]
    }
  }

  /// One list a row of a cohort with the model's variables, of one number a class; nil where the exposure is missing.
  /// Other missing values take each split's own way.
  ///
  /// - Throws: a complaint when the cohort is not of the model's variables.
  package func predictions(_ cohort: Cohort) throws(Complaint) -> [[Double]?] {
    guard let model, let table = FeatureTable(model.features, cohort: cohort, dictionary: dictionary) else {
      throw Complaint(
        .internalError, code: "model-columns", "the model's features cannot be read from the records",
        advice: "report this as a fault of ours")
    }
    var exposures: [Double]?
    if let name = objective.exposure, case .numbers(let values) = cohort[name] { exposures = values }
    return (0..<table.rowCount).map { row in
      let exposure = exposures?[row] ?? 1
      return exposure > 0 ? model.predictions(model.score(table.row(row)), exposure: exposure) : nil
    }
  }
}

/// Predictions, or where they were written.
package struct TreePredictionReport: Report {
  struct Row: Encodable, Equatable {
    /// Counted from 1, without the header.
    let row: Int
    /// The record's key, where the file has one.
    let key: String?
    /// One a class; nil without an exposure.
    let predictions: [Double]?

    enum CodingKeys: String, CodingKey {
      case row, key, predictions
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(row, forKey: .row)
      try container.encodeIfPresent(key, forKey: .key)
      // Written as null where there are none, so that no row looks cut off.
      try container.encode(predictions, forKey: .predictions)
    }
  }

  /// Whether a simulated federation trained the model.
  let simulated: Bool
  let outcome: String
  /// What each prediction is.
  let columns: [String]
  let rows: Int
  /// Rows without a prediction, for they miss the exposure; absent where there is none.
  let missing: Int?
  /// Which rows the model was trained on; that these are such rows is not checked.
  let filter: [ModelCondition]
  let out: String?
  /// Absent where they were written to a file.
  let predictions: [Row]?
  private let table: String

  enum CodingKeys: String, CodingKey {
    case simulated, outcome, columns, rows, missing, filter, out, predictions
  }

  init(_ model: TreeModelFile, rows: [Row], table: String, out: String?) {
    simulated = model.simulated
    outcome = model.outcome.name
    columns = model.predictionNames
    self.rows = rows.count
    missing = model.objective.exposure == nil ? nil : rows.count { $0.predictions == nil }
    filter = model.filter
    self.out = out
    predictions = out == nil ? rows : nil
    self.table = table
  }

  /// The table itself where no file was asked for, so that it can be redirected.
  package var text: String { out == nil ? table : summary.map { $0 + "\n" }.joined() }

  package var notes: [String] { out == nil ? summary : [] }

  private var summary: [String] {
    var lines = [
      missing.map { "\(rows) rows, \($0) without a prediction because the exposure is missing" }
        ?? "\(rows) rows"
    ]
    if simulated { lines.append("the model is of a simulated federation") }
    if let words = filter.words {
      lines.append("the model was trained on rows where \(words); that is not checked here")
    }
    if let out { lines.append("wrote \(out)") }
    return lines
  }
}
