import Boosting
import Cohorts
import Federation
import KonsilTesting
import Preprocessing
import Regression
import SecureAggregation
import Testing

@Suite("A plan that does not fit its study")
struct PlanCheckTests {
  private static func range(_ lower: Double, _ upper: Double) throws -> ValueRange {
    try #require(ValueRange(lower: lower, upper: upper))
  }

  private static func variable(
    _ name: String, _ kind: Variable.Kind, appliesWhen: FilterCondition? = nil, formula: Formula? = nil
  ) -> Variable {
    Variable(
      name: name, label: name, kind: kind, unit: nil, codes: [:], missing: [], appliesWhen: appliesWhen,
      formula: formula)
  }

  private static func study(sites: Int = 6, mostRowsPerPatient: Int = 1) throws -> Study {
    let parties = try SetupFixture(sites: sites).roster.members.map { Party(name: $0.site, key: $0.key) }
    let dictionary = StudyDictionary(
      name: "gut", title: "Gut", purpose: "To test",
      variables: [
        variable("age", .continuous(try range(18, 110))), variable("crp", .continuous(try range(0, 500))),
        variable("delta", .continuous(try range(-5, 5))), variable("weight", .continuous(try range(0, 10))),
        variable("steroids", .binary), variable("sex", .categorical(levels: ["F", "M"])),
        variable("edss", .ordinal(levels: ["0", "1", "2"])),
        variable("diagnosis", .categorical(levels: ["CD", "UC"])),
        variable(
          "location", .categorical(levels: ["L1", "L2"]),
          appliesWhen: FilterCondition(variable: "diagnosis", test: .oneOf(["CD"]))),
        variable(
          "score", .continuous(try range(0, 1000)),
          formula: Formula([.init(variable: "crp", factor: 1), .init(variable: "age", factor: 2)])),
      ],
      outcomes: [Outcome(name: "failure", label: "Failure", definition: "Stopped")])
    return Study(
      dictionary: dictionary, sites: parties, researchers: [],
      limits: Study.Limits(
        leastSites: 3, leastRows: 1, leastCount: 5, mostRowsPerSite: 1000,
        mostRowsPerPatient: mostRowsPerPatient),
      recordKey: "patient_id")
  }

  private static func plan(
    _ specification: LogisticSpecification, in study: Study, filter: [FilterCondition] = []
  ) -> Plan {
    Plan(
      name: "p", study: "gut", studyDigest: nil, sites: study.sites.map(\.name), membership: .fixed,
      filter: CohortFilter(filter), algorithm: .logistic(specification), mostSteps: 60)
  }

  private func problems(
    _ terms: [PlannedTerm], filter: [FilterCondition] = []
  ) throws -> [String] {
    let study = try Self.study()
    let plan = Self.plan(LogisticSpecification(outcome: "failure", terms: terms), in: study, filter: filter)
    return plan.problems(in: study).map { "\($0.key): \($0.message)" }
  }

  private func problems(_ predictors: PlannedPredictor...) throws -> [String] {
    try problems(predictors.map { .predictor($0) })
  }

  private func problems(
    sites: Int = 6, mostRowsPerPatient: Int = 1, _ change: (inout LogisticSpecification) -> Void
  ) throws -> [String] {
    let study = try Self.study(sites: sites, mostRowsPerPatient: mostRowsPerPatient)
    var specification = LogisticSpecification(outcome: "failure", predictors: ["age"], penalty: .none)
    change(&specification)
    return Self.plan(specification, in: study).problems(in: study).map { "\($0.key): \($0.message)" }
  }

  @Test("is not one that uses every option as it is meant")
  func fits() throws {
    #expect(
      try problems([
        .predictor(PlannedPredictor("age", per: 10)), .predictor(PlannedPredictor("sex", reference: "M")),
        .predictor(PlannedPredictor("crp", transformation: .log1p)),
        .predictor(PlannedPredictor("crp", transformation: .hinge(10))),
        .predictor(PlannedPredictor("delta", transformation: .spline(knots: 5))),
        .predictor(PlannedPredictor("edss", coding: .levels, reference: "1")),
        .predictor(PlannedPredictor("diagnosis")), .predictor(PlannedPredictor("location")),
        .interaction("age", "sex"),
      ]) == [])
    let narrowed = FilterCondition(variable: "diagnosis", test: .oneOf(["CD"]))
    #expect(try problems([.predictor(PlannedPredictor("location"))], filter: [narrowed]) == [])
    #expect(try problems(mostRowsPerPatient: 3) { $0.standardErrors = .cluster } == [])
    #expect(
      try problems {
        $0.penalty = .ridgeAuto
        $0.standardErrors = .cluster
        $0.intercept = .site
        $0.missing = .meanAndIndicator
        $0.weights = .init(variable: "weight", kind: .sampling)
        $0.validation = .folds(5, repeats: 5, seed: 1)
        $0.recalibration = .site
      } == [])
  }

  @Test("names a predictor that the dictionary does not have, or none")
  func unknown() throws {
    #expect(try problems(PlannedPredictor("bmi")) == ["predictors[1]: “bmi” is not a variable of the study"])
    #expect(try problems([PlannedTerm]()) == ["predictors: the plan names no predictor"])
  }

  @Test("gives a variable an option that its type does not have")
  func options() throws {
    #expect(
      try problems(PlannedPredictor("sex", reference: "D"))
        == ["predictors[1].reference: “D” is not a level of “sex”"])
    #expect(
      try problems(PlannedPredictor("age", reference: "M"))
        == ["predictors[1].reference: “age” has no levels"])
    #expect(
      try problems(PlannedPredictor("edss", reference: "1"))
        == ["predictors[1].reference: “edss” enters as a number, which has no reference level"])
    #expect(
      try problems(PlannedPredictor("sex", transformation: .log))
        == ["predictors[1].transform: “sex” is not a number"])
    #expect(
      try problems(PlannedPredictor("steroids", transformation: .hinge(0.5), per: 2))
        == [
          "predictors[1].hinge: “steroids” is not a number", "predictors[1].per: “steroids” is not a number",
        ])
    #expect(
      try problems(PlannedPredictor("age", coding: .levels))
        == ["predictors[1].coding: “age” is not ordinal"])
    #expect(
      try problems(PlannedPredictor("sex", coding: .levels))
        == ["predictors[1].coding: “sex” has indicators anyway"])
    #expect(try problems(PlannedPredictor("age", per: 0)) == ["predictors[1].per: is not above 0"])
  }

  @Test("transforms a variable where its range does not allow it")
  func ranges() throws {
    #expect(
      try problems(PlannedPredictor("crp", transformation: .log))
        == [
          "predictors[1].transform: “crp” may be 0 or below by its range of 0 to 500, where there is no logarithm"
        ])
    #expect(
      try problems(PlannedPredictor("delta", transformation: .log1p))
        == [
          "predictors[1].transform: “delta” may be -1 or below by its range of -5 to 5, where log(1 + x) is not defined"
        ])
    for knot in [18.0, 110, 200] {
      #expect(
        try problems(PlannedPredictor("age", transformation: .hinge(knot)))
          == ["predictors[1].hinge: \(Int(knot)) is not inside “age”'s range of 18 to 110"])
    }
    for knots in [2, 6] {
      #expect(
        try problems(PlannedPredictor("age", transformation: .spline(knots: knots)))
          == ["predictors[1].spline: \(knots) knots are not from 3 to 5"])
    }
  }

  @Test("names a variable twice in forms that share a column")
  func repeated() throws {
    let message = "predictors[2]: “age” stands twice in one form"
    #expect(try problems(PlannedPredictor("age"), PlannedPredictor("age", per: 10)) == [message])
    #expect(
      try problems(PlannedPredictor("age"), PlannedPredictor("age", transformation: .spline(knots: 3)))
        == [message])
    #expect(
      try problems(
        PlannedPredictor("age", transformation: .hinge(40)),
        PlannedPredictor("age", transformation: .hinge(40), per: 10)
      ) == [message])
    #expect(
      try problems(
        PlannedPredictor("age", transformation: .hinge(40)),
        PlannedPredictor("age", transformation: .hinge(60)),
        PlannedPredictor("age", transformation: .log)) == [])
  }

  @Test("multiplies what is not a predictor, is a spline or is unclear")
  func interactions() throws {
    func with(_ first: String, _ second: String, _ predictors: PlannedPredictor...) throws -> [String] {
      try problems(predictors.map { .predictor($0) } + [.interaction(first, second)])
    }
    #expect(
      try with("age", "sex", PlannedPredictor("age"))
        == ["predictors[2].interaction: “sex” is not a predictor by itself"])
    #expect(
      try with("age", "age", PlannedPredictor("age")) == ["predictors[2].interaction: names “age” twice"])
    #expect(
      try with(
        "age", "sex", PlannedPredictor("age", transformation: .spline(knots: 3)), PlannedPredictor("sex"))
        == ["predictors[3].interaction: “age” is a spline, whose products are not supported"])
    #expect(
      try with(
        "age", "sex", PlannedPredictor("age"), PlannedPredictor("age", transformation: .log),
        PlannedPredictor("sex"))
        == ["predictors[4].interaction: “age” stands in several forms, so it is not clear which is meant"])
    #expect(
      try problems([
        .predictor(PlannedPredictor("age")), .predictor(PlannedPredictor("sex")), .interaction("age", "sex"),
        .interaction("sex", "age"),
      ]) == ["predictors[4].interaction: “sex” with “age” stands twice"])
  }

  @Test("has a computed variable beside one of its parts, or a conditional one without its condition")
  func together() throws {
    #expect(
      try problems(PlannedPredictor("score"), PlannedPredictor("crp", transformation: .log1p))
        == ["predictors: “score” is computed from “crp”, so the two overlap"])
    #expect(
      try problems(PlannedPredictor("location"))
        == [
          "predictors[1]: “location” has a meaning only where “diagnosis” says so, and the plan has not that"
        ])
  }

  @Test("weighs by what cannot be a weight")
  func weights() throws {
    func weighing(_ name: String) throws -> [String] {
      try problems { $0.weights = .init(variable: name, kind: .frequency) }
    }
    #expect(try weighing("bmi") == ["weights.variable: “bmi” is not a variable of the study"])
    #expect(try weighing("sex") == ["weights.variable: “sex” is not a number"])
    #expect(try weighing("steroids") == ["weights.variable: “steroids” is not a number"])
    #expect(
      try weighing("delta") == ["weights.variable: “delta” may be below 0 by its range in the dictionary"])
    #expect(try weighing("age") == ["weights.variable: “age” is a predictor as well"])
  }

  @Test("asks of Firth's penalty what it does not go with")
  func firth() throws {
    #expect(try problems { $0.penalty = .firth } == [])
    #expect(
      try problems {
        $0.penalty = .firth
        $0.intercept = .site
        $0.standardErrors = .cluster
        $0.weights = .init(variable: "weight", kind: .frequency)
      } == [
        "intercept: an intercept of each site cannot go with “penalty: firth”",
        "standard_errors: cluster(patient) cannot go with “penalty: firth”",
        "weights: a weight cannot go with “penalty: firth”",
      ])
    #expect(
      try problems { $0.penalty = .ridge(lambda: 0) } == ["penalty.ridge.lambda: is not above 0"])
  }

  @Test("counts several rows of a patient as independent")
  func patients() throws {
    #expect(
      try problems(mostRowsPerPatient: 3) { _ in }
        == ["standard_errors: the study has up to 3 rows a patient, which are not independent"])
  }

  @Test("asks for more at once than a message holds")
  func sizes() throws {
    let study = try Self.study()
    func found(_ terms: Int, _ change: (inout LogisticSpecification) -> Void) -> [String] {
      // Hinges of one variable are as many columns as one likes.
      var specification = LogisticSpecification(
        outcome: "failure",
        terms: (0..<terms).map { index in
          .predictor(PlannedPredictor("age", transformation: .hinge(20 + Double(index) / 4)))
        })
      change(&specification)
      return Self.plan(specification, in: study).problems(in: study).map { "\($0.key): \($0.message)" }
    }
    let most: (inout LogisticSpecification) -> Void = { $0.validation = .folds(20, repeats: 20, seed: 1) }
    #expect(found(30, most) == [])
    #expect(
      found(200, most) == ["validation: so many fits of 200 columns are more than a step can tell"])
    #expect(found(200) { $0.validation = .folds(5, repeats: 5, seed: 1) } == [])
    #expect(
      found(280) {
        $0.penalty = .ridgeAuto
        $0.validation = .folds(20, repeats: 1, seed: 1)
      }
        == ["validation: so many fits of 280 columns are more than a step can tell"])
  }

  @Test("validates in folds or groups that cannot be")
  func validation() throws {
    #expect(
      try problems { $0.validation = .folds(1, repeats: 21, seed: 1) }
        == ["validation.folds: is not from 2 to 20", "validation.repeats: is not from 1 to 20"])
    #expect(
      try problems { $0.recalibration = .site }
        == ["recalibrate: without a validation nothing tells whether it helps"])
    let names = try Self.study().sites.map(\.name)
    func grouped(_ groups: [[String]], sites: Int = 6) throws -> [String] {
      try problems(sites: sites) { $0.validation = .groups(groups) }
    }
    #expect(try grouped([Array(names[..<3]), Array(names[3...])]) == [])
    #expect(try grouped([]) == ["validation.groups: has no group"])
    #expect(
      try grouped([Array(names[..<2])])
        == ["validation.groups[1]: 2 sites left out could be told apart by subtraction"])
    #expect(try grouped([Array(names[..<4])]) == ["validation.groups[1]: 2 sites would be left"])
    #expect(
      try grouped([Array(names[..<3]), Array(names[2..<5])])
        == ["validation.groups[2]: “\(names[2])” stands in a group already"])
    #expect(
      try grouped([[names[0], names[1], "atlantis"]])
        == ["validation.groups[1]: “atlantis” is not a site of the plan"])
    // The sums over all less those of both groups are the last sites' own.
    let more = try Self.study(sites: 9).sites.map(\.name)
    let groups = [Array(more[..<3]), Array(more[3..<6])]
    #expect(
      try grouped(groups, sites: 7)
        == ["validation.groups: \(more[6]), in no group, could be told apart by subtraction"])
    #expect(
      try grouped(groups, sites: 8)
        == ["validation.groups: \(more[6]) and \(more[7]), in no group, could be told apart by subtraction"])
    #expect(try grouped(groups, sites: 9) == [])
  }
  @Test("leaves so few sites out of trees that subtraction tells them")
  func groupsOfTrees() throws {
    let study = try Self.study()
    let names = study.sites.map(\.name)
    func problems(_ groups: [[String]]) -> [String] {
      var specification = BoostingSpecification(
        outcome: "failure", predictors: ["age"], objective: .logistic)
      specification.validation = .groups(groups)
      let plan = Plan(
        name: "trees", study: "gut", studyDigest: nil, sites: names, membership: .fixed,
        filter: CohortFilter([]), algorithm: .boosting(specification), mostSteps: 100)
      return plan.problems(in: study).map { "\($0.key): \($0.message)" }
    }
    #expect(problems([Array(names[..<3]), Array(names[3...])]) == [])
    #expect(
      problems([[names[0]]])
        == ["validation.groups[1]: 1 sites left out could be told apart by subtraction"])
    #expect(problems([Array(names[..<4])]) == ["validation.groups[1]: 2 sites would be left"])
  }
}
