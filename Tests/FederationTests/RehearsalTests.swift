import Cohorts
import Federation
import KonsilTesting
import Preprocessing
import Queries
import Regression
import SecureAggregation
import Testing

/// What an outline tells of plans with every option: that it can be made at all, and in which words.
@Suite("A plan's outline is found by a rehearsal")
struct RehearsalTests {
  private static func range(_ lower: Double, _ upper: Double) throws -> ValueRange {
    try #require(ValueRange(lower: lower, upper: upper))
  }

  private static func study(sites: Int = 6, mostRowsPerPatient: Int = 1, leastRows: Int = 1) throws -> Study {
    let parties = try SetupFixture(sites: sites).roster.members.map { Party(name: $0.site, key: $0.key) }
    func variable(_ name: String, _ kind: Variable.Kind, appliesWhen: FilterCondition? = nil) -> Variable {
      Variable(
        name: name, label: name, kind: kind, unit: nil, codes: [:], missing: [], appliesWhen: appliesWhen)
    }
    return Study(
      dictionary: StudyDictionary(
        name: "gut", title: "Gut", purpose: "To test",
        variables: [
          variable("age", .continuous(try range(18, 110))), variable("crp", .continuous(try range(0, 500))),
          variable("joints", .count(try range(0, 28))), variable("steroids", .binary),
          variable("drug", .categorical(levels: ["a", "b", "c"])),
          variable("stage", .ordinal(levels: ["low", "mid", "high"])),
          variable("diagnosis", .categorical(levels: ["CD", "UC"])),
          variable(
            "location", .categorical(levels: ["L1", "L2"]),
            appliesWhen: FilterCondition(variable: "diagnosis", test: .oneOf(["CD"]))),
          variable("w", .continuous(try range(0, 5))),
        ],
        outcomes: [Outcome(name: "failure", label: "Failure", definition: "Stopped")]),
      sites: parties, researchers: [],
      limits: Study.Limits(
        leastSites: 3, leastRows: leastRows, leastCount: 5, mostRowsPerSite: 1 << 20,
        mostRowsPerPatient: mostRowsPerPatient),
      recordKey: "patient_id")
  }

  private static func outline(
    _ algorithm: Algorithm, in study: Study, filter: [FilterCondition] = []
  ) throws -> PlanOutline {
    let plan = Plan(
      name: "p", study: "gut", studyDigest: nil, sites: study.sites.map(\.name), membership: .fixed,
      filter: CohortFilter(filter), algorithm: algorithm, mostSteps: 200)
    try #require(plan.problems(in: study) == [])
    return try PlanOutline(plan, study: study)
  }

  private static func outline(
    _ terms: [PlannedTerm], study: Study? = nil, filter: [FilterCondition] = [],
    _ change: (inout LogisticSpecification) -> Void = { _ in }
  ) throws -> PlanOutline {
    var specification = LogisticSpecification(outcome: "failure", terms: terms)
    change(&specification)
    return try outline(.logistic(specification), in: study ?? self.study(), filter: filter)
  }

  private static let rich: [PlannedTerm] = [
    .predictor(PlannedPredictor("age", transformation: .spline(knots: 4))),
    .predictor(PlannedPredictor("crp", transformation: .log1p)),
    .predictor(PlannedPredictor("joints", per: 10)),
    .predictor(PlannedPredictor("steroids")), .predictor(PlannedPredictor("drug", reference: "b")),
    .predictor(PlannedPredictor("stage")), .predictor(PlannedPredictor("diagnosis")),
    .predictor(PlannedPredictor("location")), .interaction("crp", "steroids"),
  ]

  private func numbers(_ outline: PlanOutline, _ query: String) -> Int? {
    outline.questions.first { $0.query == query }?.numbers
  }

  @Test("with all its columns, for every kind of predictor")
  func columns() throws {
    let outline = try Self.outline(Self.rich) { $0.missing = .meanAndIndicator }
    #expect(
      outline.columns == [
        "age", "age'", "age''", "age:missing", "log1p(crp)", "crp:missing", "joints", "joints:missing",
        "steroids", "steroids:missing", "drug=a", "drug=c", "drug:missing", "stage", "stage:missing",
        "diagnosis=UC", "diagnosis:missing", "location=L2", "location:missing", "log1p(crp)*steroids",
      ])
    // 20 columns and the intercept.
    #expect(numbers(outline, "newton") == 1 + 21 + 21 * 22 / 2)
    #expect(outline.steps == outline.questions.reduce(0) { $0 + $1.times })
  }

  @Test("of a validation, by (p + 1)(p + 4)/2 numbers a model and step and its likelihood")
  func validation() throws {
    let outline = try Self.outline([
      .predictor(PlannedPredictor("age")), .predictor(PlannedPredictor("drug")),
    ]) {
      $0.validation = .folds(4, repeats: 2, seed: 1)
    }
    // 3 columns; the whole model and 8 training sets.
    #expect(numbers(outline, "newton") == 9 * (1 + (3 + 1) * (3 + 4) / 2))
    #expect(
      outline.facts.contains {
        $0.words == "4 folds of the patients, dealt anew 2 times, each held out once: 9 models a step"
      })
    #expect(
      outline.questions.map(\.query).suffix(4) == ["performance", "score-cells", "calibration", "score-bins"])
  }

  @Test("whatever the penalty, errors, intercepts, weights or groups")
  func options() throws {
    let terms: [PlannedTerm] = [.predictor(PlannedPredictor("age")), .predictor(PlannedPredictor("drug"))]
    func queries(
      _ study: Study? = nil, _ change: (inout LogisticSpecification) -> Void
    ) throws -> [String] {
      let outline = try Self.outline(terms, study: study, change)
      for question in outline.questions {
        // What a part is has been put in words.
        for part in question.parts { #expect(part.meaning != part.name, "\(question.query): \(part.name)") }
      }
      return outline.questions.map(\.query)
    }
    let plain = ["support", "counts", "cells", "moments", "spread", "newton"]
    #expect(try queries { _ in } == plain)
    #expect(try queries { $0.penalty = .firth } == plain)
    #expect(try queries { $0.intercept = .site } == plain)
    #expect(try queries { $0.weights = .init(variable: "w", kind: .sampling) } == plain + ["score-products"])
    let clustered = try Self.study(mostRowsPerPatient: 3)
    #expect(try queries(clustered) { $0.standardErrors = .cluster } == plain + ["score-products"])
    #expect(
      try queries { $0.penalty = .ridgeAuto }
        == plain.dropLast() + ["parts", "part-moments", "newton", "deviance"])
    let names = try Self.study().sites.map(\.name)
    #expect(
      try queries { $0.validation = .groups([Array(names[..<3]), Array(names[3...])]) }
        == plain.dropLast() + [
          "part-support", "parts", "part-moments", "newton", "performance", "score-cells", "calibration",
          "score-bins",
        ])
  }

  @Test("within the plan's filter, and however many rows the study demands")
  func filter() throws {
    let outline = try Self.outline(
      [.predictor(PlannedPredictor("age")), .predictor(PlannedPredictor("drug"))],
      study: Self.study(leastRows: 1_000_000),
      filter: [
        FilterCondition(variable: "age", test: .between(atLeast: 30, atMost: 40)),
        FilterCondition(variable: "diagnosis", test: .oneOf(["UC"])),
      ])
    #expect(outline.columns == ["age", "drug=b", "drug=c"])
  }

  @Test("of a summary")
  func summary() throws {
    let study = try Self.study()
    let names = study.dictionary.variables.map(\.name)
    let outline = try Self.outline(
      .summary(SummarySpecification(outcome: "failure", variables: names)), in: study)
    #expect(outline.columns == [])
    #expect(outline.questions.map(\.query) == ["support", "counts", "sums", "squares", "quantiles"])
    for question in outline.questions {
      for part in question.parts { #expect(part.meaning != part.name, "\(question.query): \(part.name)") }
    }
  }

  @Test("and says so when a plan cannot end with a model")
  func impossible() throws {
    #expect(throws: AnalysisError.self) {
      try Self.outline(
        [.predictor(PlannedPredictor("drug"))],
        filter: [FilterCondition(variable: "drug", test: .oneOf(["a"]))])
    }
  }

  @Test("that puts every option in words")
  func words() throws {
    let outline = try Self.outline(Self.rich) {
      $0.missing = .meanAndIndicator
      $0.rare = .drop
      $0.penalty = .ridge(lambda: 2.5)
      $0.intercept = .site
      $0.weights = .init(variable: "w", kind: .frequency)
      $0.validation = .folds(2, repeats: 1, seed: 1)
      $0.recalibration = .site
    }
    let facts = Dictionary(uniqueKeysWithValues: outline.facts.map { ($0.name, $0.words) })
    #expect(
      facts["model"] == "logistic regression of failure, ridge penalty λ = 2.5 on the standardised columns")
    #expect(
      facts["predictors"]
        == "age as a restricted cubic spline of 4 knots; log(1 + crp); joints, for 10 more; steroids; drug by level against b; stage as 0 to 2 up its levels; diagnosis by level against CD; location by level against L1; crp × steroids"
    )
    #expect(facts["missing"]?.contains("single imputation understates standard errors") == true)
    #expect(facts["rare"]?.hasPrefix("a variable with what fewer than three sites or 5 rows share") == true)
    #expect(facts["intercept"] == "each site has its own, which never leaves it")
    #expect(facts["weights"] == "w: a row stands for so many equal ones")
    #expect(facts["validation"] == "2 folds of the patients, each held out once: 3 models a step")
    #expect(facts["recalibration"]?.hasPrefix("each site fits") == true)
  }
}
