import Connectors
import Console
import Federation
import Foundation

/// A model's probabilities for the rows of a file.
package enum Prediction {
  private static let mostRows = 1 << 30

  /// - Parameters:
  ///   - input: a CSV file with the model's variables; the record key is kept where it has one.
  ///   - out: where the probabilities go, readable by this account alone; nil for the report itself.
  package static func run(
    _ model: ModelFile, input: String, out: String?, force: Bool
  ) throws -> PredictionReport {
    if let out { try LocalFiles.requireAbsent([out], force: force) }
    try LocalFiles.requireReadable(input)
    let key = try header(of: input).contains(model.recordKey) ? model.recordKey : nil
    let records = try CohortReader(columns: model.predictors, recordKey: key, mostRows: mostRows)
      .read(file: input)
    let probabilities = model.probabilities(records.cohort)
    let predictions = probabilities.enumerated().map { index, probability in
      PredictionReport.Row(
        row: index + 1, key: key == nil ? nil : records.keys[index], probability: probability)
    }
    let table = csv(predictions, key: key, simulated: model.simulated)
    if let out { try LocalFiles.write(table, to: out, force: force, mode: 0o600) }
    return PredictionReport(model, predictions: predictions, table: table, out: out)
  }

  private static func header(of path: String) throws -> [String] {
    do throws(RecordsProblem) {
      var table = try CSVTable(file: path)
      guard try table.next() else { return [] }
      return (0..<table.columnCount).map {
        table.text(at: $0).trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
      }
    } catch {
      throw RecordsError(file: path, problems: [error], total: 1)
    }
  }

  private static func csv(
    _ rows: [PredictionReport.Row], key: String?, simulated: Bool
  ) -> String {
    let lines =
      [[key ?? "row", "probability"]]
      + rows.map { [$0.key ?? "\($0.row)", $0.probability.map { "\($0)" } ?? ""] }
    guard simulated else { return lines.map(CSVWriter.row).joined() }
    return lines.enumerated().map { CSVWriter.row([$0 == 0 ? "simulated" : "true"] + $1) }.joined()
  }
}

/// Probabilities, or where they were written.
package struct PredictionReport: Report {
  struct Row: Encodable, Equatable {
    /// Counted from 1, without the header.
    let row: Int
    /// The record's key, where the file has one.
    let key: String?
    /// nil where a variable is missing.
    let probability: Double?

    enum CodingKeys: String, CodingKey {
      case row, key, probability
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(row, forKey: .row)
      try container.encodeIfPresent(key, forKey: .key)
      // Written as null where there is none, so that no row looks cut off.
      try container.encode(probability, forKey: .probability)
    }
  }

  /// Whether a simulated federation fitted the model.
  let simulated: Bool
  let outcome: String
  let rows: Int
  /// Rows without a probability.
  let missing: Int
  /// Which rows the model was fitted on; that these are such rows is not checked.
  let filter: [ModelCondition]
  let out: String?
  /// Absent where they were written to a file.
  let predictions: [Row]?
  private let table: String

  enum CodingKeys: String, CodingKey {
    case simulated, outcome, rows, missing, filter, out, predictions
  }

  init(_ model: ModelFile, predictions: [Row], table: String, out: String?) {
    simulated = model.simulated
    outcome = model.outcome.name
    rows = predictions.count
    missing = predictions.count { $0.probability == nil }
    filter = model.filter
    self.out = out
    self.predictions = out == nil ? predictions : nil
    self.table = table
  }

  /// The table itself where no file was asked for, so that it can be redirected.
  package var text: String { out == nil ? table : summary.map { $0 + "\n" }.joined() }

  package var notes: [String] { out == nil ? summary : [] }

  private var summary: [String] {
    var lines = ["\(rows) rows, \(missing) without a probability because a variable is missing"]
    if simulated { lines.append("the model is of a simulated federation") }
    if let words = filter.words {
      lines.append("the model was fitted on rows where \(words); that is not checked here")
    }
    if let out { lines.append("wrote \(out)") }
    return lines
  }
}
