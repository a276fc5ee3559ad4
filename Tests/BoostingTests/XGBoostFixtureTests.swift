import Boosting
import Foundation
import KonsilTesting
import Testing

/// The files of Tests/Fixtures/trees, which `scripts/check-xgboost` shows to XGBoost. With KONSIL_WRITE_FIXTURES=1 in
/// the environment they are written anew.
struct XGBoostFixtureTests {
  static let rows = 1000
  /// The first rows are explained, against the last ones.
  static let explained = 4
  static let background = 12

  static let objectives: [(name: String, objective: TreeModel.Objective)] = [
    ("logistic", .logistic), ("softmax", .softmax(classes: ["mild", "moderate", "severe"])),
    ("squared-error", .squaredError), ("poisson", .poisson(exposure: "years")),
  ]

  @Test func theExportedModelsAndTheirPredictionsAreThoseThatXGBoostWasShown() throws {
    var maker = TreeModelMaker(seed: 2026)
    let table = try maker.table(rows: Self.rows)
    let exposures = table.columns[0].indices.map { 0.25 * Double(1 + $0 % 12) }
    try Self.compare("rows.json", Self.text(table, exposures))
    for (name, objective) in Self.objectives {
      maker.hasStatistics = name == "squared-error"
      let model = maker.model(objective, rounds: 25)
      let document = try XGBoostDocument(model)
      try Self.compare("\(name).xgboost.json", document.text + "\n")
      let isRate = document.caveats.contains(.exposure("years"))
      try Self.compare("\(name).expected.json", Self.text(model, table, isRate ? exposures : nil))
    }
  }

  private static func text(_ table: FeatureTable, _ exposures: [Double]) -> String {
    """
    {"rows": \(list(table.rows.map { list($0.map { $0.isNaN ? "null" : "\($0)" }) }, "\n")),
    "exposures": \(list(exposures.map(\.description)))}

    """
  }

  /// A model's predictions of all rows, and what the features add to the scores of some.
  private static func text(_ model: TreeModel, _ table: FeatureTable, _ exposures: [Double]?) throws -> String
  {
    let predictions = table.rows.enumerated().map { row, values in
      list(model.predictions(model.score(values), exposure: exposures?[row] ?? 1).map(\.description))
    }
    let rows = Array(0..<table.rowCount)
    let background = try #require(table.selecting(rows.suffix(Self.background)))
    let shap = try InterventionalShap(model, background: background)
    let contributions = rows.prefix(explained).map { row in
      list(shap.contributions(of: table.row(row)).map { list($0.map(\.description)) })
    }
    return """
      {"predictions": \(list(predictions, "\n")),
      "background_rows": \(Self.background), "background_score": \(list(shap.expected.map(\.description))),
      "contributions": \(list(contributions, "\n"))}

      """
  }

  private static func list(_ items: [String], _ gap: String = "") -> String {
    "[" + items.joined(separator: "," + gap) + "]"
  }

  private static func compare(_ name: String, _ text: String) throws {
    let path = "Tests/Fixtures/trees/\(name)"
    if ProcessInfo.processInfo.environment["KONSIL_WRITE_FIXTURES"] == "1" {
      try text.write(to: Checkout.root.appendingPathComponent(path), atomically: true, encoding: .utf8)
    }
    #expect(try Checkout.text(path) == text, "\(path) is another")
  }
}
