import Boosting
import Federation
import KonsilTesting
import Queries
import SecureAggregation
import Simulation
import Testing

/// A small logistic plan under `membership: tolerant`, and what each of its sums must be.
struct TolerantRun {
  let study: SmallStudy
  let plan: Plan

  init(sites: Int, seed: UInt64 = 1) throws {
    self.init(try SmallStudy.drawn(sites: sites, seed: seed))
  }

  init(_ study: SmallStudy) {
    self.study = study
    let own = study.plan
    plan = Plan(
      name: own.name, study: own.study, studyDigest: nil, sites: own.sites, membership: .tolerant,
      filter: own.filter,
      algorithm: own.algorithm, mostSteps: own.mostSteps)
  }

  var threshold: Int { plan.tolerance?.threshold ?? 0 }

  func federation() throws -> SimulatedFederation {
    try SimulatedFederation(plan: plan, study: study.study, cohorts: study.cohorts)
  }

  private static func elements(
    _ computation: inout any SiteComputation, _ query: Query
  ) throws -> [UInt64] {
    guard let part = computation.contribution(to: query) else { throw FixtureError() }
    return part.take()
  }

  /// Expects that each sum is exactly that of its own sites' answers, added in the clear, that sites only ever leave, and
  /// not within a round of trees, and that the model is the one these sums lead to, and names those that left.
  func expectExactSums(
    _ federation: SimulatedFederation, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let comment = Comment(rawValue: words)
    var computations: [String: any SiteComputation] = [:]
    for (site, cohort) in study.cohorts {
      computations[site] = plan.computation(study: study.study, site: site, cohort: cohort, leastRows: 0)
    }
    var program = try PlanProgram(plan, study: study.study)
    var left = Set(plan.sites)
    var lost: [String: Int] = [:]
    /// The sites of the round that is not finished, whose sums are gone.
    var round: [String]?
    for (step, record) in federation.saved.sorted(by: { $0.key < $1.key }) {
      let sites = try #require(record.sites, comment, sourceLocation: sourceLocation)
      #expect(left.isSuperset(of: sites), comment, sourceLocation: sourceLocation)
      for site in left.subtracting(sites) { lost[site] = step }
      left = Set(sites)
      guard record.sum != nil || record.isForgotten else { continue }
      if record.query.name == BoostingProgram.nameOfRounds {
        #expect(sites == round ?? sites, comment, sourceLocation: sourceLocation)
        round = record.round == nil ? sites : nil
      }
      #expect(sites.count >= threshold, comment, sourceLocation: sourceLocation)
      var total = [UInt64](repeating: 0, count: record.query.length)
      for site in sites {
        var computation = try #require(computations[site])
        let elements = try Self.elements(&computation, record.query)
        computations[site] = computation
        for index in total.indices { total[index] &+= elements[index] }
      }
      record.query.cutToRings(&total)
      let sum = try #require(QuerySum(elements: total, for: record.query))
      #expect(sum == record.sum ?? sum, comment, sourceLocation: sourceLocation)
      guard case .ask(record.query) = program.next() else {
        Issue.record("step \(step) is not what the sums lead to: \(words)", sourceLocation: sourceLocation)
        return
      }
      try program.absorb(sum)
      guard record.query.isVerified else { continue }
      for site in plan.sites { try computations[site]?.absorb(sum) }
    }
    guard federation.outcome == .finished else { return }
    guard case .finished(let model) = program.next() else {
      Issue.record("the saved sums lead to no model: \(words)", sourceLocation: sourceLocation)
      return
    }
    let named = model.naming(plan.sites.compactMap { site in lost[site].map { (site, $0) } })
    #expect(federation.model == named, comment, sourceLocation: sourceLocation)
  }
}
