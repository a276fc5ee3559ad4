import Foundation

/// What the demo found.
struct DemoResult: Encodable {
  struct Study: Encodable {
    let study: String
    let algorithm: String
    let sites: Int
    let rows: Int
    let events: Int
    /// Masked sums.
    let steps: Int
    let newtonSteps: Int
    /// From the plan handed in to the model stored.
    let seconds: Double
    /// `max |Δβ_j| / max(|β_j|, se_j)` to the pooled fit.
    let maxDifference: Double
    /// `max |Δse_j| / se_j` to the pooled fit.
    let maxErrorDifference: Double
    /// On held-out rows, as the calibration; nil without a validation.
    let aucCrossValidated: Double?
    let aucApparent: Double?
    let calibrationSlope: Double?
    let calibrationIntercept: Double?
    let trees: Trees

    init(_ model: ModelFile, _ run: RunFile.Run, _ comparison: Comparison, trees: Trees) {
      study = model.study.name
      algorithm = model.algorithm
      sites = model.sites
      rows = model.rows
      events = model.events
      steps = run.steps
      newtonSteps = model.newtonSteps
      seconds = run.seconds
      maxDifference = comparison.coefficients
      maxErrorDifference = comparison.standardErrors
      aucCrossValidated = model.validation?.crossValidated.auc
      aucApparent = model.validation?.apparent.auc
      calibrationSlope = model.validation?.crossValidated.calibrationSlope
      calibrationIntercept = model.validation?.crossValidated.calibrationIntercept
      self.trees = trees
    }

    var text: String {
      """
      \(study), \(algorithm): \(sites) sites, \(rows) rows, \(events) events
        \(steps) masked sums (\(newtonSteps) Newton steps) in \(seconds) s
        AUC \(places(aucCrossValidated)) cross-validated, \(places(aucApparent)) apparent; \
      calibration slope \(places(calibrationSlope)), intercept \(places(calibrationIntercept))
        largest difference to the fit on the pooled records:
          coefficients     \(maxDifference) of max(|β|, se)
          standard errors  \(maxErrorDifference) relative
      \(study), trees: \(trees.rounds) rounds, \(trees.rows) rows
        \(trees.steps) masked sums in \(trees.seconds) s
        AUC \(places(trees.aucCrossValidated)) cross-validated, \(places(trees.aucApparent)) apparent; \
      calibration slope \(places(trees.calibrationSlope)), intercept \(places(trees.calibrationIntercept))
        the same bytes as trees of the pooled records: \(trees.equalsPooled ? "yes" : "NO")
      """
    }

    /// Both models on held-out rows, in one line.
    var line: String {
      "  "
        + [
          study, cell(aucCrossValidated, calibrationSlope),
          cell(trees.aucCrossValidated, trees.calibrationSlope),
        ].enumerated().map { $1.padding(toLength: $0 == 0 ? 5 : 15, withPad: " ", startingAt: 0) }.joined()
    }

    private func cell(_ auc: Double?, _ slope: Double?) -> String { "\(places(auc)) (\(places(slope)))" }

    private func places(_ value: Double?) -> String {
      value.map { "\(($0 * 1000).rounded() / 1000)" } ?? "none"
    }
  }

  struct Trees: Encodable {
    let rounds: Int
    let rows: Int
    /// Masked sums.
    let steps: Int
    let seconds: Double
    let aucCrossValidated: Double?
    let aucApparent: Double?
    let calibrationSlope: Double?
    let calibrationIntercept: Double?
    /// Whether the exported trees are the same bytes as those that were trained on the pooled records.
    let equalsPooled: Bool

    init(_ model: TreesFile, _ run: RunFile.Run, equalsPooled: Bool) {
      rounds = model.rounds.count
      rows = model.rows
      steps = run.steps
      seconds = run.seconds
      aucCrossValidated = model.validation?.crossValidated.auc
      aucApparent = model.validation?.apparent.auc
      calibrationSlope = model.validation?.crossValidated.calibrationSlope
      calibrationIntercept = model.validation?.crossValidated.calibrationIntercept
      self.equalsPooled = equalsPooled
    }
  }

  struct Transport: Encodable {
    let tls: String
    let group: String?
  }

  struct Memory: Encodable {
    let coordinator: Double
    /// The greatest agent's.
    let agent: Double
  }

  let studies: [Study]
  let transport: Transport
  let memoryMib: Memory
  /// From the start of the processes to the last model shown.
  let secondsInAll: Double

  var text: String {
    studies.map(\.text).joined(separator: "\n") + """

      cross-validated AUC (calibration slope)
             logistic       trees
      \(studies.map(\.line).joined(separator: "\n"))
      TLS \(transport.tls), \(transport.group ?? "several groups offered")
      peak resident memory: coordinator \(memoryMib.coordinator) MiB, greatest agent \(memoryMib.agent) MiB
      """
  }
}
