import Console
import Federation

/// What `konsil model show` says: where the model comes from, its fit and its coefficient table.
package struct ModelReport: Report {
  let simulated: Bool
  let algorithm: String
  let study: ModelFile.Origin
  let plan: ModelFile.Origin
  let run: String?
  let outcome: String
  let filter: [ModelCondition]
  let rows: Int
  let events: Int
  let sites: Int
  let newtonSteps: Int
  let logLikelihood: Double
  /// Absent under a penalty.
  let aic: Double?
  let lambda: Double
  /// Whether a penalty pulls the coefficients towards zero; the intervals are then not for tests.
  let shrunken: Bool
  let coefficients: [Estimate]
  package let text: String

  enum CodingKeys: String, CodingKey {
    case simulated, algorithm, study, plan, run, outcome, filter, rows, events, sites, newtonSteps
    case logLikelihood, aic, lambda, shrunken, coefficients
  }

  package init(_ model: ModelFile) {
    simulated = model.simulated
    algorithm = model.algorithm
    study = model.study
    plan = model.plan
    run = model.run
    outcome = model.outcome.name
    filter = model.filter
    rows = model.rows
    events = model.events
    sites = model.sites
    newtonSteps = model.newtonSteps
    logLikelihood = model.logLikelihood
    aic = model.aic
    lambda = model.lambda
    shrunken = model.isShrunken
    coefficients = model.estimates
    text = Self.heading(model) + "\n" + CoefficientTable.text(model)
  }

  private static func heading(_ model: ModelFile) -> String {
    var facts: [(name: String, value: String)] = []
    if model.simulated {
      facts.append(("simulated", "one process was the whole federation, under throw-away identities"))
    }
    facts += [
      ("outcome", "\(model.outcome.name): \(model.outcome.label)"),
      ("model", "\(model.algorithm) regression of study \(model.study.name), plan \(model.plan.name)"),
    ]
    if let run = model.run { facts.append(("run", run)) }
    if let filter = model.filter.words { facts.append(("rows where", filter)) }
    facts.append(
      ("records", "\(model.rows) rows, \(model.events) events, \(model.sites) sites"))
    let likelihood = "log-likelihood \(NumberText.decimals(model.logLikelihood, places: 4))"
    let fit =
      model.aic.map { ", AIC \(NumberText.decimals($0, places: 4))" }
      ?? ", ridge penalty λ = \(NumberText.shortest(model.lambda)) on the standardised columns"
    facts.append(("fit", "\(likelihood)\(fit), \(model.newtonSteps) Newton steps"))
    return TextLines.facts(facts)
  }
}

/// A model's coefficients as a table in plain text.
enum CoefficientTable {
  static func text(_ model: ModelFile) -> String {
    let estimates = model.estimates
    let contrasts = [""] + model.terms.map(model.contrast)
    let intervals = zip(
      NumberText.alignedAtPoint(estimates.map { ratio($0.lower, $0) }),
      NumberText.alignedAtPoint(estimates.map { ratio($0.upper, $0) }))
    let cells: [[String]] = [
      estimates.map(\.term), contrasts,
      NumberText.alignedAtPoint(estimates.map(coefficient)),
      NumberText.alignedAtPoint(estimates.map { ratio($0.oddsRatio, $0) }),
      zip(estimates, intervals).map { $0.oddsRatio == nil ? "" : "\($1.0) to \($1.1)" },
      estimates.map { $0.p.map(NumberText.pValue) ?? "" },
    ]
    let interval = model.isShrunken ? "95 % interval: shrunken,\nnot for tests" : "95 % interval"
    var columns: [TextTable.Column] = [
      .init(header: "term", mayWrap: true), .init(header: "contrast", mayWrap: true),
      .init(header: "coefficient", alignment: .right), .init(header: "odds ratio", alignment: .right),
      .init(header: interval, alignment: .right), .init(header: "p", alignment: .right),
    ]
    if model.isShrunken { columns.removeLast() }
    let rows = estimates.indices.map { row in columns.indices.map { cells[$0][row] } }
    return TextTable(columns: columns, rows: rows).text
  }

  /// To three significant digits of its standard error.
  private static func coefficient(_ estimate: Estimate) -> String {
    let places = NumberText.places(showing: 3, of: estimate.standardError, within: 3...8)
    return NumberText.decimals(estimate.coefficient, places: places)
  }

  /// The odds ratio or an end of its interval, to two significant digits of the odds ratio's error.
  static func ratio(_ value: Double?, _ estimate: Estimate) -> String {
    guard let value, let ratio = estimate.oddsRatio else { return "" }
    let places = NumberText.places(showing: 2, of: ratio * estimate.standardError, within: 2...8)
    return NumberText.decimals(value, places: places)
  }
}
