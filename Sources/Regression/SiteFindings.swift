import Evaluation
import LinearAlgebra
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a site learns of the model on its own rows; it stays at the site.
enum SiteFindings {
  private static let mostSteps = 25

  /// - Parameter intercept: the site's own, on the original scale, where it has one.
  static func of(_ scores: SiteScores, intercept: Double?, recalibrates: Bool) -> [SiteFinding] {
    var findings = scores.table.findings
    if let intercept {
      findings.append(
        SiteFinding("intercept", intercept, "this site's own intercept beside the model's coefficients"))
    }
    // By predictions on held-out rows where there are some: on its own rows a model always seems calibrated.
    if recalibrates, let table = scores.table.sets.dropFirst().first ?? scores.table.sets.first,
      let line = recalibration(table)
    {
      findings.append(
        SiteFinding(
          "recalibration_intercept", line.intercept, "a of logit(p) = a + b · logit(model's p) here"))
      findings.append(SiteFinding("recalibration_slope", line.slope, "b of the same"))
    }
    return findings
  }

  /// Newton's method on two parameters; nil where no finite estimate is found.
  private static func recalibration(_ scores: ScoreTable.Scores) -> (intercept: Double, slope: Double)? {
    var calibration = Calibration(count: 1)
    let table = ScoreTable([scores])
    for _ in 0..<mostSteps where !calibration.isDone {
      guard
        let query = try? Calibration.query(
          scores: [], calibration.parameters, count: 1, rows: scores.logits.count, sites: 1)
      else { return nil }
      let values = Calibration.answer(calibration.parameters, table)
      guard let contribution = Contribution(values, for: query) else { return nil }
      var elements = contribution.take()
      defer { wipe(&elements) }
      guard let sum = QuerySum(elements: elements, for: query) else { return nil }
      calibration.absorb(sum)
    }
    guard let line = calibration.line(of: 0) else { return nil }
    return line
  }
}
