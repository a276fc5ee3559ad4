import Connectors
import Console
import Federation

/// A model in a form for other programs.
package enum ModelFormat: String, CaseIterable, Sendable {
  /// The document itself.
  case json
  /// One row for each coefficient, for each variable of trees, or for each statistic of a summary.
  case csv
  /// Boosted trees as XGBoost loads them.
  case xgboost = "xgboost-json"
}

package enum ModelExport {
  /// Writes a model or summary to a file.
  package static func write(
    _ result: ResultFile, as format: ModelFormat, to path: String, force: Bool
  ) throws -> any Report {
    let text: String
    switch (format, result) {
    case (.json, _): text = try result.text()
    case (.csv, _): text = table(result)
    case (.xgboost, .trees(let model)): return try TreeExport.writeXGBoost(model, to: path, force: force)
    case (.xgboost, _):
      throw Complaint(
        .usage, code: "not-trees", "only boosted trees have a form that XGBoost loads",
        advice: "write json or csv, or give a run of “algorithm: boosting”")
    }
    try LocalFiles.write(text, to: path, force: force)
    return WrittenReport(simulated: result.isSimulated, files: [path])
  }

  /// One row for each coefficient, for each variable of trees, or for each statistic of a summary.
  static func table(_ result: ResultFile) -> String {
    switch result {
    case .model(let model): coefficients(model)
    case .trees(let model): TreeExport.variables(model)
    case .summary(let summary): statistics(summary)
    }
  }

  /// One row for each coefficient, with every bit of each number; a cell without a meaning is empty. The first
  /// column says whether a simulated federation fitted the model. A model whose sites keep their intercepts has no
  /// row for one. What a column is made of beyond its name, such as the knots of a spline, only the model file says.
  package static func coefficients(_ model: ModelFile) -> String {
    let header = [
      "simulated", "term", "variable", "level", "reference", "unit", "contrast", "coefficient",
      "standard_error", "odds_ratio", "lower_95", "upper_95", "p",
    ]
    let rows = model.estimates.map { estimate in
      [
        "\(model.simulated)", estimate.term, estimate.variable ?? "", estimate.level ?? "",
        estimate.reference ?? "", estimate.unit ?? "", estimate.contrast, "\(estimate.coefficient)",
        "\(estimate.standardError)", number(estimate.oddsRatio), number(estimate.lower),
        number(estimate.upper), number(estimate.p),
      ]
    }
    return ([header] + rows).map(CSVWriter.row).joined()
  }

  /// The covariance matrix, one row and one column for each coefficient.
  package static func covariance(_ model: ModelFile) -> String {
    let names = model.covariance.names
    let rows = zip(names, model.covariance.rows).map { name, row in
      ["\(model.simulated)", name] + row.map { "\($0)" }
    }
    return ([["simulated", "term"] + names] + rows).map(CSVWriter.row).joined()
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}

/// Which files a command has written.
package struct WrittenReport: Report {
  /// Whether they are of a simulated federation.
  let simulated: Bool
  let files: [String]

  package var text: String {
    files.map { "wrote \($0)\(simulated ? " (simulated)" : "")\n" }.joined()
  }
}
