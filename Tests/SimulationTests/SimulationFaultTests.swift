import Cohorts
import Federation
import KonsilTesting
import SecureAggregation
import Simulation
import Testing

@Suite("A simulation does not begin")
struct SimulationFaultTests {
  private func fault(
    _ study: SmallStudy, _ cohorts: [String: Cohort], filter: CohortFilter = CohortFilter([])
  )
    -> SimulationFault?
  {
    let plan = Plan(
      name: "plan", study: study.plan.study, studyDigest: nil, sites: study.plan.sites, membership: .fixed,
      filter: filter, algorithm: study.plan.algorithm, mostSteps: 60)
    return #expect(throws: SimulationFault.self) {
      try SimulatedFederation(plan: plan, study: study.study, cohorts: cohorts)
    }
  }

  @Test("without the records of each site, with every variable of the plan and its filter")
  func records() throws {
    let study = try SmallStudy.drawn()
    let name = study.roster.sites[1]
    var cohorts = study.cohorts
    cohorts[name] = nil
    let missing = fault(study, cohorts)
    #expect(missing?.site == name && missing?.detail == "no records are given for it")
    let ages = Column.numbers([40, 50])
    cohorts[name] = Cohort(rowCount: 2, columns: ["age": ages, "ill": .numbers([0, 1])])
    let lacking = fault(study, cohorts)
    #expect(lacking?.site == name && lacking?.detail == "its records lack a variable of the plan")
    let filter = CohortFilter([FilterCondition(variable: "height", test: .between(atLeast: 1, atMost: nil))])
    let unfiltered = fault(study, study.cohorts, filter: filter)
    #expect(unfiltered?.site == study.roster.sites[0] && unfiltered?.detail == lacking?.detail)
  }
}
