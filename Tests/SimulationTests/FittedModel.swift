import Federation
import KonsilTesting
import LinearAlgebra
import PooledReference
import Queries
import Regression
import Simulation
import Testing

/// The IBD study's plan with some of its lines replaced.
func ibdPlan(_ replacements: [(line: String, by: String)] = []) throws -> String {
  var lines = try Checkout.text("Tests/Fixtures/small-ibd/ibd-failure.plan.yaml").split(
    separator: "\n", omittingEmptySubsequences: false
  ).map(String.init)
  for (line, new) in replacements {
    guard let index = lines.firstIndex(where: { $0.hasPrefix(line) }) else { throw FixtureError() }
    lines[index] = new
  }
  return lines.joined(separator: "\n")
}

func ibdFederation(
  _ records: [(site: String, csv: String)], _ replacements: [(line: String, by: String)] = [],
  leastRows: Int = 1
) throws -> SimulatedFederation {
  try SimulationFixture.federation(
    dictionary: Checkout.text("Tests/Fixtures/small-ibd/ibd.yaml"), plan: ibdPlan(replacements),
    records: records,
    leastRows: leastRows)
}

extension SimulatedFederation {
  /// The model of a run that is to finish.
  func fittedModel(sourceLocation: SourceLocation = #_sourceLocation) throws -> LogisticModel {
    let outcome = run()
    try #require(outcome == .finished, "\(String(describing: outcome))", sourceLocation: sourceLocation)
    guard case .logistic(let model)? = model else { throw FixtureError() }
    return model
  }

  /// Why a run failed that is to fail.
  func failure(sourceLocation: SourceLocation = #_sourceLocation) throws -> RunFailure {
    guard case .failed(let failure)? = run() else {
      Issue.record("the run did not fail: \(String(describing: outcome))", sourceLocation: sourceLocation)
      throw FixtureError()
    }
    return failure
  }

  /// The steps' queries in order.
  var queryNames: [String] { saved.keys.sorted().compactMap { saved[$0]?.query.name } }
}

extension LogisticModel {
  /// Expects coefficients within `tolerance · max(|b|, se)`, standard errors, covariances and log-likelihood within
  /// `tolerance` of the pooled fit's.
  func expectEqual(
    _ pooled: LogisticFit, within tolerance: Double = 1e-9, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(names == pooled.names, comment, sourceLocation: sourceLocation)
    let difference = try maxDifference(
      coefficients: coefficients, reference: pooled.coefficients, standardErrors: pooled.standardErrors)
    #expect(difference <= tolerance, comment, sourceLocation: sourceLocation)
    for row in names.indices {
      let error = pooled.standardErrors[row]
      #expect(abs(standardErrors[row] - error) <= tolerance * error, comment, sourceLocation: sourceLocation)
      for column in names.indices {
        let scale = error * pooled.standardErrors[column]
        let off = abs(covariance[row, column] - pooled.covariance[row][column])
        #expect(off <= 2 * tolerance * scale, comment, sourceLocation: sourceLocation)
      }
    }
    #expect(
      abs(logLikelihood - pooled.logLikelihood) <= tolerance * abs(pooled.logLikelihood), comment,
      sourceLocation: sourceLocation)
  }
}
