import Cohorts
import Federation
import Foundation
import Queries
import Regression
import SecureAggregation
import Store
import Testing

/// Studies, plans and runs for the tests, made from small texts and numbers.
enum StoreFixture {
  static func time(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  static func key(_ number: UInt8) throws -> SigningKey {
    try #require(SigningKey(seed: [UInt8](repeating: number, count: 32)))
  }

  static func study(_ text: String = "study ibd", owner: UInt8 = 1) throws -> SignedStudy {
    let key = try key(owner)
    let bytes = Array(text.utf8)
    return SignedStudy(
      text: bytes, owner: key.identity, signature: try key.sign(.study, bytes))
  }

  static func submission(
    _ run: String, plan: String = "plan relapse", researcher: UInt8 = 2, owner: UInt8 = 1
  ) throws -> Submission {
    let key = try key(researcher)
    let bytes = Array(plan.utf8)
    let statement = RunOffer.statement(run: run, plan: Digest(of: bytes))
    return Submission(
      study: try study(owner: owner),
      offer: RunOffer(
        run: run, plan: bytes, researcher: key.identity,
        planSignature: try key.sign(.plan, bytes), runSignature: try key.sign(.run, statement)))
  }

  static func summary(
    _ submission: Submission, at milliseconds: Int64 = 1_000, state: RunState = .waiting
  ) -> RunSummary {
    RunSummary(
      run: submission.offer.run, study: "ibd", plan: String(decoding: submission.offer.plan, as: UTF8.self),
      planDigest: submission.offer.planDigest, algorithm: "logistic", researcher: "ada",
      sites: ["luxembourg", "strasbourg", "basel"], state: state, steps: 0, mostSteps: 40,
      submitted: time(milliseconds), ended: nil, failure: nil)
  }

  /// Adds a run with the id `run`.
  @discardableResult
  static func addRun(
    _ run: String, to store: any RunStore, plan: String = "plan relapse",
    researcher: UInt8 = 2, at milliseconds: Int64 = 1_000
  ) throws -> Submission {
    let submission = try submission(run, plan: plan, researcher: researcher)
    try store.addRun(summary(submission, at: milliseconds), submission: submission)
    return submission
  }

  /// - Parameter sum: nil for a void step.
  static func record(
    _ step: Int, parameters: [Double] = [0.5], sum: [UInt64]? = [7, 11], bound: Double = 1_000,
    fractionBits: Int = 3
  ) throws -> StepRecord {
    let query = Query(
      name: "newton", parameters: parameters,
      segments: [
        try segment("log-likelihood", length: 1, bound, fractionBits),
        try segment("gradient", length: max(0, (sum?.count ?? 2) - 1), bound, fractionBits),
      ], isVerified: false)
    return StepRecord(
      step: step, query: query, sum: try sum.map { try #require(QuerySum(elements: $0, for: query)) })
  }

  private static func segment(
    _ name: String, length: Int, _ bound: Double, _ fractionBits: Int
  ) throws -> Segment {
    let text = """
      {"name": "\(name)", "length": \(length), "bound": \(bound), "scale": {"fractionBits": \(fractionBits)}}
      """
    return try JSONDecoder().decode(Segment.self, from: Data(text.utf8))
  }

  static func program(columns: Int = 1) throws -> PlanProgram {
    let range = try #require(ValueRange(lower: 0, upper: 120))
    let names = (0..<columns).map { "x\($0)" }
    let dictionary = StudyDictionary(
      name: "ibd", title: "", purpose: "",
      variables: names.map {
        Variable(name: $0, label: $0, kind: .continuous(range), unit: nil, codes: [:], missing: [])
      }, outcomes: [Outcome(name: "failure", label: "", definition: "")])
    let study = Study(
      dictionary: dictionary, sites: [], researchers: [],
      limits: Study.Limits(leastSites: 3, leastRows: 1, leastCount: 1, mostRowsPerSite: 1_000),
      recordKey: "patient")
    let plan = Plan(
      name: "relapse", study: "ibd", studyDigest: nil, sites: ["a", "b", "c"], membership: .fixed,
      filter: CohortFilter([]),
      algorithm: .logistic(
        LogisticSpecification(outcome: "failure", predictors: names, penalty: .none)), mostSteps: 40)
    return try PlanProgram(plan, study: study)
  }

  /// A program that has absorbed `sums` sums over 200 rows, 80 with an event.
  ///
  /// - Parameter real: the sums of columns, each between 0 and 200.
  static func program(
    after sums: Int, columns: Int = 1, real: (Int) -> Double = { 20 + Double($0) }
  ) throws -> PlanProgram {
    var program = try program(columns: columns)
    for _ in 0..<sums {
      guard case .ask(let query) = program.next() else { break }
      let elements = try query.segments.flatMap { segment in
        try (0..<segment.length).map { place in
          let value =
            switch segment.name {
            case "sites-where-it-varies": 3.0
            case "rows": 200.0
            case "log-likelihood": -60.0
            case "events": 80.0
            default: real(place)
            }
          return try #require(segment.scale.encode(value))
        }
      }
      try program.absorb(try #require(QuerySum(elements: elements, for: query)))
    }
    return program
  }

  /// A program that is another for every step.
  static func program(step: Int) throws -> PlanProgram {
    try program(after: 4) { place in Double(20 + abs(step) % 100 + place) }
  }

  /// What tells two programs apart, bit for bit.
  static func text(_ program: PlanProgram) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(program), as: UTF8.self)
  }

  static func model(_ coefficients: [Double] = [-1.5, 0.25], covariance: [Double] = [0.5, 0.1, 0.25])
    throws -> PlanModel
  {
    let text = """
      {"logistic": {"_0": {
        "outcome": "failure", "columns": [], "hasIntercept": true, "coefficients": \(coefficients),
        "covariance": {"order": \(coefficients.count), "upperTriangle": \(covariance)},
        "covarianceKind": {"model": {}}, "penalty": {"none": {}}, "effectiveDegrees": \(coefficients.count),
        "fill": [], "missing": "complete-case", "notes": [],
        "logLikelihood": -61.25, "rows": 200, "events": 80, "sites": 3, "newtonSteps": 5}}}
      """
    return try JSONDecoder().decode(PlanModel.self, from: Data(text.utf8))
  }
}
