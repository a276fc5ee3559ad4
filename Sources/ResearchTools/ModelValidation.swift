import Evaluation

/// How well a model does, on the rows it was fitted on and on rows held out, as a model file keeps it.
package struct ModelValidation: Codable, Equatable, Sendable {
  /// Rows whose predictions are near each other, at least the study's least count of them.
  package struct Bin: Codable, Equatable, Sendable {
    package let rows: Int
    package let events: Int
    package let meanPrediction: Double

    enum CodingKeys: String, CodingKey {
      case rows, events
      case meanPrediction = "mean_prediction"
    }
  }

  package struct Performance: Codable, Equatable, Sendable {
    /// Over all pairs of an event and another row; between `aucLower` and `aucUpper`, which the bins leave open.
    package let auc: Double
    package let aucLower: Double
    package let aucUpper: Double
    package let aucStandardError: Double
    /// Over the pairs within a site; absent where no site has both outcomes.
    package let aucWithinSites: Double?
    package let brier: Double
    package let logLoss: Double
    /// Of `logit(y) ~ a + b · logit(p)`; absent where there is no estimate.
    package let calibrationSlope: Double?
    /// Of `logit(y) ~ a + logit(p)`; absent where there is no estimate.
    package let calibrationIntercept: Double?
    package let bins: [Bin]

    enum CodingKeys: String, CodingKey {
      case auc, brier, bins
      case aucLower = "auc_lower"
      case aucUpper = "auc_upper"
      case aucStandardError = "auc_standard_error"
      case aucWithinSites = "auc_within_sites"
      case logLoss = "log_loss"
      case calibrationSlope = "calibration_slope"
      case calibrationIntercept = "calibration_intercept"
    }
  }

  /// 0 where sites were left out.
  package let folds: Int
  package let repeats: Int
  /// The sites that were left out together.
  package let groups: [[String]]?
  /// Columns that are not in the validated models.
  package let leftOut: [String]
  package let apparent: Performance
  /// On held-out rows, the mean over the repeats.
  package let crossValidated: Performance
  /// The cross-validated AUC of each repeat.
  package let repeatAUC: [Double]
  package let notes: [String]

  enum CodingKeys: String, CodingKey {
    case folds, repeats, groups, apparent, notes
    case leftOut = "left_out"
    case crossValidated = "cross_validated"
    case repeatAUC = "repeat_auc"
  }

  init(_ report: ValidationReport) {
    folds = report.folds
    repeats = report.repeats
    groups = report.groups
    leftOut = report.leftOut
    apparent = Performance(report.apparent)
    crossValidated = Performance(report.crossValidated)
    repeatAUC = report.repeatAUC
    notes = report.notes
  }

  /// What is wrong with its key; nil for what konsil writes.
  var flaw: (key: String, what: String)? {
    apparent.flaw.map { ("apparent.\($0)", $1) } ?? crossValidated.flaw.map { ("cross_validated.\($0)", $1) }
  }
}

extension ModelValidation.Performance {
  fileprivate init(_ performance: Evaluation.Performance) {
    auc = performance.auc
    aucLower = performance.aucLower
    aucUpper = performance.aucUpper
    aucStandardError = performance.aucError
    func known(_ value: Double) -> Double? { value.isFinite ? value : nil }
    aucWithinSites = known(performance.withinSiteAUC)
    brier = performance.brier
    logLoss = performance.logLoss
    calibrationSlope = known(performance.calibrationSlope)
    calibrationIntercept = known(performance.calibrationIntercept)
    bins = performance.bins.map {
      .init(rows: $0.rows, events: $0.events, meanPrediction: $0.meanPrediction)
    }
  }

  fileprivate var flaw: (key: String, what: String)? {
    let shares = [
      ("auc", auc), ("auc_lower", aucLower), ("auc_upper", aucUpper),
      ("auc_within_sites", aucWithinSites ?? 0), ("brier", brier),
    ]
    for (key, value) in shares where !(0...1).contains(value) { return (key, "is not from 0 to 1") }
    for (index, bin) in bins.enumerated() {
      guard bin.rows > 0, (0...bin.rows).contains(bin.events), (0...1).contains(bin.meanPrediction) else {
        return ("bins[\(index + 1)]", "has no rows, more events than rows, or no probability")
      }
    }
    return nil
  }
}
