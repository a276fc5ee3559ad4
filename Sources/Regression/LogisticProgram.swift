import LinearAlgebra
import Preprocessing
import Queries

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Logistic regression by federated Newton: the coordinator's side.
package struct LogisticProgram: Program {
  private var preparation: Preparation
  private let lambda: Double
  private var newton: NewtonIteration?
  private var state: State

  private enum State: Codable, Sendable {
    case asking(Query)
    case finished(LogisticModel)
  }

  /// - Throws: `AnalysisError` `.boundNotFinite`, which no checked plan leads to.
  package init(_ frame: Preparation.Frame, penalty: LogisticSpecification.Penalty) throws(AnalysisError) {
    preparation = Preparation(frame)
    lambda = penalty.lambda
    guard let query = try preparation.query() else {
      throw AnalysisError(
        .inconsistentSum, "there is nothing to ask", advice: "report this as a fault of ours")
    }
    state = .asking(query)
  }

  package func next() -> ProgramAction<LogisticModel> {
    switch state {
    case .asking(let query): .ask(query)
    case .finished(let model): .finished(model)
    }
  }

  package mutating func absorb(_ sum: QuerySum) throws(AnalysisError) {
    guard case .asking(let query) = state else { return }
    guard preparation.standardisation == nil else { return try absorbNewton(sum, query) }
    try preparation.absorb(sum)
    if let query = try preparation.query() {
      state = .asking(query)
    } else {
      try startNewton()
    }
  }

  private mutating func startNewton() throws(AnalysisError) {
    guard let known = preparation.standardisation else { return }
    guard known.events > 0, known.events < known.rows else {
      throw AnalysisError(
        .tooFewSites, "“\(preparation.frame.design.outcome)” has one class only",
        advice: "choose another outcome or filter")
    }
    let newton = NewtonIteration(
      columns: preparation.frame.design.columns.map(\.name),
      intercept: log(known.events / (known.rows - known.events)), lambda: lambda)
    self.newton = newton
    state = .asking(
      try NewtonQuery.make(newton.trial, rows: known.rows, sites: preparation.frame.sites))
  }

  private mutating func absorbNewton(_ sum: QuerySum, _ query: Query) throws(AnalysisError) {
    guard var newton, let known = preparation.standardisation,
      let information = SymmetricMatrix(order: newton.trial.count, upperTriangle: sum.values[2])
    else { return }
    let fractionBits = query.segments[0].scale.fractionBits
    let result = try newton.absorb(
      logLikelihood: sum.values[0][0], gradient: sum.values[1], information: information,
      rounding: Double(sign: .plus, exponent: -fractionBits, significand: Double(preparation.frame.sites)))
    self.newton = newton
    switch result {
    case .going:
      state = .asking(
        try NewtonQuery.make(newton.trial, rows: known.rows, sites: preparation.frame.sites))
    case .converged(let parameters, let covariance, let logLikelihood):
      state = .finished(
        model(parameters, covariance, logLikelihood, known, newtonSteps: newton.sums))
    }
  }

  private func model(
    _ parameters: [Double], _ covariance: SymmetricMatrix, _ logLikelihood: Double,
    _ known: Standardisation, newtonSteps: Int
  ) -> LogisticModel {
    let scale = OriginalScale(known)
    return LogisticModel(
      outcome: preparation.frame.design.outcome, columns: preparation.frame.design.columns,
      coefficients: scale.coefficients(parameters), covariance: scale.covariance(covariance),
      logLikelihood: logLikelihood, lambda: lambda, rows: Int(known.rows), events: Int(known.events),
      sites: preparation.frame.sites, newtonSteps: newtonSteps)
  }
}
