import Console

/// A model's validation as tables in plain text.
enum ValidationTables {
  static func text(_ validation: ModelValidation) -> String {
    let repeats =
      validation.repeats == 1
      ? nil : "cross-validated figures are means over the repeats; the bins below are of the first"
    let remarks = [repeats].compactMap(\.self) + validation.notes
    return TextLines.facts([("validation", words(validation))] + remarks.map { ("", $0) }) + "\n"
      + measures(validation) + "\n" + bins(validation.crossValidated.bins)
  }

  static func words(_ validation: ModelValidation) -> String {
    if let groups = validation.groups {
      return "left out together: " + groups.map { $0.joined(separator: ", ") }.joined(separator: "; then ")
    }
    let times = validation.repeats == 1 ? "" : ", dealt anew \(validation.repeats) times"
    return "\(validation.folds) folds\(times)"
  }

  private static func measures(_ validation: ModelValidation) -> String {
    let (fitted, held) = (validation.apparent, validation.crossValidated)
    func places(_ value: Double?) -> String { value.map { NumberText.decimals($0, places: 4) } ?? "" }
    func line(_ name: String, _ measure: (ModelValidation.Performance) -> Double?) -> [String] {
      let pair = (measure(fitted), measure(held))
      let optimism = pair.0.flatMap { first in pair.1.map { first - $0 } }
      return [name, places(pair.0), places(pair.1), places(optimism)]
    }
    func bounds(_ performance: ModelValidation.Performance) -> String {
      "\(places(performance.aucLower)) to \(places(performance.aucUpper))"
    }
    return TextTable(
      columns: [
        .init(header: "measure"), .init(header: "apparent", alignment: .right),
        .init(header: "cross-validated", alignment: .right), .init(header: "optimism", alignment: .right),
      ],
      rows: [
        line("AUC", \.auc), ["  bounds, from score bins", bounds(fitted), bounds(held), ""],
        ["  standard error", places(fitted.aucStandardError), places(held.aucStandardError), ""],
        line("AUC within sites", \.aucWithinSites), line("Brier score", \.brier), line("log-loss", \.logLoss),
        line("calibration slope", \.calibrationSlope),
        line("calibration intercept, slope 1", \.calibrationIntercept),
      ]
    ).text
  }

  /// Predicted and observed shares on held-out rows.
  private static func bins(_ bins: [ModelValidation.Bin]) -> String {
    TextTable(
      columns: [
        .init(header: "predicted", alignment: .right), .init(header: "observed", alignment: .right),
        .init(header: "events", alignment: .right), .init(header: "rows", alignment: .right),
      ],
      rows: bins.map { bin in
        [
          NumberText.decimals(bin.meanPrediction, places: 3),
          NumberText.decimals(Double(bin.events) / Double(bin.rows), places: 3), "\(bin.events)",
          "\(bin.rows)",
        ]
      }
    ).text
  }
}
