import Console
import Federation
import Preprocessing
import Regression

/// Where a model comes from and how it was fitted, one fact a line.
enum ModelFacts {
  static func text(_ model: ModelFile) -> String {
    TextLines.facts(origin(model) + fit(model))
  }

  private typealias Fact = (name: String, value: String)

  private static func origin(_ model: ModelFile) -> [Fact] {
    var facts: [Fact] = []
    if model.simulated {
      facts.append(("simulated", "one process was the whole federation, under throw-away identities"))
    }
    facts += [
      ("outcome", "\(model.outcome.name): \(model.outcome.label)"),
      ("model", "\(model.algorithm) regression of study \(model.study.name), plan \(model.plan.name)"),
    ]
    if let run = model.run { facts.append(("run", run)) }
    if let filter = model.filter.words { facts.append(("rows where", filter)) }
    facts.append(("records", "\(model.rows) rows, \(model.events) events, \(model.sites) sites"))
    return facts
  }

  private static func fit(_ model: ModelFile) -> [Fact] {
    let likelihood = "log-likelihood \(NumberText.decimals(model.logLikelihood, places: 4))"
    let aic = model.aic.map { ", AIC \(NumberText.decimals($0, places: 4))" } ?? ""
    var facts: [Fact] = [("fit", "\(likelihood)\(aic), \(model.newtonSteps) Newton steps")]
    if let penalty = words(model.penalty, model) { facts.append(("penalty", penalty)) }
    if model.intercept == nil { facts.append(("intercept", "each site keeps its own")) }
    switch model.covariance.kind {
    case .model: break
    case .cluster:
      facts.append(
        ("errors", "robust, clustered by patient (\(model.covariance.patients ?? 0) patients)"))
    case .robust: facts.append(("errors", "robust"))
    }
    if model.missing == .meanAndIndicator {
      let required = model.variables.filter { $0.required == true }.map(\.name)
      let but = required.isEmpty ? "" : "; these must be there: \(required.joined(separator: ", "))"
      facts.append(("missing", "a missing value counts as its column's mean\(but)"))
    }
    if let weights = model.weights {
      facts.append(("weights", "\(weights.variable), \(weights.kind.rawValue) weights"))
    }
    return facts
  }

  private static func words(_ penalty: ModelFile.Penalty, _ model: ModelFile) -> String? {
    switch penalty.kind {
    case .none: return nil
    case .firth: return "Firth's; intervals and p-values by the penalised likelihood ratio (profile)"
    case .ridge:
      let degrees = NumberText.decimals(model.effectiveDegrees, places: 2)
      let chosen = penalty.trials.map { ", the best of \($0.count) by cross-validated deviance" } ?? ""
      return
        "ridge, λ = \(NumberText.significant(penalty.lambda ?? 0, digits: 4)) on the standardised columns\(chosen); "
        + "\(degrees) effective degrees of freedom of \(model.covariance.names.count)"
    }
  }
}
