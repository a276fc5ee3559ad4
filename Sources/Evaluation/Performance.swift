/// How well predictions fit outcomes, over the federation.
package struct Performance: Hashable, Sendable, Codable {
  /// Area under the receiver operating characteristic over all pairs of rows, from score bins: the middle of what
  /// they leave open.
  package let auc: Double
  package let aucLower: Double
  package let aucUpper: Double
  /// Standard error (Hanley and McNeil, Radiology 1982;143:29-36).
  package let aucError: Double
  /// Over the pairs of rows of one site, exactly.
  package let withinSiteAUC: Double
  /// Mean of `(p - y)²`.
  package let brier: Double
  /// Mean of `-log` of the probability given to what happened.
  package let logLoss: Double
  /// Of `logit(y) ~ a + b · logit(p)`.
  package let calibrationSlope: Double
  /// Of `logit(y) ~ a + logit(p)`.
  package let calibrationIntercept: Double
  package let bins: [CalibrationBin]

  package init(
    auc: Double, aucLower: Double, aucUpper: Double, aucError: Double, withinSiteAUC: Double, brier: Double,
    logLoss: Double, calibrationSlope: Double, calibrationIntercept: Double, bins: [CalibrationBin]
  ) {
    self.auc = auc
    self.aucLower = aucLower
    self.aucUpper = aucUpper
    self.aucError = aucError
    self.withinSiteAUC = withinSiteAUC
    self.brier = brier
    self.logLoss = logLoss
    self.calibrationSlope = calibrationSlope
    self.calibrationIntercept = calibrationIntercept
    self.bins = bins
  }
}

/// Rows of about the same prediction; at least the least count.
package struct CalibrationBin: Hashable, Sendable, Codable {
  package let rows: Int
  package let events: Int
  package let meanPrediction: Double

  package init(rows: Int, events: Int, meanPrediction: Double) {
    self.rows = rows
    self.events = events
    self.meanPrediction = meanPrediction
  }
}

/// What a validation found.
package struct ValidationReport: Hashable, Sendable, Codable {
  /// Parts of each repeat.
  package let folds: Int
  package let repeats: Int
  /// Where groups of sites were left out.
  package let groups: [[String]]?
  /// Design columns of the model that the validated one is without.
  package let leftOut: [String]
  /// On the rows that the model was fitted on.
  package let apparent: Performance
  /// On rows that the model was not fitted on: the mean over the repeats.
  package let crossValidated: Performance
  package let repeatAUC: [Double]
  package let notes: [String]

  package init(
    folds: Int, repeats: Int, groups: [[String]]?, leftOut: [String], apparent: Performance,
    crossValidated: Performance, repeatAUC: [Double], notes: [String]
  ) {
    self.folds = folds
    self.repeats = repeats
    self.groups = groups
    self.leftOut = leftOut
    self.apparent = apparent
    self.crossValidated = crossValidated
    self.repeatAUC = repeatAUC
    self.notes = notes
  }
}
