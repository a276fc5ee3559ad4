import Boosting
import Connectors
import Console
import Federation

/// A model of trees in a form for other programs.
package enum TreeExport {
  /// Writes it as XGBoost's model in JSON.
  package static func writeXGBoost(
    _ model: TreeModelFile, to path: String, force: Bool
  ) throws -> TreeExportReport {
    let document = try xgboost(model)
    try LocalFiles.write(document.text, to: path, force: force)
    return TreeExportReport(
      simulated: model.simulated, files: [path], notes: document.caveats.map(words))
  }

  /// One row for each variable: how much the model rests on it. A cell without a meaning is empty.
  static func variables(_ model: TreeModelFile) -> String {
    let header = ["simulated", "variable", "splits", "gain_share", "mean_shap", "permutation"]
    let rows = TreeReport(model).variables.map { use in
      ["\(model.simulated)", use.variable, "\(use.splits)"]
        + [use.gainShare, use.meanShap, use.permutation].map { $0.map { "\($0)" } ?? "" }
    }
    return ([header] + rows).map(CSVWriter.row).joined()
  }

  /// - Throws: a complaint for linear leaves, and for trees that do not fit each other.
  package static func xgboost(_ model: TreeModelFile) throws(Complaint) -> XGBoostDocument {
    do {
      guard let trees = model.model else { throw XGBoostDocument.Problem.unsound }
      return try XGBoostDocument(trees)
    } catch let problem as XGBoostDocument.Problem {
      switch problem {
      case .linearLeaves:
        throw Complaint(
          .badInput, code: "linear-leaves",
          "the model has linear leaves, and XGBoost's trees have constant ones",
          advice: "predict with “konsil predict”, or train with “leaves: constant”")
      case .unsound:
        throw Complaint(
          .badInput, code: "model-file", "the model's trees do not fit its features",
          advice: "give a model file as konsil writes it, unchanged")
      }
    } catch {
      throw Complaint(
        .internalError, code: "model-export", "the model cannot be exported",
        advice: "report this as a fault of ours")
    }
  }

  private static func words(_ caveat: XGBoostDocument.Caveat) -> String {
    switch caveat {
    case .noCover:
      "the model has no covers and gains (the plan does not release them): in XGBoost pred_contribs and importances "
        + "will not work"
    case .exposure(let name):
      "XGBoost predicts rates; for counts give the logarithm of “\(name)” as base_margin"
    case .places(let names):
      "give XGBoost the levels of \(names.joined(separator: ", ")) as their places, from 0; the model's attributes "
        + "“levels of …” have their order"
    }
  }
}

/// Where a model of trees was written for another program, and what that program's user must know.
package struct TreeExportReport: Report {
  /// Whether it is of a simulated federation.
  let simulated: Bool
  let files: [String]
  package let notes: [String]

  package var text: String { WrittenReport(simulated: simulated, files: files).text }
}
