import Federation
import KonsilTesting
import Simulation
import Testing

/// A plan of `protocols/studies/real`, run over the sites of its study.
struct RealPlan: Sendable, CustomTestStringConvertible {
  let study: RealStudy
  let plan: String

  var testDescription: String { plan }

  /// Those whose records are there, by study and the rest of the plan's name.
  static func those(_ plans: [(study: String, rest: String)]) -> [RealPlan] {
    plans.compactMap { plan in
      RealStudy.named(plan.study).map { RealPlan(study: $0, plan: "\(plan.study)-\(plan.rest)") }
    }.filter(\.study.isThere)
  }

  /// - Returns: a federation that has yet to run, the records of its sites and the plan over them.
  func run() throws -> (federation: SimulatedFederation, records: [(site: String, csv: String)], plan: Plan) {
    let records = try study.records()
    let text = try RealStudy.planText(plan)
    return (
      try study.federation(plan: text, records: records), records,
      try SimulationFixture.plan(text, sites: records.map(\.site))
    )
  }
}
