import Cohorts
import Preprocessing
import Regression

/// What a plan computes, in words, for whoever reads it before it runs.
package enum PlanWords {
  package struct Fact: Encodable, Equatable, Sendable {
    package let name: String
    package let words: String

    init(_ name: String, _ words: String) {
      self.name = name
      self.words = words
    }
  }

  /// - Parameter plan: one without problems in `study`.
  package static func facts(of plan: Plan, study: Study) -> [Fact] {
    switch plan.algorithm {
    case .logistic(let specification): facts(of: specification, study: study)
    case .summary(let specification):
      [
        Fact("summary", "rows, means, deviations, quantiles and levels by \(specification.outcome)"),
        Fact("variables", specification.variables.joined(separator: ", ")),
      ]
    case .boosting(let specification): facts(of: specification)
    }
  }

  private static func facts(of specification: LogisticSpecification, study: Study) -> [Fact] {
    var facts = [
      Fact("model", "logistic regression of \(specification.outcome), \(words(specification.penalty))"),
      Fact(
        "predictors",
        specification.terms.map { words($0, study.dictionary) }.joined(separator: "; ")),
      Fact("missing", words(specification.missing)),
      Fact("rare", words(specification.rare, study.limits)),
      Fact("intercept", words(specification.intercept)),
      Fact("errors", words(specification.standardErrors)),
    ]
    if let weights = specification.weights {
      facts.append(Fact("weights", words(weights)))
    }
    if let validation = specification.validation {
      facts.append(Fact("validation", words(validation)))
    }
    if specification.recalibration == .site {
      facts.append(
        Fact("recalibration", "each site fits an intercept and a slope for itself; they stay at the site"))
    }
    return facts
  }

  private static func words(_ penalty: LogisticSpecification.Penalty) -> String {
    switch penalty {
    case .none: "no penalty"
    case .ridge(let lambda): "ridge penalty λ = \(text(lambda)) on the standardised columns"
    case .ridgeAuto: "ridge penalty, λ by the least cross-validated deviance"
    case .firth: "Firth's penalty, intervals by profile likelihood"
    }
  }

  private static func words(_ term: PlannedTerm, _ dictionary: StudyDictionary) -> String {
    switch term {
    case .interaction(let first, let second): "\(first) × \(second)"
    case .predictor(let predictor): words(predictor, dictionary.variable(named: predictor.variable))
    }
  }

  private static func words(_ predictor: PlannedPredictor, _ variable: Variable?) -> String {
    let name = predictor.variable
    let shape =
      switch predictor.transformation {
      case .none: name
      case .log: "log(\(name))"
      case .log1p: "log(1 + \(name))"
      case .hinge(let knot): "\(name) above \(text(knot))"
      case .spline(let knots): "\(name) as a restricted cubic spline of \(knots) knots"
      }
    let scaled = predictor.per == 1 ? shape : "\(shape), for \(text(predictor.per)) more"
    guard let levels = variable?.levels else { return scaled }
    if case .ordinal? = variable?.kind, predictor.coding == .linear {
      return "\(name) as 0 to \(levels.count - 1) up its levels"
    }
    return "\(name) by level against \(predictor.reference ?? levels.first ?? "")"
  }

  private static func words(_ rule: MissingRule) -> String {
    switch rule {
    case .completeCase: "a row that lacks a value of the model is left out"
    case .meanAndIndicator:
      "a missing value counts as the mean, and an indicator tells where: \(singleImputation)"
    case .refuse: "the run ends where a row lacks a value of the model"
    }
  }

  /// What everyone who reads standard errors after an imputation is told.
  package static let singleImputation =
    "single imputation understates standard errors, as if the filled-in values had been measured"

  private static func words(_ rule: RareRule, _ limits: Study.Limits) -> String {
    let what = "what fewer than three sites or \(limits.leastCount) rows share"
    let columns =
      switch rule {
      case .merge: "\(what) is merged into “other”, or left out"
      case .drop: "a variable with \(what) is left out"
      case .refuse: "the run ends at \(what)"
      }
    let cells =
      switch limits.support {
      case .columns: "cells of two columns that few rows fill are counted and named in the result"
      case .pairs: "so are cells of two columns"
      }
    return "\(columns); \(cells)"
  }

  private static func words(_ intercept: LogisticSpecification.Intercept) -> String {
    switch intercept {
    case .common: "one for all sites"
    case .site: "each site has its own, which never leaves it"
    }
  }

  private static func words(_ errors: LogisticSpecification.StandardErrors) -> String {
    switch errors {
    case .model: "from the information"
    case .cluster: "robust against likeness between the rows of one patient"
    }
  }

  private static func words(_ weights: LogisticSpecification.Weights) -> String {
    switch weights.kind {
    case .frequency: "\(weights.variable): a row stands for so many equal ones"
    case .sampling: "\(weights.variable): a row stands for so many others, standard errors are robust"
    }
  }

  private static func words(
    _ validation: LogisticSpecification.Validation
  ) -> String {
    switch validation {
    case .folds(let folds, let repeats, seed: _):
      let times = repeats == 1 ? "" : ", dealt anew \(repeats) times"
      return
        "\(folds) folds of the patients\(times), each held out once: \(1 + folds * repeats) models a step"
    case .groups(let groups):
      let names = groups.map { $0.joined(separator: ", ") }.joined(separator: "; then ")
      return "left out together: \(names)"
    }
  }

  static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
