import Federation
import LinearAlgebra
import Queries
import Regression
import Store
import Testing

@Suite("Numbers survive the database bit for bit")
struct NumberTests {
  private func bits(_ record: StepRecord) -> [[UInt64]] {
    [record.query.parameters.map(\.bitPattern), record.query.segments.map(\.bound.bitPattern)]
      + (record.sum?.values ?? []).map { $0.map(\.bitPattern) }
  }

  @Test("Any finite double of a query or a sum", arguments: 1...20)
  func steps(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var numbers = SeededNumbers(seed: seed)
    var records: [StepRecord] = []
    do {
      let store = try SQLiteRunStore(path: folder.database)
      try StoreFixture.addRun("r1", to: store)
      for step in 1...4 {
        let edges = [
          -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude, 0.1, 0x1p53 + 2,
        ]
        let record = try StoreFixture.record(
          step, parameters: edges + (0..<200).map { _ in numbers.finite() },
          sum: step.isMultiple(of: 2) ? nil : (0..<50).map { _ in numbers.next() },
          bound: step.isMultiple(of: 2) ? numbers.finite().magnitude : .greatestFiniteMagnitude,
          fractionBits: numbers.below(2_150) - 960)
        records.append(record)
        try store.saveSteps("r1", [record], at: StoreFixture.time(1))
      }
      store.close()
    }
    let read = try SQLiteRunStore(path: folder.database).history(of: "r1")
    #expect(read.map(bits) == records.map(bits), "seed \(seed)")
  }

  @Test("A model's coefficients and covariance", arguments: 1...20)
  func models(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var numbers = SeededNumbers(seed: seed)
    let coefficients = [-0.0, .leastNonzeroMagnitude] + (0..<6).map { _ in numbers.finite() }
    let covariance = (0..<36).map { _ in numbers.finite() }
    let store = try SQLiteRunStore(path: folder.database)
    try StoreFixture.addRun("r1", to: store)
    try store.end(
      "r1", .finished, model: try StoreFixture.model(coefficients, covariance: covariance),
      at: StoreFixture.time(1))
    guard case .logistic(let read)? = try store.model(of: "r1") else {
      Issue.record("seed \(seed): there is no model")
      return
    }
    #expect(read.coefficients.map(\.bitPattern) == coefficients.map(\.bitPattern), "seed \(seed)")
    #expect(
      read.covariance.upperTriangle.map(\.bitPattern) == covariance.map(\.bitPattern), "seed \(seed)")
  }
}
