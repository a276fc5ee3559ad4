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

    init(_ model: ModelFile, _ run: RunFile.Run, _ comparison: Comparison) {
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
      """
    }

    private func places(_ value: Double?) -> String {
      value.map { "\(($0 * 1000).rounded() / 1000)" } ?? "none"
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

      TLS \(transport.tls), \(transport.group ?? "several groups offered")
      peak resident memory: coordinator \(memoryMib.coordinator) MiB, greatest agent \(memoryMib.agent) MiB
      """
  }
}
