import LinearAlgebra
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Logistic regressions of the outcome on the log odds that a model gave: intercept and slope, and the intercept
/// alone with slope 1, for every set of scores at once.
package struct Calibration: Hashable, Sendable, Codable {
  package static let name = "calibration"
  /// Greatest magnitude of an intercept or slope.
  private static let mostParameter = 60.0
  private static let mostSteps = 15
  private static let tolerance = 1e-9

  /// Of one set: intercept and slope; then the intercept beside slope 1.
  struct Fit: Hashable, Sendable, Codable {
    var line = [0.0, 1.0]
    var shift = 0.0
    var isDone = false
  }

  private(set) var fits: [Fit]
  private var steps = 0

  package init(count: Int) { fits = [Fit](repeating: Fit(), count: count) }

  package var isDone: Bool { fits.allSatisfy(\.isDone) || steps >= Self.mostSteps }
  /// One a set; NaN where there is no estimate.
  package var slopes: [Double] { fits.map { $0.isDone ? $0.line[1] : .nan } }
  package var intercepts: [Double] { fits.map { $0.isDone ? $0.shift : .nan } }

  /// The regression of a set; nil where it has no estimate.
  package func line(of set: Int) -> (intercept: Double, slope: Double)? {
    fits[set].isDone ? (fits[set].line[0], fits[set].line[1]) : nil
  }

  /// Three numbers a set: intercept, slope; intercept beside slope 1.
  package var parameters: [Double] { fits.flatMap { $0.line + [$0.shift] } }

  /// Whether numbers can be those of `count` sets.
  package static func accepts(_ parameters: [Double], count: Int) -> Bool {
    parameters.count == 3 * count && parameters.allSatisfy { $0.magnitude <= mostParameter }
  }

  /// - Parameter scores: what the scores are made with; it comes before the calibration's own parameters.
  package static func query(
    scores: [Double], _ parameters: [Double], count: Int, rows: Int, sites: Int
  ) throws(AnalysisError) -> Query {
    let most = Double(max(rows, 1))
    let logit = ScoreTable.mostLogit
    return Query(
      name: name, parameters: scores + parameters,
      segments: [
        try .reals("gradient", length: 3 * count, bound: 2 * most * logit, sites: sites),
        try .reals("hessian", length: 4 * count, bound: most * logit * logit, sites: sites),
      ], isVerified: false)
  }

  /// The probabilities that each regression gives to the rows of its set.
  package static func fits(
    _ parameters: [Double], _ table: ScoreTable
  ) -> [(probabilities: [Double], outcome: [Double])] {
    table.sets.enumerated().flatMap { set, scores in
      let (intercept, slope, shift) = (parameters[3 * set], parameters[3 * set + 1], parameters[3 * set + 2])
      return [(intercept, slope), (shift, 1)].map { intercept, slope in
        (scores.logits.map { 1 / (1 + exp(-(intercept + slope * $0))) }, scores.outcome)
      }
    }
  }

  package static func answer(_ parameters: [Double], _ table: ScoreTable) -> [[Double]] {
    var gradient: [Double] = []
    var hessian: [Double] = []
    for (set, scores) in table.sets.enumerated() {
      let (intercept, slope, shift) = (parameters[3 * set], parameters[3 * set + 1], parameters[3 * set + 2])
      var first = [0.0, 0, 0]
      var second = [0.0, 0, 0, 0]
      for (logit, outcome) in zip(scores.logits, scores.outcome) {
        let probability = 1 / (1 + exp(-(intercept + slope * logit)))
        let weight = probability * (1 - probability)
        first[0] += outcome - probability
        first[1] += (outcome - probability) * logit
        second[0] += weight
        second[1] += weight * logit
        second[2] += weight * logit * logit
        let shifted = 1 / (1 + exp(-(shift + logit)))
        first[2] += outcome - shifted
        second[3] += shifted * (1 - shifted)
      }
      gradient += first
      hessian += second
    }
    return [gradient, hessian]
  }

  package mutating func absorb(_ sum: QuerySum) {
    steps += 1
    for index in fits.indices where !fits[index].isDone {
      let gradient = sum.values[0][(3 * index)..<(3 * index + 3)].map(\.self)
      let hessian = sum.values[1][(4 * index)..<(4 * index + 4)].map(\.self)
      let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1]
      guard determinant > 0, hessian[3] > 0 else { continue }
      let step = [
        (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
        (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
      ]
      let shift = gradient[2] / hessian[3]
      fits[index].line = zip(fits[index].line, step).map(Self.moved)
      fits[index].shift = Self.moved(fits[index].shift, shift)
      fits[index].isDone = (step + [shift]).allSatisfy { $0.magnitude <= Self.tolerance }
    }
  }

  private static func moved(_ value: Double, _ step: Double) -> Double {
    min(max(value + min(max(step, -2), 2), -mostParameter), mostParameter)
  }
}

extension Performance {
  /// Of each set of scores.
  package static func all(
    _ sums: ScoreSums, _ calibration: Calibration, _ bins: [[CalibrationBin]]
  ) -> [Performance] {
    sums.totals.indices.map { set in
      let totals = sums.totals[set]
      let auc = BinnedAUC(bins[set])
      let rows = Double(max(totals.rows, 1))
      return Performance(
        auc: auc.middle, aucLower: auc.lower, aucUpper: auc.upper, aucError: auc.error,
        withinSiteAUC: totals.comparable > 0
          ? Double(totals.concordantTwice) / Double(2 * totals.comparable) : .nan,
        brier: totals.squaredErrors / rows, logLoss: totals.logLoss / rows,
        calibrationSlope: calibration.slopes[set], calibrationIntercept: calibration.intercepts[set],
        bins: ScoreBins.shown(bins[set]))
    }
  }

  /// The mean of several; the bins are those of the first.
  package static func mean(of all: [Performance]) -> Performance? {
    guard let first = all.first else { return nil }
    func mean(_ value: (Performance) -> Double) -> Double {
      all.reduce(0) { $0 + value($1) } / Double(all.count)
    }
    return Performance(
      auc: mean(\.auc), aucLower: mean(\.aucLower), aucUpper: mean(\.aucUpper), aucError: mean(\.aucError),
      withinSiteAUC: mean(\.withinSiteAUC), brier: mean(\.brier), logLoss: mean(\.logLoss),
      calibrationSlope: mean(\.calibrationSlope), calibrationIntercept: mean(\.calibrationIntercept),
      bins: first.bins)
  }
}
