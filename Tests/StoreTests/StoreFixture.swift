import Federation
import Foundation
import Queries
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
      {"name": "\(name)", "length": \(length), "bound": \(bound), "scale": {"fractionBits": \(fractionBits)},
       "width": 64, "isWords": false}
      """
    return try JSONDecoder().decode(Segment.self, from: Data(text.utf8))
  }

  static func model(_ coefficients: [Double] = [-1.5, 0.25], covariance: [Double] = [0.5, 0.1, 0.25])
    throws -> PlanModel
  {
    let text = """
      {"logistic": {"_0": {
        "outcome": "failure", "columns": [], "hasIntercept": true, "coefficients": \(coefficients),
        "covariance": {"order": \(coefficients.count), "upperTriangle": \(covariance)},
        "covarianceKind": {"model": {}}, "penalty": {"none": {}}, "effectiveDegrees": \(coefficients.count),
        "fill": [], "missing": "complete-case", "notes": [], "required": [], "unseen": {},
        "logLikelihood": -61.25, "rows": 200, "events": 80, "sites": 3, "newtonSteps": 5}}}
      """
    return try JSONDecoder().decode(PlanModel.self, from: Data(text.utf8))
  }
}
