import Cohorts
import Foundation
import KonsilTesting
import PooledReference
import Queries
import Regression
import Testing

@Suite("Newton's iteration")
struct NewtonTests {
  /// Heavy tails and three cases among 38 rows: the first step goes too far, by 0.09 in the log-likelihood.
  private enum Outliers {
    static let x: [Double] = [
      -5.09, -0.42, 2.18, -93.66, -38.87, -3.1, 1.17, -6.24, 0.61, 0.3, -1.18, 1.11, 0.66, 9.56, -6.87,
      -5.89, -1.77, 2.87, -1.65, -17.13, 0.01, 0.37, 1.84, -5.92, 0.04, -8.08, -1.26, 1.28, -0.7, 15.46,
      1.12, 0.17, 6.21, 0.94, -2.73, -0.31, -0.43, 2.09,
    ]
    static let y = x.indices.map { [4, 15, 25].contains($0) ? 0.0 : 1 }

    static func table() throws -> SmallTable {
      try SmallTable([(.number("x", -200, 200), .numbers(x))], outcome: y, rows: [13, 12, 13])
    }
  }

  private static func drawn(_ seed: UInt64, rows: [Int] = [30, 40, 50]) throws -> SmallTable {
    var random = SeededRandom(seed: seed)
    let count = rows.reduce(0, +)
    let x = (0..<count).map { _ in Double(Int.random(in: 0...50, using: &random)) }
    let b = (0..<count).map { _ in Double(Int.random(in: 0...1, using: &random)) }
    let y = (0..<count).map { Double.random(in: 0..<1, using: &random) < 0.2 + 0.01 * x[$0] ? 1.0 : 0 }
    return try SmallTable(
      [(.number("x", 0, 50), .numbers(x)), (.binary("b"), .numbers(b))], outcome: y, rows: rows)
  }

  @Test("shortens a step that lowers the likelihood, and finds the maximum")
  func halving() throws {
    var federation = try ClearFederation(Outliers.table())
    let model = try federation.fit()
    let asked = federation.newton.map { $0.query.parameters.dropFirst(2).map(\.self) }
    // The first step is taken back by a half at least.
    let moves = asked.prefix(3).map { hypot($0[0] - asked[0][0], $0[1] - asked[0][1]) }
    #expect(moves[2] > 0 && moves[2] <= moves[1] * 0.5001, "\(asked.prefix(3)) of \(asked.count)")
    #expect(federation.newton[1].sum.values[0][0] < federation.newton[0].sum.values[0][0])

    let text = zip(Outliers.x, Outliers.y).map { "\($0),\(Int($1))\n" }.joined()
    let pooled = try LogisticFit(
      PooledDesign(
        PooledTable(texts: [(name: "outliers.csv", text: "x,ill\n" + text)]), terms: [.numeric("x")],
        outcome: "ill"))
    let difference = try maxDifference(
      coefficients: model.coefficients, reference: pooled.coefficients, standardErrors: pooled.standardErrors)
    #expect(difference <= 1e-9)
    #expect(model.newtonSteps == federation.newton.count)
  }

  @Test("starts at the prevalence's log odds, and stops when a step is 1e-10 standard errors or less")
  func startAndStop() throws {
    var federation = try ClearFederation(Self.drawn(1))
    let model = try federation.fit()
    let events = Double(model.events)
    let first = try #require(federation.newton.first)
    // The set of all rows, no inverse, then the point.
    #expect(first.query.parameters == [0, 0, log(events / (120 - events)), 0, 0])
    #expect(federation.newton.count >= 3)
    // The step that the last sum asks for is applied, and is that small.
    let standardised = federation.newton.map(\.query.parameters)
    let last = try #require(standardised.last)
    let before = standardised[standardised.count - 2]
    #expect(zip(last, before).contains { abs($0 - $1) > 1e-10 })
    #expect(model.newtonSteps == federation.newton.count)
  }

  @Test("gives up where the likelihood never rises: ten halvings, then an error")
  func neverRises() throws {
    var federation = try ClearFederation(Self.drawn(2))
    var query = try federation.advance(to: "newton")
    try federation.absorb(query, federation.answer(query).sum)
    var error: AnalysisError?
    var asked = 0
    while error == nil {
      let next = federation.query
      query = try #require(next)
      let honest = try federation.answer(query).sum
      let lowered = honest.values[0][0] - 20
      let elements = try zip([[lowered]] + honest.values.dropFirst(), query.segments).flatMap {
        values, segment in
        try values.map { try #require(segment.scale.encode($0)) }
      }
      asked += 1
      do { try federation.absorb(query, try #require(QuerySum(elements: elements, for: query))) } catch let
        failure as AnalysisError
      { error = failure }
    }
    #expect(asked == 11)
    #expect(error?.code == .notConverged)
    #expect(error?.message == "the likelihood does not rise along Newton's direction")
    #expect(error?.advice == "use a ridge penalty, or name fewer predictors")
  }

  @Test("ends with one class where the verified events say so", arguments: [0.0, 120])
  func oneClass(events: Double) throws {
    var federation = try ClearFederation(Self.drawn(3))
    let query = try federation.advance(to: "counts")
    var values = try federation.answer(query).sum.values
    values[1] = [events]
    // No more events with the column than there are.
    values[3] = values[3].map { min($0, events) }
    let elements = try zip(values, query.segments).flatMap { values, segment in
      try values.map { try #require(segment.scale.encode($0)) }
    }
    try federation.absorb(query, try #require(QuerySum(elements: elements, for: query)))
    let error = #expect(throws: AnalysisError.self) {
      while try federation.step() {}
    }
    #expect(error?.message == "“ill” has one class only")
    #expect(error?.advice == "choose another outcome or filter")
  }

  @Test("goes on bit for bit from wherever it was saved")
  func saved() throws {
    var whole = try ClearFederation(Self.drawn(4))
    let model = try whole.fit()
    var program = try LogisticProgram(whole.frame)
    for (query, sum) in whole.steps {
      let saved = try SavedProgram(program).program()
      guard case .ask(let asked) = saved.next() else {
        Issue.record("it had finished")
        return
      }
      #expect(asked == query)
      program = saved
      try program.absorb(sum)
    }
    let finished = try SavedProgram(program).program()
    guard case .finished(let same) = finished.next() else {
      Issue.record("it had not finished")
      return
    }
    #expect(same == model)
    // What comes afterwards changes nothing.
    try program.absorb(whole.steps[0].sum)
    guard case .finished(let still) = program.next() else {
      Issue.record("it went on")
      return
    }
    #expect(still == model)
  }
}
