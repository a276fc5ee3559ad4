import Cohorts
import Preprocessing
import Queries
import Regression

extension LogisticSpecification.Validation {
  package static let foldRange = 2...20
  package static let repeatRange = 1...20
  /// Sites in a group that is left out, and sites left when it is.
  package static let leastGroup = 3
}

/// Whether the logistic regression of a plan fits its study. Whatever one key says is checked first, then what
/// keys say together.
struct LogisticCheck {
  private let specification: LogisticSpecification
  private let plan: Plan
  private let study: Study

  init(_ specification: LogisticSpecification, plan: Plan, study: Study) {
    self.specification = specification
    self.plan = plan
    self.study = study
  }

  var problems: [PlanProblem] {
    OutcomeCheck.problems(specification.outcome, in: study.dictionary)
      + TermsCheck(specification.terms, filter: plan.filter, dictionary: study.dictionary).problems
      + weightProblems + penaltyProblems + patientProblems + validationProblems + sizeProblems
  }

  /// What a query tells, and what all sites' vectors to a verified one are, has to fit in a message.
  private var sizeProblems: [PlanProblem] {
    let design = Design(
      dictionary: study.dictionary, outcome: specification.outcome, terms: specification.terms,
      missing: specification.missing)
    let lacking = specification.missing == .meanAndIndicator ? design.variables.count : 0
    let columns = design.columns.count + lacking
    let ruled = columns + design.references.count
    // Ways to deal are all counted, and the best is taken.
    let (parts, repeats, tried) =
      switch specification.validation {
      case .folds(let folds, let repeats, seed: _): (folds, repeats, 2 * folds + folds * (folds + 1) / 2)
      case .groups(let groups): (groups.count, 1, groups.count)
      case nil: (specification.penalty == .ridgeAuto ? LogisticFrame.lambdaFolds : 0, 1, 15)
      }
    let path = specification.penalty == .ridgeAuto ? LogisticFrame.lambdas : 1
    let asked = max((1 + parts * repeats) * (columns + 1) + 3 * (1 + repeats), path * parts * (columns + 3))
    let answered = parts == 0 ? 0 : max(tried * repeats * (4 + ruled), parts * repeats * (2 + 3 * columns))
    if asked > Query.mostParameters || !Self.fitsVerified(answered, plan.sites) {
      return [
        PlanProblem(
          "validation", "so many fits of \(columns) columns are more than a step can tell",
          advice: "use fewer folds and repeats, or name fewer predictors")
      ]
    }
    let cells = study.limits.support == .pairs ? 4 * ruled * ruled / 2 : columns * columns / 2
    return Self.fitsVerified(cells, plan.sites)
      ? []
      : [
        PlanProblem(
          "predictors", "the cells of \(columns) columns are more than a step can tell",
          advice: "name fewer predictors, or ones with fewer levels")
      ]
  }

  private static func fitsVerified(_ numbers: Int, _ sites: [String]) -> Bool {
    Query(
      name: "", parameters: [], segments: [.counts("", length: numbers, bound: 1)], isVerified: true
    ).fits(sites: sites.count)
  }

  private var weightProblems: [PlanProblem] {
    guard let weights = specification.weights else { return [] }
    let (key, name) = ("weights.variable", weights.variable)
    guard let variable = study.dictionary.variable(named: name) else {
      return [
        PlanProblem(
          key, "“\(name)” is not a variable of the study",
          advice: "see the study's dictionary for its variables")
      ]
    }
    var problems: [PlanProblem] = []
    switch variable.kind {
    case .continuous(let range), .count(let range):
      if range.lower < 0 {
        problems.append(
          PlanProblem(
            key, "“\(name)” may be below 0 by its range in the dictionary",
            advice: "a weight's range begins at 0 or above"))
      }
    case .binary, .categorical, .ordinal:
      problems.append(
        PlanProblem(key, "“\(name)” is not a number", advice: "name a continuous variable or a count"))
    }
    if specification.predictors.contains(name) {
      problems.append(
        PlanProblem(key, "“\(name)” is a predictor as well", advice: "take it out of the predictors"))
    }
    return problems
  }

  /// What goes with Firth's penalty: its profile likelihood is defined for the plain model alone.
  private var penaltyProblems: [PlanProblem] {
    var problems: [PlanProblem] = []
    switch specification.penalty {
    case .none, .ridgeAuto: break
    case .ridge(let lambda):
      if !(lambda > 0 && lambda.isFinite) {
        problems.append(
          PlanProblem(
            "penalty.ridge.lambda", "is not above 0", advice: "write “penalty: none” for no penalty"))
      }
    case .firth:
      func refuse(_ key: String, _ what: String) {
        problems.append(
          PlanProblem(
            key, "\(what) cannot go with “penalty: firth”",
            advice: "use “penalty: {ridge: {lambda: auto}}”, or remove this key"))
      }
      if specification.intercept == .site { refuse("intercept", "an intercept of each site") }
      if specification.standardErrors == .cluster { refuse("standard_errors", "cluster(patient)") }
      if specification.weights != nil { refuse("weights", "a weight") }
    }
    return problems
  }

  private var patientProblems: [PlanProblem] {
    let most = study.limits.mostRowsPerPatient
    guard most > 1, specification.standardErrors != .cluster else { return [] }
    return [
      PlanProblem(
        "standard_errors", "the study has up to \(most) rows a patient, which are not independent",
        advice: "write “standard_errors: cluster(patient)”")
    ]
  }

  private var validationProblems: [PlanProblem] {
    switch specification.validation {
    case .folds(let folds, let repeats, seed: _):
      typealias Validation = LogisticSpecification.Validation
      return
        (Validation.foldRange.contains(folds)
        ? [] : [Self.outside("validation.folds", Validation.foldRange)])
        + (Validation.repeatRange.contains(repeats)
          ? [] : [Self.outside("validation.repeats", Validation.repeatRange)])
    case .groups(let groups): return GroupCheck.problems(of: groups, sites: plan.sites)
    case nil:
      return specification.recalibration == .none
        ? []
        : [
          PlanProblem(
            "recalibrate", "without a validation nothing tells whether it helps",
            advice: "add “validation: {folds: 5}”, or remove this key")
        ]
    }
  }

  private static func outside(_ key: String, _ range: ClosedRange<Int>) -> PlanProblem {
    PlanProblem(
      key, "is not from \(range.lowerBound) to \(range.upperBound)", advice: "write a number in that range")
  }
}

/// Whether a plan's outcome is one of the study's.
enum OutcomeCheck {
  static func problems(_ outcome: String, in dictionary: StudyDictionary) -> [PlanProblem] {
    guard dictionary.outcome(named: outcome) == nil else { return [] }
    let known = dictionary.outcomes.map(\.name).joined(separator: ", ")
    return [
      PlanProblem(
        "outcome", "“\(outcome)” is not an outcome of the study", advice: "its outcomes are \(known)")
    ]
  }
}
