/// What the demo found.
struct DemoResult: Encodable {
  struct Study: Encodable {
    let study: String
    let algorithm: String
    let sites: Int
    let rows: Int
    /// Masked sums.
    let steps: Int
    let newtonSteps: Int
    /// From the plan handed in to the model stored.
    let seconds: Double
    /// `max |Δβ_j| / max(|β_j|, se_j)` to the pooled fit.
    let maxDifference: Double
    /// `max |Δse_j| / se_j` to the pooled fit.
    let maxErrorDifference: Double
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
  /// From the start of the processes to the model shown.
  let secondsInAll: Double

  var text: String {
    studies.map { study in
      """
      \(study.study), \(study.algorithm): \(study.sites) sites, \(study.rows) rows
        \(study.steps) masked sums (\(study.newtonSteps) Newton steps) in \(study.seconds) s
        largest difference to the fit on the pooled records:
          coefficients     \(study.maxDifference) of max(|β|, se)
          standard errors  \(study.maxErrorDifference) relative
      """
    }.joined(separator: "\n") + """

      TLS \(transport.tls), \(transport.group ?? "several groups offered")
      peak resident memory: coordinator \(memoryMib.coordinator) MiB, greatest agent \(memoryMib.agent) MiB
      """
  }
}
